// Dumped tensors for a Python function, and the operator of a task.
#include <utility>
#include <vector>

#include "acl/acl_dump.h"
#include "acl/acl_mdl.h"
#include "binding/manual.h"
#include "python/acl/callbacks.h"
#include "python/acl/convert.h"

namespace poacl::python {
namespace {

constexpr uint64_t kLongestOpName = 4096;

// Of dump_reg_callback; whoever holds the interpreter may use it.
PyObject* dump_function = nullptr;

struct Piece {
  const acldumpChunk* chunk;
  int32_t result;
};

bool set_item(PyObject* dict, const char* key, PyObject* value) {
  const bool good = value != nullptr && PyDict_SetItemString(dict, key, value) == 0;
  Py_XDECREF(value);
  return good;
}

PyObject* chunk_to_python(const acldumpChunk& chunk) {
  PyObject* dict = PyDict_New();
  if (dict == nullptr) return nullptr;
  const bool good =
      set_item(dict, "file_name", text_to_python(chunk.fileName)) &&
      set_item(dict, "data_buf",
               to_python(static_cast<const void*>(reinterpret_cast<const char*>(&chunk) +
                                                  offsetof(acldumpChunk, dataBuf)))) &&
      set_item(dict, "buf_len", to_python(chunk.bufLen)) &&
      set_item(dict, "is_last_chunk", to_python(chunk.isLastChunk)) &&
      set_item(dict, "offset", to_python(chunk.offset)) &&
      set_item(dict, "flag", to_python(chunk.flag));
  if (!good) Py_CLEAR(dict);
  return dict;
}

// What the function returns; nothing or no number is success.
int32_t result_of(PyObject* object) {
  if (object == nullptr || !PyLong_Check(object)) return 0;
  const auto number = static_cast<int32_t>(PyLong_AsLongLong(object));
  PyErr_Clear();
  return number;
}

void give_piece(void* opaque) {
  auto* const piece = static_cast<Piece*>(opaque);
  PyObject* const function = dump_function;
  if (function == nullptr) return;
  // It may be replaced while it runs.
  Py_INCREF(function);
  PyObject* const dict = chunk_to_python(*piece->chunk);
  PyObject* const result =
      dict != nullptr ? PyObject_CallFunctionObjArgs(function, dict, nullptr) : nullptr;
  if (result == nullptr) {
    report_exception("the function of acl.mdl.dump_reg_callback", function);
    piece->result = -1;
  } else {
    piece->result = result_of(result);
  }
  Py_XDECREF(result);
  Py_XDECREF(dict);
  Py_DECREF(function);
}

int32_t on_piece(const acldumpChunk* chunk, int32_t /*size*/) {
  Piece piece{chunk, 0};
  with_interpreter(give_piece, &piece);
  return piece.result;
}

}  // namespace

PyObject* mdl_dump_reg_callback(PyObject* /*module*/, PyObject* const* arguments,
                                Py_ssize_t count) {
  if (!check_count("dump_reg_callback", count, 2, 2)) return nullptr;
  PyObject* function = arguments[0];
  int32_t flag = 0;
  if (PyCallable_Check(function) == 0) {
    wrong_kind({"dump_reg_callback", 1, "fn"}, "callable", function);
    return nullptr;
  }
  if (!from_python({"dump_reg_callback", 2, "flag"}, arguments[1], &flag)) return nullptr;
  const aclError result = acldumpRegCallback(on_piece, flag);
  if (result == ACL_SUCCESS) {
    Py_INCREF(function);
    std::swap(dump_function, function);
    Py_XDECREF(function);
  }
  return to_python(result);
}

PyObject* mdl_dump_unreg_callback(PyObject* /*module*/, PyObject* const* /*arguments*/,
                                  Py_ssize_t count) {
  if (!check_count("dump_unreg_callback", count, 0, 0)) return nullptr;
  acldumpUnregCallback();
  Py_CLEAR(dump_function);
  return none();
}

PyObject* mdl_create_and_get_op_desc(PyObject* /*module*/, PyObject* const* arguments,
                                     Py_ssize_t count) {
  constexpr const char* kName = "create_and_get_op_desc";
  if (!check_count(kName, count, 4, 4)) return nullptr;
  uint32_t device = 0;
  uint32_t stream = 0;
  uint32_t task = 0;
  uint64_t size = 0;
  if (!from_python({kName, 1, "device_id"}, arguments[0], &device) ||
      !from_python({kName, 2, "stream_id"}, arguments[1], &stream) ||
      !from_python({kName, 3, "task_id"}, arguments[2], &task) ||
      !from_python({kName, 4, "op_name_len"}, arguments[3], &size)) {
    return nullptr;
  }
  aclTensorDesc* inputs = nullptr;
  aclTensorDesc* outputs = nullptr;
  size_t input_count = 0;
  size_t output_count = 0;
  aclError result = ACL_ERROR_INVALID_PARAM;
  std::vector<char> name(1, '\0');
  if (size <= kLongestOpName) {
    name.resize(size + 1, '\0');
    result = aclmdlCreateAndGetOpDesc(device, stream, task, name.data(), size, &inputs,
                                      &input_count, &outputs, &output_count);
  }
  return tuple_of(text_to_python(name.data()), to_python(inputs), to_python(input_count),
                  to_python(outputs), to_python(output_count), to_python(result));
}

}  // namespace poacl::python
