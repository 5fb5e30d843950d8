#include "python/acl/convert.h"

#include <cstring>

namespace poacl::python {

bool check_count(const char* function, Py_ssize_t count, int required, int allowed) {
  if (count >= required && count <= allowed) return true;
  if (required == allowed) {
    PyErr_Format(PyExc_TypeError, "%s() takes %d argument%s (%zd given)", function, required,
                 required == 1 ? "" : "s", count);
  } else {
    PyErr_Format(PyExc_TypeError, "%s() takes %d to %d arguments (%zd given)", function, required,
                 allowed, count);
  }
  return false;
}

bool wrong_kind(const Place& place, const char* wanted, PyObject* object) {
  if (PyErr_Occurred() != nullptr && PyErr_ExceptionMatches(PyExc_TypeError) == 0) return false;
  PyErr_Clear();
  PyObject* type = reinterpret_cast<PyObject*>(Py_TYPE(object));
  Py_INCREF(type);  // asking for the name may run code that gives the object another type
  PyObject* name = PyObject_GetAttrString(type, "__name__");
  PyErr_Clear();
  PyErr_Format(PyExc_TypeError, "%s() argument %d (%s) must be %s, not %S", place.function,
               place.position, place.name, wanted, name != nullptr ? name : type);
  Py_XDECREF(name);
  Py_DECREF(type);
  return false;
}

bool signed_from_python(const Place& place, PyObject* object, int64_t low, int64_t high,
                        int64_t* out) {
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
  if (value == -1 && overflow == 0 && PyErr_Occurred() != nullptr) {
    return wrong_kind(place, "int", object);
  }
  if (overflow != 0) {
    // Python refuses to write out an int of many digits, so the value is not shown.
    PyErr_Format(PyExc_TypeError,
                 "%s() argument %d (%s) does not fit 64 bits; it must lie in %lld..%lld",
                 place.function, place.position, place.name, static_cast<long long>(low),
                 static_cast<long long>(high));
    return false;
  }
  if (value < low || value > high) {
    PyErr_Format(PyExc_TypeError, "%s() argument %d (%s) is %lld; it must lie in %lld..%lld",
                 place.function, place.position, place.name, value, static_cast<long long>(low),
                 static_cast<long long>(high));
    return false;
  }
  *out = value;
  return true;
}

bool bits_from_python(const Place& place, PyObject* object, uint64_t* out) {
  const unsigned long long bits = PyLong_AsUnsignedLongLongMask(object);
  if (bits == ~0ULL && PyErr_Occurred() != nullptr) return wrong_kind(place, "int", object);
  *out = bits;
  return true;
}

bool double_from_python(const Place& place, PyObject* object, double* out) {
  const double value = PyFloat_AsDouble(object);
  if (value == -1.0 && PyErr_Occurred() != nullptr) return wrong_kind(place, "float", object);
  *out = value;
  return true;
}

bool text_from_python(const Place& place, PyObject* object, const char** out) {
  if (!PyUnicode_Check(object)) return wrong_kind(place, "str", object);
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(object, &size);
  if (text == nullptr) return false;
  if (std::strlen(text) != static_cast<size_t>(size)) {
    PyErr_Format(PyExc_ValueError, "%s() argument %d (%s) holds a null character", place.function,
                 place.position, place.name);
    return false;
  }
  *out = text;
  return true;
}

PyObject* text_to_python(const char* text) {
  if (text == nullptr) return none();
  return PyUnicode_DecodeUTF8(text, static_cast<Py_ssize_t>(std::strlen(text)), "replace");
}

}  // namespace poacl::python
