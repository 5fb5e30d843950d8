// The dict of aclAippInfo.
#include <Python.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "python/acl/dicts.h"

namespace poacl::python {
namespace {

enum class Kind { kInt8, kInt32, kFloat };

struct Field {
  const char* key;
  Kind kind;
  size_t offset;
};

#define POACL_AIPP_FIELD(kind, name) \
  { #name, Kind::kind, offsetof(aclAippInfo, name) }

// matrixR0C2, matrixR2C0 and matrixR2C1 have no keys in the real binding either.
constexpr Field kFields[] = {
    POACL_AIPP_FIELD(kInt32, inputFormat),     POACL_AIPP_FIELD(kInt32, srcImageSizeW),
    POACL_AIPP_FIELD(kInt32, srcImageSizeH),   POACL_AIPP_FIELD(kInt8, cropSwitch),
    POACL_AIPP_FIELD(kInt32, loadStartPosW),   POACL_AIPP_FIELD(kInt32, loadStartPosH),
    POACL_AIPP_FIELD(kInt32, cropSizeW),       POACL_AIPP_FIELD(kInt32, cropSizeH),
    POACL_AIPP_FIELD(kInt8, resizeSwitch),     POACL_AIPP_FIELD(kInt32, resizeOutputW),
    POACL_AIPP_FIELD(kInt32, resizeOutputH),   POACL_AIPP_FIELD(kInt8, paddingSwitch),
    POACL_AIPP_FIELD(kInt32, leftPaddingSize), POACL_AIPP_FIELD(kInt32, rightPaddingSize),
    POACL_AIPP_FIELD(kInt32, topPaddingSize),  POACL_AIPP_FIELD(kInt32, bottomPaddingSize),
    POACL_AIPP_FIELD(kInt8, cscSwitch),        POACL_AIPP_FIELD(kInt8, rbuvSwapSwitch),
    POACL_AIPP_FIELD(kInt8, axSwapSwitch),     POACL_AIPP_FIELD(kInt8, singleLineMode),
    POACL_AIPP_FIELD(kInt32, matrixR0C0),      POACL_AIPP_FIELD(kInt32, matrixR0C1),
    POACL_AIPP_FIELD(kInt32, matrixR1C0),      POACL_AIPP_FIELD(kInt32, matrixR1C1),
    POACL_AIPP_FIELD(kInt32, matrixR1C2),      POACL_AIPP_FIELD(kInt32, matrixR2C2),
    POACL_AIPP_FIELD(kInt32, outputBias0),     POACL_AIPP_FIELD(kInt32, outputBias1),
    POACL_AIPP_FIELD(kInt32, outputBias2),     POACL_AIPP_FIELD(kInt32, inputBias0),
    POACL_AIPP_FIELD(kInt32, inputBias1),      POACL_AIPP_FIELD(kInt32, inputBias2),
    POACL_AIPP_FIELD(kInt32, meanChn0),        POACL_AIPP_FIELD(kInt32, meanChn1),
    POACL_AIPP_FIELD(kInt32, meanChn2),        POACL_AIPP_FIELD(kInt32, meanChn3),
    POACL_AIPP_FIELD(kFloat, minChn0),         POACL_AIPP_FIELD(kFloat, minChn1),
    POACL_AIPP_FIELD(kFloat, minChn2),         POACL_AIPP_FIELD(kFloat, minChn3),
    POACL_AIPP_FIELD(kFloat, varReciChn0),     POACL_AIPP_FIELD(kFloat, varReciChn1),
    POACL_AIPP_FIELD(kFloat, varReciChn2),     POACL_AIPP_FIELD(kFloat, varReciChn3),
    POACL_AIPP_FIELD(kInt32, srcFormat),       POACL_AIPP_FIELD(kInt32, srcDatatype),
};

#undef POACL_AIPP_FIELD

template <typename T>
T read_at(const aclAippInfo& info, size_t offset) {
  T value;
  std::memcpy(&value, reinterpret_cast<const char*>(&info) + offset, sizeof(value));
  return value;
}

PyObject* value_of(const aclAippInfo& info, const Field& field) {
  switch (field.kind) {
    case Kind::kInt8:
      return PyLong_FromLong(read_at<int8_t>(info, field.offset));
    case Kind::kInt32:
      return PyLong_FromLong(read_at<int32_t>(info, field.offset));
    default:
      return PyFloat_FromDouble(static_cast<double>(read_at<float>(info, field.offset)));
  }
}

PyObject* shape_to_python(const aclAippDims& shape) {
  return Py_BuildValue("{s:N,s:n,s:N,s:n}", "srcDims", struct_to_python(ACL_SUCCESS, shape.srcDims),
                       "srcSize", static_cast<Py_ssize_t>(shape.srcSize), "aippOutdims",
                       struct_to_python(ACL_SUCCESS, shape.aippOutdims), "aippOutSize",
                       static_cast<Py_ssize_t>(shape.aippOutSize));
}

bool put(PyObject* dict, const char* key, PyObject* value) {
  const bool done = value != nullptr && PyDict_SetItemString(dict, key, value) == 0;
  Py_XDECREF(value);
  return done;
}

PyObject* shapes_to_python(const aclAippInfo& info) {
  const size_t most = sizeof(info.outDims) / sizeof(info.outDims[0]);
  const size_t count = std::min(info.shapeCount, most);
  PyObject* list = PyList_New(0);
  for (size_t i = 0; list != nullptr && i < count; ++i) {
    PyObject* shape = shape_to_python(info.outDims[i]);
    if (shape == nullptr || PyList_Append(list, shape) != 0) Py_CLEAR(list);
    Py_XDECREF(shape);
  }
  return list;
}

}  // namespace

PyObject* struct_to_python(aclError result, const aclAippInfo& info) {
  if (result != ACL_SUCCESS) return none();
  PyObject* dict = PyDict_New();
  if (dict == nullptr) return nullptr;
  bool done = true;
  for (const Field& field : kFields) {
    done = done && put(dict, field.key, value_of(info, field));
  }
  done = done && put(dict, "srcDimNum", PyLong_FromSize_t(info.srcDimNum)) &&
         put(dict, "shapeCount", PyLong_FromSize_t(info.shapeCount)) &&
         put(dict, "outDims", shapes_to_python(info)) &&
         put(dict, "aippExtend", PyLong_FromVoidPtr(info.aippExtend));
  if (!done) Py_CLEAR(dict);
  return dict;
}

}  // namespace poacl::python
