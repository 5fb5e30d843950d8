// Wrappers that do not follow from their C prototypes: a dict that depends on another argument, a C
// argument left out, a constant pointer.
#include <cstdint>

#include "acl/acl.h"
#include "binding/manual.h"
#include "python/acl/convert.h"

namespace poacl::python {
namespace {

// The member of the union that counts for a property; null for one that has none.
const char* member_of(aclrtStreamAttr type) {
  switch (type) {
    case ACL_STREAM_ATTR_FAILURE_MODE:
      return "failureMode";
    case ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK:
      return "overflowSwitch";
    case ACL_STREAM_ATTR_USER_CUSTOM_TAG:
      return "userCustomTag";
    case ACL_STREAM_ATTR_CACHE_OP_INFO:
      return "cacheOpInfoSwitch";
    case ACL_STREAM_ATTR_PRIORITY:
      return "streamPriority";
  }
  return nullptr;
}

// A missing key, or a value of another kind than int, is 0.
uint64_t number_of(PyObject* dict, const char* key) {
  PyObject* const value = PyDict_GetItemString(dict, key);
  if (value == nullptr || PyLong_Check(value) == 0) return 0;
  return PyLong_AsUnsignedLongLongMask(value);
}

}  // namespace

PyObject* rt_set_stream_attribute(PyObject* /*module*/, PyObject* const* arguments,
                                  Py_ssize_t count) {
  if (!check_count("set_stream_attribute", count, 3, 3)) return nullptr;
  void* stream = nullptr;
  aclrtStreamAttr type{};
  if (!from_python({"set_stream_attribute", 1, "stream"}, arguments[0], &stream) ||
      !from_python({"set_stream_attribute", 2, "attr_type"}, arguments[1], &type)) {
    return nullptr;
  }
  if (PyDict_Check(arguments[2]) == 0) {
    wrong_kind({"set_stream_attribute", 3, "value"}, "dict", arguments[2]);
    return nullptr;
  }
  aclrtStreamAttrValue value{};
  if (const char* const member = member_of(type)) {
    const uint64_t number = number_of(arguments[2], member);
    if (type == ACL_STREAM_ATTR_FAILURE_MODE) {
      value.failureMode = number;
    } else {
      value.overflowSwitch = static_cast<uint32_t>(number);
    }
  }
  return to_python(aclrtSetStreamAttribute(stream, type, &value));
}

PyObject* rt_get_stream_attribute(PyObject* /*module*/, PyObject* const* arguments,
                                  Py_ssize_t count) {
  if (!check_count("get_stream_attribute", count, 2, 2)) return nullptr;
  void* stream = nullptr;
  aclrtStreamAttr type{};
  if (!from_python({"get_stream_attribute", 1, "stream"}, arguments[0], &stream) ||
      !from_python({"get_stream_attribute", 2, "attr_type"}, arguments[1], &type)) {
    return nullptr;
  }
  aclrtStreamAttrValue value{};
  const aclError result = aclrtGetStreamAttribute(stream, type, &value);
  PyObject* const dict = PyDict_New();
  const char* const member = member_of(type);
  if (dict != nullptr && result == ACL_SUCCESS && member != nullptr) {
    const uint64_t number =
        type == ACL_STREAM_ATTR_FAILURE_MODE ? value.failureMode : uint64_t{value.overflowSwitch};
    PyObject* const item = to_python(number);
    if (item == nullptr || PyDict_SetItemString(dict, member, item) != 0) {
      Py_XDECREF(item);
      Py_DECREF(dict);
      return nullptr;
    }
    Py_DECREF(item);
  }
  return tuple_of(dict, to_python(result));
}

PyObject* rt_get_primary_ctx_state(PyObject* /*module*/, PyObject* const* arguments,
                                   Py_ssize_t count) {
  if (!check_count("get_primary_ctx_state", count, 1, 1)) return nullptr;
  int32_t device = 0;
  if (!from_python({"get_primary_ctx_state", 1, "device_id"}, arguments[0], &device)) {
    return nullptr;
  }
  int32_t active = 0;
  const aclError result = aclrtGetPrimaryCtxState(device, nullptr, &active);
  return tuple_of(to_python(active), to_python(uint64_t{0}), to_python(result));
}

PyObject* rt_get_op_execute_timeout(PyObject* /*module*/, PyObject* const* /*arguments*/,
                                    Py_ssize_t /*count*/) {
  uint32_t milliseconds = 0;
  const aclError result = aclrtGetOpExecuteTimeout(&milliseconds);
  return tuple_of(to_python(milliseconds), to_python(result));
}

}  // namespace poacl::python
