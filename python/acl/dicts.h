// Structures that Python sees as dicts (shapes: docs of acl.pyi; spec model.md section 3).
#pragma once

#include "acl/acl.h"
#include "acl/acl_rt.h"
#include "python/acl/convert.h"

namespace poacl::python {

// New dict with every key of the structure; an empty dict when `result` is an error, as the real
// binding gives.
PyObject* struct_to_python(aclError result, const aclmdlIODims& dims);
PyObject* struct_to_python(aclError result, const aclmdlBatch& batch);
PyObject* struct_to_python(aclError result, const aclmdlHW& sizes);
PyObject* struct_to_python(aclError result, const aclmdlIODimsRange& range);
// None when `result` is an error.
PyObject* struct_to_python(aclError result, const aclAippInfo& info);
PyObject* struct_to_python(aclError result, const aclrtUtilizationInfo& load);
PyObject* struct_to_python(aclError result, const aclrtUuid& uuid);
PyObject* struct_to_python(aclError result, const aclrtPtrAttributes& attributes);
PyObject* struct_to_python(aclError result, const aclCANNPackageVersion& version);

// A missing key, or a value of another kind than int, leaves its field 0. Not a dict: TypeError.
// A list longer than the C array: ValueError.
bool from_python(const Place& place, PyObject* object, aclmdlIODims* dims);
bool from_python(const Place& place, PyObject* object, aclrtPhysicalMemProp* properties);

}  // namespace poacl::python
