// Dicts of acl.rt and of versions.
#include <Python.h>

#include "acl/acl_rt.h"
#include "python/acl/dicts.h"

namespace poacl::python {
namespace {

PyObject* list_of_bytes(const char* bytes, size_t count) {
  PyObject* list = PyList_New(static_cast<Py_ssize_t>(count));
  for (size_t i = 0; list != nullptr && i < count; ++i) {
    PyObject* item = PyLong_FromLong(static_cast<unsigned char>(bytes[i]));
    if (item == nullptr) {
      Py_DECREF(list);
      return nullptr;
    }
    PyList_SetItem(list, static_cast<Py_ssize_t>(i), item);
  }
  return list;
}

}  // namespace

PyObject* struct_to_python(aclError result, const aclrtUuid& uuid) {
  if (result != ACL_SUCCESS) return PyDict_New();
  PyObject* bytes = list_of_bytes(uuid.bytes, sizeof(uuid.bytes));
  return bytes == nullptr ? nullptr : Py_BuildValue("{s:N}", "bytes", bytes);
}

PyObject* struct_to_python(aclError result, const aclrtPtrAttributes& attributes) {
  if (result != ACL_SUCCESS) return PyDict_New();
  const uint32_t* rsv = attributes.rsv;
  return Py_BuildValue("{s:{s:I,s:i},s:I,s:[IIII]}", "location", "id", attributes.location.id,
                       "type", static_cast<int>(attributes.location.type), "page_size",
                       attributes.pageSize, "rsv", rsv[0], rsv[1], rsv[2], rsv[3]);
}

PyObject* struct_to_python(aclError result, const aclCANNPackageVersion& version) {
  if (result != ACL_SUCCESS) return PyDict_New();
  return Py_BuildValue("{s:s,s:s,s:s,s:s,s:s,s:s}", "version", version.version, "major_version",
                       version.majorVersion, "minor_version", version.minorVersion,
                       "release_version", version.releaseVersion, "patch_version",
                       version.patchVersion, "reserved", version.reserved);
}

}  // namespace poacl::python
