#include "python/acl/dicts.h"

#include <algorithm>
#include <cstring>

namespace poacl::python {
namespace {

// Puts `value`, whose reference it takes, under `key`; false when either step failed.
bool put(PyObject* dict, const char* key, PyObject* value) {
  const bool done = value != nullptr && PyDict_SetItemString(dict, key, value) == 0;
  Py_XDECREF(value);
  return done;
}

PyObject* finish(PyObject* dict, bool complete) {
  if (complete) return dict;
  Py_XDECREF(dict);
  return nullptr;
}

template <typename Make>
PyObject* list_of(size_t count, Make make) {
  PyObject* list = PyList_New(static_cast<Py_ssize_t>(count));
  for (size_t i = 0; list != nullptr && i < count; ++i) {
    PyObject* item = make(i);
    if (item == nullptr) {
      Py_DECREF(list);
      return nullptr;
    }
    PyList_SetItem(list, static_cast<Py_ssize_t>(i), item);
  }
  return list;
}

template <typename T>
PyObject* pairs(const T (*values)[2], size_t count) {
  return list_of(count, [&](size_t i) {
    return list_of(2, [&](size_t k) { return to_python(values[i][k]); });
  });
}

// New reference to an item, null when it is missing: a borrowed one would not outlive code of the
// program's objects that changes the dict.
PyObject* item(PyObject* dict, const char* key) {
  PyObject* value = PyDict_GetItemString(dict, key);
  Py_XINCREF(value);
  return value;
}

template <typename T>
void read(PyObject* dict, const char* key, T* out) {
  PyObject* value = item(dict, key);
  if (value != nullptr && PyLong_Check(value)) {
    *out = static_cast<T>(PyLong_AsUnsignedLongLongMask(value));
  }
  Py_XDECREF(value);
}

// Copies the ints of the list under "dims"; other items leave their place as it is.
bool dims_from_python(const Place& place, PyObject* list, aclmdlIODims* dims) {
  if (!PyList_Check(list)) return wrong_kind(place, "dict whose \"dims\" is a list", list);
  PyObject* items = PyList_AsTuple(list);
  if (items == nullptr) return false;
  const Py_ssize_t count = PyTuple_Size(items);
  if (count > ACL_MAX_DIM_CNT) {
    PyErr_Format(PyExc_ValueError, "%s() argument %d (%s): \"dims\" has %zd entries, at most %d",
                 place.function, place.position, place.name, count, ACL_MAX_DIM_CNT);
    Py_DECREF(items);
    return false;
  }
  for (Py_ssize_t i = 0; i < count; ++i) {
    PyObject* value = PyTuple_GetItem(items, i);
    if (PyLong_Check(value)) {
      dims->dims[i] = static_cast<int64_t>(PyLong_AsUnsignedLongLongMask(value));
    }
  }
  Py_DECREF(items);
  return true;
}

bool name_from_python(PyObject* name, aclmdlIODims* dims) {
  if (!PyUnicode_Check(name)) return true;
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(name, &size);
  if (text == nullptr) return false;
  std::memcpy(dims->name, text, std::min<size_t>(size, sizeof(dims->name) - 1));
  return true;
}

bool location_from_python(const Place& place, PyObject* dict, aclrtPhysicalMemProp* properties) {
  if (!PyDict_Check(dict)) return wrong_kind(place, "dict whose \"location\" is a dict", dict);
  read(dict, "id", &properties->location.id);
  read(dict, "type", &properties->location.type);
  return true;
}

}  // namespace

PyObject* struct_to_python(aclError result, const aclmdlIODims& dims) {
  PyObject* dict = PyDict_New();
  if (dict == nullptr || result != ACL_SUCCESS) return dict;
  const size_t count = std::min<size_t>(dims.dimCount, ACL_MAX_DIM_CNT);
  const size_t length = strnlen(dims.name, sizeof(dims.name));
  return finish(
      dict,
      put(dict, "name",
          PyUnicode_DecodeUTF8(dims.name, static_cast<Py_ssize_t>(length), "replace")) &&
          put(dict, "dimCount", to_python(dims.dimCount)) &&
          put(dict, "dims", list_of(count, [&](size_t i) { return to_python(dims.dims[i]); })));
}

PyObject* struct_to_python(aclError result, const aclmdlBatch& batch) {
  PyObject* dict = PyDict_New();
  if (dict == nullptr || result != ACL_SUCCESS) return dict;
  const size_t count = std::min<size_t>(batch.batchCount, ACL_MAX_BATCH_NUM);
  return finish(dict, put(dict, "batchCount", to_python(batch.batchCount)) &&
                          put(dict, "batch",
                              list_of(count, [&](size_t i) { return to_python(batch.batch[i]); })));
}

PyObject* struct_to_python(aclError result, const aclmdlHW& sizes) {
  PyObject* dict = PyDict_New();
  if (dict == nullptr || result != ACL_SUCCESS) return dict;
  const size_t count = std::min<size_t>(sizes.hwCount, ACL_MAX_HW_NUM);
  return finish(dict, put(dict, "hwCount", to_python(sizes.hwCount)) &&
                          put(dict, "hw", pairs(sizes.hw, count)));
}

PyObject* struct_to_python(aclError result, const aclmdlIODimsRange& range) {
  PyObject* dict = PyDict_New();
  if (dict == nullptr || result != ACL_SUCCESS) return dict;
  const size_t count = std::min<size_t>(range.rangeCount, ACL_MAX_DIM_CNT);
  return finish(dict, put(dict, "rangeCount", to_python(range.rangeCount)) &&
                          put(dict, "range", pairs(range.range, count)));
}

PyObject* struct_to_python(aclError /*result*/, const aclrtUtilizationInfo& load) {
  PyObject* dict = PyDict_New();
  if (dict == nullptr) return nullptr;
  return finish(dict, put(dict, "cube_utilization", to_python(load.cubeUtilization)) &&
                          put(dict, "vector_utilization", to_python(load.vectorUtilization)) &&
                          put(dict, "aicpu_utilization", to_python(load.aicpuUtilization)) &&
                          put(dict, "memory_utilization", to_python(load.memoryUtilization)) &&
                          put(dict, "utilization_extend", to_python(load.utilizationExtend)));
}

bool from_python(const Place& place, PyObject* object, aclmdlIODims* dims) {
  if (!PyDict_Check(object)) return wrong_kind(place, "dict", object);
  *dims = {};
  PyObject* name = item(object, "name");
  const bool named = name == nullptr || name_from_python(name, dims);
  Py_XDECREF(name);
  if (!named) return false;
  read(object, "dimCount", &dims->dimCount);
  PyObject* list = item(object, "dims");
  const bool good = list == nullptr || dims_from_python(place, list, dims);
  Py_XDECREF(list);
  return good;
}

bool from_python(const Place& place, PyObject* object, aclrtPhysicalMemProp* properties) {
  if (!PyDict_Check(object)) return wrong_kind(place, "dict", object);
  *properties = {};
  read(object, "handleType", &properties->handleType);
  read(object, "allocationType", &properties->allocationType);
  read(object, "memAttr", &properties->memAttr);
  read(object, "reserve", &properties->reserve);
  PyObject* location = item(object, "location");
  const bool good = location == nullptr || location_from_python(place, location, properties);
  Py_XDECREF(location);
  return good;
}

}  // namespace poacl::python
