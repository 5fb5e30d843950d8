// Product information, groups and numbers of devices: calls whose Python side differs from C.
#include "acl/acl_rt.h"
#include "binding/manual.h"
#include "python/acl/convert.h"

namespace poacl::python {

PyObject* acl_get_cann_attribute_list(PyObject*, PyObject* const*, Py_ssize_t) {
  const aclCannAttr* attributes = nullptr;
  size_t count = 0;
  const aclError result = aclGetCannAttributeList(&attributes, &count);
  PyObject* list = PyList_New(static_cast<Py_ssize_t>(count));
  for (size_t i = 0; list != nullptr && i < count; ++i) {
    PyObject* item = to_python(attributes[i]);
    if (item == nullptr) {
      Py_DECREF(list);
      return nullptr;
    }
    PyList_SetItem(list, static_cast<Py_ssize_t>(i), item);
  }
  return tuple_of(list, to_python(count), to_python(result));
}

PyObject* acl_get_version_str(PyObject*, PyObject* const* given, Py_ssize_t count) {
  if (!check_count("get_version_str", count, 1, 1)) return nullptr;
  const char* name = nullptr;
  if (!from_python({"get_version_str", 1, "pkg_name"}, given[0], &name)) return nullptr;
  char version[ACL_PKG_VERSION_MAX_SIZE] = "";
  const aclError result = aclsysGetVersionStr(const_cast<char*>(name), version);
  return tuple_of(to_python(static_cast<const char*>(version)), to_python(result));
}

PyObject* rt_get_user_dev_id_by_logic_dev_id(PyObject*, PyObject* const* given, Py_ssize_t count) {
  constexpr const char* kName = "get_user_dev_id_by_logic_dev_id";
  if (!check_count(kName, count, 1, 1)) return nullptr;
  int32_t logic = 0;
  if (!from_python({kName, 1, "logic_dev_id"}, given[0], &logic)) return nullptr;
  int32_t user = 0;
  const aclError result = aclrtGetUserDevIdByLogicDevId(logic, &user);
  return tuple_of(to_python(user), to_python(result));
}

// The argument is there for programs that pass one; it means nothing.
PyObject* rt_get_group_count(PyObject*, PyObject* const*, Py_ssize_t) {
  uint32_t groups = 0;
  const aclError result = aclrtGetGroupCount(&groups);
  return tuple_of(to_python(groups), to_python(result));
}

PyObject* rt_get_group_info_detail(PyObject*, PyObject* const* given, Py_ssize_t count) {
  constexpr const char* kName = "get_group_info_detail";
  if (!check_count(kName, count, 3, 3)) return nullptr;
  const aclrtGroupInfo* info = nullptr;
  int32_t index = 0;
  aclrtGroupAttr attribute{};
  if (!from_python({kName, 1, "group_info"}, given[0], &info) ||
      !from_python({kName, 2, "group_id"}, given[1], &index) ||
      !from_python({kName, 3, "attr"}, given[2], &attribute)) {
    return nullptr;
  }
  uint32_t value = 0;
  size_t size = 0;
  const aclError result =
      aclrtGetGroupInfoDetail(info, index, attribute, &value, sizeof(value), &size);
  if (result != ACL_SUCCESS) {
    PyErr_Format(PyExc_RuntimeError, "%s() failed with code %d; acl.get_recent_err_msg() says why",
                 kName, result);
    return nullptr;
  }
  return Py_BuildValue("[I]", value);
}

}  // namespace poacl::python
