// Tensor descriptions: the wrappers that take lists, whose length C gets as an argument of its own.
#include <vector>

#include "acl/acl.h"
#include "binding/manual.h"
#include "python/acl/convert.h"

namespace poacl::python {
namespace {

using Handle = aclTensorDesc*;

// Calls convert(item, i) for the items that `list` has now, until it returns false. Converting an
// item may run code that changes the list, so the items are held apart from it.
template <typename Convert>
bool for_each_item(PyObject* list, Convert convert) {
  PyObject* items = PyList_AsTuple(list);
  if (items == nullptr) return false;
  bool good = true;
  const Py_ssize_t count = PyTuple_Size(items);
  for (Py_ssize_t i = 0; good && i < count; ++i) {
    good = convert(PyTuple_GetItem(items, i), static_cast<size_t>(i));
  }
  Py_DECREF(items);
  return good;
}

bool dims_from_python(const Place& place, PyObject* list, std::vector<int64_t>* out) {
  if (!PyList_Check(list)) return wrong_kind(place, "list of int", list);
  return for_each_item(list, [&](PyObject* item, size_t /*i*/) {
    return from_python(place, item, &out->emplace_back());
  });
}

struct Range {
  int64_t bounds[2];
};

// `index`: the place of `pair` among the ranges.
bool range_from_python(const Place& place, PyObject* pair, size_t index, Range* out) {
  if (!PyList_Check(pair)) return wrong_kind(place, "list of [min, max]", pair);
  PyObject* bounds = PyList_AsTuple(pair);
  if (bounds == nullptr) return false;
  const Py_ssize_t size = PyTuple_Size(bounds);
  if (size != 2) {
    PyErr_Format(PyExc_ValueError, "%s() argument %d (%s): entry %zu has %zd items, not [min, max]",
                 place.function, place.position, place.name, index, size);
  }
  const bool good = size == 2 && from_python(place, PyTuple_GetItem(bounds, 0), &out->bounds[0]) &&
                    from_python(place, PyTuple_GetItem(bounds, 1), &out->bounds[1]);
  Py_DECREF(bounds);
  return good;
}

bool ranges_from_python(const Place& place, PyObject* list, std::vector<Range>* out) {
  if (!PyList_Check(list)) return wrong_kind(place, "list of [min, max]", list);
  return for_each_item(list, [&](PyObject* pair, size_t i) {
    return range_from_python(place, pair, i, &out->emplace_back());
  });
}

PyObject* set_shape(const char* function, PyObject* const* arguments, Py_ssize_t count,
                    aclError (*set)(aclTensorDesc*, int, const int64_t*)) {
  if (!check_count(function, count, 2, 2)) return nullptr;
  Handle desc = nullptr;
  std::vector<int64_t> dims;
  if (!from_python({function, 1, "tensor_desc"}, arguments[0], &desc) ||
      !dims_from_python({function, 2, "dims"}, arguments[1], &dims)) {
    return nullptr;
  }
  return to_python(set(desc, static_cast<int>(dims.size()), dims.data()));
}

PyObject* set_range(const char* function, PyObject* const* arguments, Py_ssize_t count,
                    aclError (*set)(aclTensorDesc*, size_t, int64_t (*)[2])) {
  if (!check_count(function, count, 2, 2)) return nullptr;
  Handle desc = nullptr;
  std::vector<Range> ranges;
  if (!from_python({function, 1, "tensor_desc"}, arguments[0], &desc) ||
      !ranges_from_python({function, 2, "ranges"}, arguments[1], &ranges)) {
    return nullptr;
  }
  return to_python(set(desc, ranges.size(), ranges.empty() ? nullptr : &ranges[0].bounds));
}

}  // namespace

PyObject* acl_create_tensor_desc(PyObject* /*module*/, PyObject* const* arguments,
                                 Py_ssize_t count) {
  if (!check_count("create_tensor_desc", count, 3, 3)) return nullptr;
  aclDataType type{};
  std::vector<int64_t> dims;
  aclFormat format{};
  if (!from_python({"create_tensor_desc", 1, "data_type"}, arguments[0], &type) ||
      !dims_from_python({"create_tensor_desc", 2, "dims"}, arguments[1], &dims) ||
      !from_python({"create_tensor_desc", 3, "format"}, arguments[2], &format)) {
    return nullptr;
  }
  return to_python(aclCreateTensorDesc(type, static_cast<int>(dims.size()), dims.data(), format));
}

PyObject* acl_get_tensor_desc_dim_range(PyObject* /*module*/, PyObject* const* arguments,
                                        Py_ssize_t count) {
  constexpr const char* kName = "get_tensor_desc_dim_range";
  if (!check_count(kName, count, 3, 3)) return nullptr;
  Handle desc = nullptr;
  size_t index = 0;
  size_t wanted = 0;
  if (!from_python({kName, 1, "tensor_desc"}, arguments[0], &desc) ||
      !from_python({kName, 2, "index"}, arguments[1], &index) ||
      !from_python({kName, 3, "dim_range_num"}, arguments[2], &wanted)) {
    return nullptr;
  }
  constexpr size_t kMost = 4096;
  if (wanted > kMost) return tuple_of(none(), to_python(ACL_ERROR_INVALID_PARAM));
  std::vector<int64_t> range(wanted);
  const aclError result = aclGetTensorDescDimRange(desc, index, wanted, range.data());
  if (result != ACL_SUCCESS) return tuple_of(none(), to_python(result));
  PyObject* list = PyList_New(static_cast<Py_ssize_t>(wanted));
  for (size_t i = 0; list != nullptr && i < wanted; ++i) {
    PyList_SetItem(list, static_cast<Py_ssize_t>(i), to_python(range[i]));
  }
  return tuple_of(list, to_python(result));
}

PyObject* acl_set_tensor_shape(PyObject* /*module*/, PyObject* const* arguments, Py_ssize_t count) {
  return set_shape("set_tensor_shape", arguments, count, aclSetTensorShape);
}

PyObject* acl_set_tensor_storage_shape(PyObject* /*module*/, PyObject* const* arguments,
                                       Py_ssize_t count) {
  return set_shape("set_tensor_storage_shape", arguments, count, aclSetTensorStorageShape);
}

PyObject* acl_set_tensor_origin_shape(PyObject* /*module*/, PyObject* const* arguments,
                                      Py_ssize_t count) {
  return set_shape("set_tensor_origin_shape", arguments, count, aclSetTensorOriginShape);
}

PyObject* acl_set_tensor_shape_range(PyObject* /*module*/, PyObject* const* arguments,
                                     Py_ssize_t count) {
  return set_range("set_tensor_shape_range", arguments, count, aclSetTensorShapeRange);
}

PyObject* acl_set_tensor_value_range(PyObject* /*module*/, PyObject* const* arguments,
                                     Py_ssize_t count) {
  return set_range("set_tensor_value_range", arguments, count, aclSetTensorValueRange);
}

}  // namespace poacl::python
