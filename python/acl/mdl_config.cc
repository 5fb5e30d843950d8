// Settings of models: values of one Python kind, which C gets as bytes of several kinds.
#include "acl/acl_mdl.h"
#include "binding/manual.h"
#include "python/acl/convert.h"

namespace poacl::python {
namespace {

// Converts `object` to a T and passes its bytes on; false with a Python error set.
template <typename T>
bool set_config(const Place& place, PyObject* object, aclmdlConfigHandle* handle,
                aclmdlConfigAttr attr, aclError* result) {
  T value{};
  if (!from_python(place, object, &value)) return false;
  *result = aclmdlSetConfigOpt(handle, attr, &value, sizeof(value));
  return true;
}

bool is_address(aclmdlConfigAttr attr) {
  return attr == ACL_MDL_MEM_ADDR_PTR || attr == ACL_MDL_WEIGHT_ADDR_PTR ||
         attr == ACL_MDL_WORKSPACE_ADDR_PTR || attr == ACL_MDL_INPUTQ_ADDR_PTR ||
         attr == ACL_MDL_OUTPUTQ_ADDR_PTR;
}

bool set_any_config(const Place& place, PyObject* object, aclmdlConfigHandle* handle,
                    aclmdlConfigAttr attr, aclError* result) {
  if (attr == ACL_MDL_PRIORITY_INT32 || attr == ACL_MDL_WITHOUT_GRAPH_INT32) {
    return set_config<int32_t>(place, object, handle, attr, result);
  }
  // A folder of weights may come as the address of its text too.
  const bool text =
      attr == ACL_MDL_PATH_PTR || (attr == ACL_MDL_WEIGHT_PATH_PTR && PyUnicode_Check(object));
  if (text) return set_config<const char*>(place, object, handle, attr, result);
  if (is_address(attr) || attr == ACL_MDL_WEIGHT_PATH_PTR) {
    return set_config<void*>(place, object, handle, attr, result);
  }
  return set_config<uint64_t>(place, object, handle, attr, result);
}

}  // namespace

PyObject* mdl_set_config_opt(PyObject* /*module*/, PyObject* const* arguments, Py_ssize_t count) {
  if (!check_count("set_config_opt", count, 3, 3)) return nullptr;
  aclmdlConfigHandle* handle = nullptr;
  aclmdlConfigAttr attr{};
  aclError result = ACL_SUCCESS;
  if (!from_python({"set_config_opt", 1, "config_handle"}, arguments[0], &handle) ||
      !from_python({"set_config_opt", 2, "attr"}, arguments[1], &attr) ||
      !set_any_config({"set_config_opt", 3, "value"}, arguments[2], handle, attr, &result)) {
    return nullptr;
  }
  return to_python(result);
}

PyObject* mdl_set_exec_config_opt(PyObject* /*module*/, PyObject* const* arguments,
                                  Py_ssize_t count) {
  if (!check_count("set_exec_config_opt", count, 3, 3)) return nullptr;
  aclmdlExecConfigHandle* handle = nullptr;
  aclmdlExecConfigAttr attr{};
  uint32_t value = 0;  // -1 is cut to its bits
  if (!from_python({"set_exec_config_opt", 1, "handle"}, arguments[0], &handle) ||
      !from_python({"set_exec_config_opt", 2, "attr"}, arguments[1], &attr) ||
      !from_python({"set_exec_config_opt", 3, "value"}, arguments[2], &value)) {
    return nullptr;
  }
  return to_python(aclmdlSetExecConfigOpt(handle, attr, &value, sizeof(value)));
}

}  // namespace poacl::python
