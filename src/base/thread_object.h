// One object per thread that may be used at any time, also by a destructor of the program that
// runs when the thread's (or the main thread's) other thread-local objects are gone already.
#pragma once

#include <cxxabi.h>

#include <new>
#include <utility>

extern "C" __attribute__((visibility("hidden"))) void* __dso_handle;

namespace poacl {

// The calling thread's T, made at first use and deleted when the thread ends; asked for after
// that, a new one is made. Null when there is no memory.
template <typename T>
T* thread_object() noexcept {
  // A plain pointer, which stays usable after every destructor; a thread_local T would not.
  static thread_local T* object = nullptr;
  if (object == nullptr) {
    object = new (std::nothrow) T;
    if (object == nullptr) return nullptr;
    // Unlike a thread_local's destructor this can be registered again while the thread ends.
    abi::__cxa_thread_atexit(
        [](void* slot) { delete std::exchange(*static_cast<T**>(slot), nullptr); }, &object,
        &__dso_handle);
  }
  return object;
}

}  // namespace poacl
