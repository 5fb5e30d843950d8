// acl.util: addresses of Python objects and back (spec util.md section 1). numpy is imported only
// by the functions that need it, and only when they are called.
#include <cstdio>
#include <cstdlib>

#include "binding/manual.h"
#include "python/acl/convert.h"
#include "python/acl/peek.h"

namespace poacl::python {
namespace {

// An address as "0x7f12", also when it is null, for which %p has a text of its own.
class AddressText {
 public:
  explicit AddressText(uint64_t address) {
    std::snprintf(text_, sizeof(text_), "0x%llx", static_cast<unsigned long long>(address));
  }
  const char* c_str() const { return text_; }

 private:
  char text_[2 + 16 + 1];
};

// numpy's type numbers and the array-interface type that each stands for.
const char* type_text(int64_t number) {
  switch (number) {
    case 0:
      return "|b1";
    case 1:
      return "|i1";
    case 2:
      return "|u1";
    case 3:
      return "<i2";
    case 4:
      return "<u2";
    case 5:
      return "<i4";
    case 6:
      return "<u4";
    case 7:
    case 9:
      return "<i8";
    case 8:
    case 10:
      return "<u8";
    case 11:
      return "<f4";
    case 12:
      return "<f8";
    case 14:
      return "<c8";
    case 15:
      return "<c16";
    case 23:
      return "<f2";
    default:
      return nullptr;
  }
}

// New reference to an attribute of numpy; null with an exception when numpy is not there.
PyObject* numpy_attribute(const char* name) {
  PyObject* numpy = PyImport_ImportModule("numpy");
  if (numpy == nullptr) return nullptr;
  PyObject* attribute = PyObject_GetAttrString(numpy, name);
  Py_DECREF(numpy);
  return attribute;
}

// False with a ValueError when `object` is no ndarray.
bool check_array(const char* function, PyObject* object) {
  PyObject* type = numpy_attribute("ndarray");
  if (type == nullptr) return false;
  const int is_array = PyObject_IsInstance(object, type);
  Py_DECREF(type);
  if (is_array == 0) {
    PyErr_Format(PyExc_ValueError, "%s() wants a numpy.ndarray, not %R", function,
                 reinterpret_cast<PyObject*>(Py_TYPE(object)));
  }
  return is_array == 1;
}

// `array.__array_interface__["data"][0]` as a new reference.
PyObject* data_address(PyObject* array) {
  PyObject* interface = PyObject_GetAttrString(array, "__array_interface__");
  if (interface == nullptr) return nullptr;
  PyObject* data = PyDict_GetItemString(interface, "data");  // borrowed
  PyObject* address = data != nullptr ? PySequence_GetItem(data, 0) : nullptr;
  Py_DECREF(interface);
  return address;
}

// 1 or 0; -1 with an exception.
int is_contiguous(PyObject* array) {
  PyObject* flags = PyObject_GetAttrString(array, "flags");
  PyObject* flag = flags != nullptr ? PyObject_GetAttrString(flags, "c_contiguous") : nullptr;
  const int result = flag != nullptr ? PyObject_IsTrue(flag) : -1;
  Py_XDECREF(flag);
  Py_XDECREF(flags);
  return result;
}

// Bytes of an array of `shape`; -1 with an exception for a bad shape.
Py_ssize_t array_bytes(PyObject* shape, size_t item_size) {
  size_t bytes = item_size;
  const Py_ssize_t rank = PyTuple_Size(shape);
  for (Py_ssize_t i = 0; i < rank; ++i) {
    int64_t extent = 0;
    if (!signed_from_python({"ptr_to_numpy", 2, "shape"}, PyTuple_GetItem(shape, i), 0,
                            PY_SSIZE_T_MAX, &extent)) {
      return -1;
    }
    if (__builtin_mul_overflow(bytes, static_cast<size_t>(extent), &bytes) ||
        bytes > static_cast<size_t>(PY_SSIZE_T_MAX)) {
      PyErr_Format(PyExc_ValueError,
                   "ptr_to_numpy(): an array of this shape is larger than the memory; its first "
                   "%zd extents make more than %zd bytes",
                   i + 1, static_cast<Py_ssize_t>(PY_SSIZE_T_MAX));
      return -1;
    }
  }
  return static_cast<Py_ssize_t>(bytes);
}

// numpy.ndarray(shape, dtype, buffer=memory at address)
PyObject* array_over(uintptr_t address, Py_ssize_t bytes, PyObject* shape, const char* type) {
  constexpr int kWritable = 0x200;  // PyBUF_WRITE, which older limited APIs do not name
  static char nothing = 0;
  char* memory = bytes == 0 ? &nothing : reinterpret_cast<char*>(address);
  PyObject* view = PyMemoryView_FromMemory(memory, bytes, kWritable);
  PyObject* make = view != nullptr ? numpy_attribute("ndarray") : nullptr;
  PyObject* array =
      make != nullptr ? PyObject_CallFunction(make, "OsO", shape, type, view) : nullptr;
  Py_XDECREF(make);
  Py_XDECREF(view);
  return array;
}

}  // namespace

PyObject* util_bytes_to_ptr(PyObject* /*module*/, PyObject* const* arguments, Py_ssize_t count) {
  if (!check_count("bytes_to_ptr", count, 1, 1)) return nullptr;
  if (!PyBytes_Check(arguments[0])) {
    PyErr_Format(PyExc_ValueError, "bytes_to_ptr() wants bytes, not %R",
                 reinterpret_cast<PyObject*>(Py_TYPE(arguments[0])));
    return nullptr;
  }
  return to_python<void*>(PyBytes_AsString(arguments[0]));
}

PyObject* util_ptr_to_bytes(PyObject* /*module*/, PyObject* const* arguments, Py_ssize_t count) {
  if (!check_count("ptr_to_bytes", count, 2, 2)) return nullptr;
  uint64_t address = 0;
  int64_t size = 0;
  if (!bits_from_python({"ptr_to_bytes", 1, "ptr"}, arguments[0], &address) ||
      !signed_from_python({"ptr_to_bytes", 2, "size"}, arguments[1], INT64_MIN, INT64_MAX, &size)) {
    return nullptr;
  }
  if (size < 0) {
    PyErr_Format(PyExc_ValueError, "ptr_to_bytes() argument 2 (size) is %lld: it is negative",
                 static_cast<long long>(size));
    return nullptr;
  }
  // A large result is allocated only when the range can be there.
  constexpr int64_t kSmall = 1 << 16;
  const bool readable = size <= kSmall || can_read(address, static_cast<size_t>(size));
  PyObject* bytes = readable ? PyBytes_FromStringAndSize(nullptr, size) : nullptr;
  if (readable && bytes == nullptr) return nullptr;
  if (readable && read_memory(address, PyBytes_AsString(bytes), static_cast<size_t>(size))) {
    return bytes;
  }
  Py_XDECREF(bytes);
  PyErr_Format(PyExc_ValueError,
               "ptr_to_bytes() cannot read %lld bytes at address %s: the range is not memory of "
               "this process, or has been freed",
               static_cast<long long>(size), AddressText(address).c_str());
  return nullptr;
}

PyObject* util_numpy_to_ptr(PyObject* /*module*/, PyObject* const* arguments, Py_ssize_t count) {
  if (!check_count("numpy_to_ptr", count, 1, 1) || !check_array("numpy_to_ptr", arguments[0])) {
    return nullptr;
  }
  if (PyErr_WarnEx(PyExc_Warning,
                   "numpy_to_ptr is deprecated: use bytes_to_ptr, or numpy_contiguous_to_ptr",
                   1) != 0) {
    return nullptr;
  }
  const int contiguous = is_contiguous(arguments[0]);
  if (contiguous < 0) return nullptr;
  if (contiguous == 0 &&
      PyErr_WarnEx(PyExc_Warning,
                   "the array given to numpy_to_ptr is not C-contiguous: its memory is not in the "
                   "order of its elements",
                   1) != 0) {
    return nullptr;
  }
  return data_address(arguments[0]);
}

PyObject* util_numpy_contiguous_to_ptr(PyObject* /*module*/, PyObject* const* arguments,
                                       Py_ssize_t count) {
  if (!check_count("numpy_contiguous_to_ptr", count, 1, 1) ||
      !check_array("numpy_contiguous_to_ptr", arguments[0])) {
    return nullptr;
  }
  // Unlike numpy.ascontiguousarray, this keeps an array of rank 0 as it is.
  PyObject* make = numpy_attribute("require");
  if (make == nullptr) return nullptr;
  PyObject* array = PyObject_CallFunction(make, "OOs", arguments[0], Py_None, "C");
  Py_DECREF(make);
  if (array == nullptr) return nullptr;
  return tuple_of(data_address(array), array);
}

PyObject* util_ptr_to_numpy(PyObject* /*module*/, PyObject* const* arguments, Py_ssize_t count) {
  if (!check_count("ptr_to_numpy", count, 3, 3)) return nullptr;
  uint64_t address = 0;
  int64_t number = 0;
  if (!bits_from_python({"ptr_to_numpy", 1, "ptr"}, arguments[0], &address) ||
      !signed_from_python({"ptr_to_numpy", 3, "np_type_num"}, arguments[2], INT32_MIN, INT32_MAX,
                          &number)) {
    return nullptr;
  }
  if (!PyTuple_Check(arguments[1])) {
    wrong_kind({"ptr_to_numpy", 2, "shape"}, "tuple of int", arguments[1]);
    return nullptr;
  }
  const char* type = type_text(number);
  if (type == nullptr) {
    PyErr_Format(PyExc_ValueError,
                 "ptr_to_numpy(): numpy type number %lld is none of 0..12, 14, 15, 23",
                 static_cast<long long>(number));
    return nullptr;
  }
  const size_t item_size = static_cast<size_t>(std::atoi(type + 2));
  const Py_ssize_t bytes = array_bytes(arguments[1], item_size);
  if (bytes < 0) return nullptr;
  if (!can_read(address, static_cast<size_t>(bytes))) {
    PyErr_Format(PyExc_ValueError,
                 "ptr_to_numpy(): %zd bytes at address %s are not memory of this process", bytes,
                 AddressText(address).c_str());
    return nullptr;
  }
  return array_over(address, bytes, arguments[1], type);
}

}  // namespace poacl::python
