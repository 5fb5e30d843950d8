// Python values to C arguments and C results to Python, by the rules of the real binding: signed
// 32-, 16- and 64-bit arguments are range checked, 8-bit ones must lie in 0..255, unsigned ones
// and addresses are cut to their width; a wrong kind is a TypeError that names the argument.
#pragma once

#include <Python.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>

namespace poacl::python {

// Which argument of which function is being converted; for error texts.
struct Place {
  const char* function;
  int position;  // from 1
  const char* name;
};

// False with a TypeError set unless required <= count <= allowed.
bool check_count(const char* function, Py_ssize_t count, int required, int allowed);

// Sets "f() argument 1 (name) must be <wanted>, not <type of object>"; returns false. An exception
// that the object's own code raised stays, unless it is a TypeError.
bool wrong_kind(const Place& place, const char* wanted, PyObject* object);

// False with an exception set when `object` is no int or lies outside [low, high].
bool signed_from_python(const Place& place, PyObject* object, int64_t low, int64_t high,
                        int64_t* out);
// Low 64 bits of an int.
bool bits_from_python(const Place& place, PyObject* object, uint64_t* out);
bool double_from_python(const Place& place, PyObject* object, double* out);
// Borrows the UTF-8 text of a str, which lives as long as `object`.
bool text_from_python(const Place& place, PyObject* object, const char** out);

template <typename T>
bool from_python(const Place& place, PyObject* object, T* out) {
  if constexpr (std::is_same_v<T, const char*>) {
    return text_from_python(place, object, out);
  } else if constexpr (std::is_pointer_v<T>) {
    uint64_t bits = 0;
    if (!bits_from_python(place, object, &bits)) return false;
    *out = reinterpret_cast<T>(static_cast<uintptr_t>(bits));
    return true;
  } else if constexpr (std::is_floating_point_v<T>) {
    double value = 0;
    if (!double_from_python(place, object, &value)) return false;
    *out = static_cast<T>(value);
    return true;
  } else if constexpr (std::is_unsigned_v<T> && sizeof(T) > 1) {
    uint64_t bits = 0;
    if (!bits_from_python(place, object, &bits)) return false;
    *out = static_cast<T>(bits);
    return true;
  } else {
    static_assert(std::is_integral_v<T> || std::is_enum_v<T>);
    constexpr bool kByte = sizeof(T) == 1;
    using Range = std::conditional_t<sizeof(T) == 2, int16_t,
                                     std::conditional_t<sizeof(T) == 4, int32_t, int64_t>>;
    int64_t value = 0;
    if (!signed_from_python(place, object, kByte ? 0 : std::numeric_limits<Range>::min(),
                            kByte ? 255 : std::numeric_limits<Range>::max(), &value)) {
      return false;
    }
    *out = static_cast<T>(value);
    return true;
  }
}

// New reference to the str, or None for null. Bytes that are no UTF-8 are replaced.
PyObject* text_to_python(const char* text);

template <typename T>
PyObject* to_python(T value) {
  if constexpr (std::is_same_v<T, const char*> || std::is_same_v<T, char*>) {
    return text_to_python(value);
  } else if constexpr (std::is_pointer_v<T>) {
    return PyLong_FromUnsignedLongLong(reinterpret_cast<uintptr_t>(value));
  } else if constexpr (std::is_floating_point_v<T>) {
    return PyFloat_FromDouble(value);
  } else if constexpr (std::is_enum_v<T> || std::is_signed_v<T>) {
    return PyLong_FromLongLong(static_cast<long long>(value));
  } else {
    return PyLong_FromUnsignedLongLong(value);
  }
}

inline PyObject* none() {
  Py_INCREF(Py_None);
  return Py_None;
}

// Tuple that takes over its items; null, with the items released, when one of them is null.
template <typename... Items>
PyObject* tuple_of(Items... items) {
  PyObject* const all[] = {items...};
  PyObject* tuple = (... && (items != nullptr)) ? PyTuple_New(sizeof...(items)) : nullptr;
  Py_ssize_t index = 0;
  for (PyObject* item : all) {
    if (tuple == nullptr) {
      Py_XDECREF(item);
    } else {
      PyTuple_SetItem(tuple, index++, item);
    }
  }
  return tuple;
}

// Lets other Python threads run from construction until acquire(), which every path must call.
// The destructor does not: while Python ends, PyEval_RestoreThread ends the thread by a forced
// unwind, which must neither start a second one nor meet a noexcept function, as destructors are.
class ReleaseGil {
 public:
  ReleaseGil() : state_(PyEval_SaveThread()) {}
  ReleaseGil(const ReleaseGil&) = delete;
  ReleaseGil& operator=(const ReleaseGil&) = delete;
  void acquire() {
    if (PyThreadState* state = std::exchange(state_, nullptr)) PyEval_RestoreThread(state);
  }

 private:
  PyThreadState* state_;
};

using Wrapper = PyObject* (*)(PyObject*, PyObject* const*, Py_ssize_t);

inline PyCFunction as_method(Wrapper wrapper) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(wrapper));
}

}  // namespace poacl::python
