// Shapes that a model was converted for, as a list of dicts.
#include <vector>

#include "acl/acl_mdl.h"
#include "binding/manual.h"
#include "python/acl/convert.h"
#include "python/acl/dicts.h"

namespace poacl::python {

PyObject* mdl_get_input_dynamic_dims(PyObject* /*module*/, PyObject* const* arguments,
                                     Py_ssize_t count) {
  constexpr const char* kName = "get_input_dynamic_dims";
  if (!check_count(kName, count, 3, 3)) return nullptr;
  aclmdlDesc* desc = nullptr;
  size_t index = 0;
  size_t wanted = 0;
  if (!from_python({kName, 1, "model_desc"}, arguments[0], &desc) ||
      !from_python({kName, 2, "index"}, arguments[1], &index) ||
      !from_python({kName, 3, "gear_count"}, arguments[2], &wanted)) {
    return nullptr;
  }
  constexpr size_t kMost = 4096;
  if (wanted > kMost) return tuple_of(none(), to_python(ACL_ERROR_INVALID_PARAM));
  // One more than asked for: the address must not be null when nothing is.
  std::vector<aclmdlIODims> dims(wanted + 1);
  const aclError result = aclmdlGetInputDynamicDims(desc, index, dims.data(), wanted);
  if (result != ACL_SUCCESS) return tuple_of(none(), to_python(result));
  size_t gears = 0;
  while (gears < wanted && dims[gears].dimCount != 0) ++gears;
  PyObject* list = PyList_New(static_cast<Py_ssize_t>(gears));
  for (size_t i = 0; list != nullptr && i < gears; ++i) {
    PyObject* dict = struct_to_python(result, dims[i]);
    if (dict == nullptr) {
      Py_DECREF(list);
      return nullptr;
    }
    PyList_SetItem(list, static_cast<Py_ssize_t>(i), dict);
  }
  return tuple_of(list, to_python(result));
}

}  // namespace poacl::python
