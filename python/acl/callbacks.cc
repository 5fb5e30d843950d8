#include "python/acl/callbacks.h"

#include <cxxabi.h>
#include <unistd.h>

#include <cstring>
#include <memory>

#include "acl/acl.h"
#include "binding/manual.h"
#include "python/acl/convert.h"
#include "src/capi/binding_support.h"

namespace poacl::python {
namespace {

struct Closure {
  PyObject* function;
  PyObject* argument;
};

// The interpreter is held.
void release(Closure* closure) {
  Py_DECREF(closure->function);
  Py_DECREF(closure->argument);
  delete closure;
}

void call(void* opaque) {
  auto* const closure = static_cast<Closure*>(opaque);
  PyObject* const result =
      PyObject_CallFunctionObjArgs(closure->function, closure->argument, nullptr);
  if (result == nullptr)
    report_exception("a callback of acl.rt.launch_callback", closure->function);
  Py_XDECREF(result);
  release(closure);
}

void run_closure(void* opaque) {
  with_interpreter(call, opaque);
}

void drop_closure(void* opaque) {
  with_interpreter([](void* closure) { release(static_cast<Closure*>(closure)); }, opaque);
}

// Of set_exception_info_callback; whoever holds the interpreter may use it.
PyObject* exception_function = nullptr;

void tell_exception(void* info) {
  PyObject* const function = exception_function;
  if (function == nullptr) return;
  // It may be replaced while it runs.
  Py_INCREF(function);
  PyObject* const address = PyLong_FromVoidPtr(info);
  PyObject* const result =
      address != nullptr ? PyObject_CallFunctionObjArgs(function, address, nullptr) : nullptr;
  if (result == nullptr) {
    report_exception("the function of acl.rt.set_exception_info_callback", function);
  }
  Py_XDECREF(result);
  Py_XDECREF(address);
  Py_DECREF(function);
}

void on_exception(aclrtExceptionInfo* info) {
  with_interpreter(tell_exception, info);
}

// The lines of traceback.format_exception, each into the log.
void log_traceback(const char* what, PyObject* type, PyObject* value, PyObject* trace) {
  PyObject* const none_or_trace = trace != nullptr ? trace : Py_None;
  PyObject* const module = PyImport_ImportModule("traceback");
  PyObject* const lines = module != nullptr ? PyObject_CallMethod(module, "format_exception", "OOO",
                                                                  type, value, none_or_trace)
                                            : nullptr;
  const Py_ssize_t count = lines != nullptr ? PyList_Size(lines) : 0;
  for (Py_ssize_t i = 0; i < count; ++i) {
    const char* const text = PyUnicode_AsUTF8AndSize(PyList_GetItem(lines, i), nullptr);
    if (text == nullptr) break;
    // Each ends with a line end.
    const auto length = static_cast<int>(std::strlen(text));
    aclAppLog(ACL_ERROR, what, "acl", 0, "%.*s", length > 0 ? length - 1 : 0, text);
  }
  PyErr_Clear();
  Py_XDECREF(lines);
  Py_XDECREF(module);
}

}  // namespace

void with_interpreter(void (*body)(void*), void* argument) {
  if (Py_IsInitialized() == 0) return;
  try {
    const PyGILState_STATE state = PyGILState_Ensure();
    body(argument);
    PyGILState_Release(state);
  } catch (const abi::__forced_unwind&) {
    while (true) pause();
  }
}

void report_exception(const char* what, PyObject* function) {
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* trace = nullptr;
  PyErr_Fetch(&type, &value, &trace);
  PyErr_NormalizeException(&type, &value, &trace);
  if (type != nullptr) log_traceback(what, type, value != nullptr ? value : Py_None, trace);
  PyErr_Restore(type, value, trace);
  PyErr_WriteUnraisable(function);
}

PyObject* rt_launch_callback(PyObject* /*module*/, PyObject* const* arguments, Py_ssize_t count) {
  if (!check_count("launch_callback", count, 4, 4)) return nullptr;
  const bool absent = arguments[0] == Py_None;
  if (!absent && PyCallable_Check(arguments[0]) == 0) {
    wrong_kind({"launch_callback", 1, "fn"}, "callable", arguments[0]);
    return nullptr;
  }
  int32_t block_type = 0;
  void* stream = nullptr;
  if (!from_python({"launch_callback", 3, "block_type"}, arguments[2], &block_type) ||
      !from_python({"launch_callback", 4, "stream"}, arguments[3], &stream)) {
    return nullptr;
  }
  auto closure = std::make_unique<Closure>(Closure{arguments[0], arguments[1]});
  Py_INCREF(closure->function);
  Py_INCREF(closure->argument);
  Closure* const owned = closure.release();
  int32_t result = 0;
  {
    ReleaseGil gil;
    result = poaclLaunchOwnedCallback(absent ? nullptr : run_closure, owned, drop_closure,
                                      block_type, stream);
    gil.acquire();
  }
  if (result != ACL_SUCCESS) release(owned);
  return to_python(result);
}

PyObject* rt_set_exception_info_callback(PyObject* /*module*/, PyObject* const* arguments,
                                         Py_ssize_t count) {
  if (!check_count("set_exception_info_callback", count, 0, 1)) return nullptr;
  PyObject* function = count == 1 && arguments[0] != Py_None ? arguments[0] : nullptr;
  if (function != nullptr && PyCallable_Check(function) == 0) {
    wrong_kind({"set_exception_info_callback", 1, "fn"}, "callable", function);
    return nullptr;
  }
  const aclError result =
      aclrtSetExceptionInfoCallback(function != nullptr ? on_exception : nullptr);
  if (result == ACL_SUCCESS) {
    Py_XINCREF(function);
    std::swap(exception_function, function);
    Py_XDECREF(function);
  }
  return to_python(result);
}

}  // namespace poacl::python
