// Functions of an allocator written in Python. As in the real binding there is one function of each
// kind for the process, the last one that was set; what it returns is dropped, and C gets null.
#include <atomic>
#include <utility>

#include "acl/acl_rt_allocator.h"
#include "binding/manual.h"
#include "python/acl/callbacks.h"
#include "python/acl/convert.h"

namespace poacl::python {
namespace {

enum Kind { kAllocate, kFree, kAllocateAt, kAddressOf, kKinds };

PyObject* functions[kKinds] = {};  // the interpreter's lock is held wherever they are touched

struct Call {
  Kind kind;
  unsigned long long values[3];
};

void run(void* argument) {
  const Call& call = *static_cast<Call*>(argument);
  PyObject* function = functions[call.kind];
  if (function == nullptr) return;
  Py_INCREF(function);
  const unsigned long long* value = call.values;
  PyObject* result = nullptr;
  switch (call.kind) {
    case kAllocateAt:
      result = PyObject_CallFunction(function, "KKK", value[0], value[1], value[2]);
      break;
    case kAddressOf:
      result = PyObject_CallFunction(function, "K", value[0]);
      break;
    default:
      result = PyObject_CallFunction(function, "KK", value[0], value[1]);
  }
  if (result == nullptr) report_exception("an allocator's function", function);
  Py_XDECREF(result);
  Py_DECREF(function);
}

unsigned long long number(const void* pointer) {
  return reinterpret_cast<uintptr_t>(pointer);
}

void* allocate(aclrtAllocator allocator, size_t size) {
  Call call{kAllocate, {number(allocator), size}};
  with_interpreter(run, &call);
  return nullptr;
}

void release(aclrtAllocator allocator, aclrtAllocatorBlock block) {
  Call call{kFree, {number(allocator), number(block)}};
  with_interpreter(run, &call);
}

void* allocate_at(aclrtAllocator allocator, size_t size, aclrtAllocatorAddr address) {
  Call call{kAllocateAt, {number(allocator), size, number(address)}};
  with_interpreter(run, &call);
  return nullptr;
}

void* address_of(aclrtAllocatorBlock block) {
  Call call{kAddressOf, {number(block)}};
  with_interpreter(run, &call);
  return nullptr;
}

template <typename Set, typename Function>
PyObject* set(const char* name, Kind kind, Set call, Function trampoline, PyObject* const* given,
              Py_ssize_t count) {
  if (!check_count(name, count, 2, 2)) return nullptr;
  aclrtAllocatorDesc desc = nullptr;
  if (!from_python({name, 1, "desc"}, given[0], &desc)) return nullptr;
  if (PyCallable_Check(given[1]) == 0) {
    wrong_kind({name, 2, "fn"}, "callable", given[1]);
    return nullptr;
  }
  const aclError result = call(desc, trampoline);
  if (result == ACL_SUCCESS) {
    Py_INCREF(given[1]);
    Py_XDECREF(std::exchange(functions[kind], given[1]));
  }
  return to_python(result);
}

}  // namespace

PyObject* rt_allocator_set_alloc_func_to_desc(PyObject*, PyObject* const* given, Py_ssize_t count) {
  return set("allocator_set_alloc_func_to_desc", kAllocate, aclrtAllocatorSetAllocFuncToDesc,
             allocate, given, count);
}

PyObject* rt_allocator_set_free_func_to_desc(PyObject*, PyObject* const* given, Py_ssize_t count) {
  return set("allocator_set_free_func_to_desc", kFree, aclrtAllocatorSetFreeFuncToDesc, release,
             given, count);
}

PyObject* rt_allocator_set_alloc_advise_func_to_desc(PyObject*, PyObject* const* given,
                                                     Py_ssize_t count) {
  return set("allocator_set_alloc_advise_func_to_desc", kAllocateAt,
             aclrtAllocatorSetAllocAdviseFuncToDesc, allocate_at, given, count);
}

PyObject* rt_allocator_set_get_addr_from_block_func_to_desc(PyObject*, PyObject* const* given,
                                                            Py_ssize_t count) {
  return set("allocator_set_get_addr_from_block_func_to_desc", kAddressOf,
             aclrtAllocatorSetGetAddrFromBlockFuncToDesc, address_of, given, count);
}

}  // namespace poacl::python
