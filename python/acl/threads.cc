// acl.util.start_thread and stop_thread (spec util.md section 2): native threads, because
// acl.rt.subscribe_report wants the id of one.
#include <pthread.h>

#include <csignal>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "acl/acl_base.h"
#include "binding/manual.h"
#include "python/acl/convert.h"

namespace poacl::python {
namespace {

struct Thread {
  PyObject* function = nullptr;
  PyObject* argument = nullptr;
  bool failed = false;
  std::string error;
};

std::mutex threads_mutex;

std::unordered_map<uint64_t, std::unique_ptr<Thread>>& threads() {
  // Never destroyed: a thread may still run when the process ends.
  static auto* table = new std::unordered_map<uint64_t, std::unique_ptr<Thread>>;
  return *table;
}

// Keeps the text of the current exception for stop_thread, and prints it now.
void keep_error(Thread& thread) {
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* trace = nullptr;
  PyErr_Fetch(&type, &value, &trace);
  PyErr_NormalizeException(&type, &value, &trace);
  PyObject* text = value != nullptr ? PyObject_Str(value) : nullptr;
  const char* utf8 = text != nullptr ? PyUnicode_AsUTF8AndSize(text, nullptr) : nullptr;
  thread.error = utf8 != nullptr ? utf8 : "the exception has no text";
  thread.failed = true;
  Py_XDECREF(text);
  PyErr_Clear();
  PyErr_Restore(type, value, trace);
  PyErr_WriteUnraisable(thread.function);
}

void* run(void* opaque) {
  auto* thread = static_cast<Thread*>(opaque);
  // Python's own handler only sets a flag that a program blocked in stop_thread never looks at.
  std::signal(SIGINT, SIG_DFL);
  const PyGILState_STATE gil = PyGILState_Ensure();
  PyObject* result = thread->argument == Py_None ? PyObject_CallNoArgs(thread->function)
                                                 : PyObject_CallFunctionObjArgs(
                                                       thread->function, thread->argument, nullptr);
  if (result == nullptr) keep_error(*thread);
  Py_XDECREF(result);
  Py_CLEAR(thread->function);
  Py_CLEAR(thread->argument);
  PyGILState_Release(gil);
  return nullptr;
}

// Into the log only: the text of acl.get_recent_err_msg can be set by libascendcl alone.
void explain_refusal(uint64_t id, bool self) {
  const auto number = static_cast<unsigned long long>(id);
  if (self) {
    aclAppLog(ACL_ERROR, "stop_thread", "acl.util", 0,
              "thread %llu cannot wait for its own end; call stop_thread from another thread",
              number);
  } else {
    aclAppLog(ACL_ERROR, "stop_thread", "acl.util", 0,
              "no thread with id %llu waits to be stopped: pass an id that start_thread gave, once",
              number);
  }
}

}  // namespace

PyObject* util_start_thread(PyObject* /*module*/, PyObject* const* arguments, Py_ssize_t count) {
  if (!check_count("start_thread", count, 2, 2)) return nullptr;
  if (PyCallable_Check(arguments[0]) == 0) {
    wrong_kind({"start_thread", 1, "fn"}, "callable", arguments[0]);
    return nullptr;
  }
  auto thread = std::make_unique<Thread>();
  Py_INCREF(arguments[0]);
  Py_INCREF(arguments[1]);
  thread->function = arguments[0];
  thread->argument = arguments[1];
  pthread_t id{};
  int error = 0;
  {
    // Held until the table knows the thread, which may call stop_thread on itself at once. The
    // GIL is not given up meanwhile: pthread_create does not wait for the new thread.
    std::lock_guard lock(threads_mutex);
    error = pthread_create(&id, nullptr, run, thread.get());
    if (error == 0) threads()[static_cast<uint64_t>(id)] = std::move(thread);
  }
  if (error != 0) {
    Py_CLEAR(thread->function);
    Py_CLEAR(thread->argument);
    return tuple_of(to_python(uint64_t{0}), to_python(error));
  }
  return tuple_of(to_python(static_cast<uint64_t>(id)), to_python(0));
}

PyObject* util_stop_thread(PyObject* /*module*/, PyObject* const* arguments, Py_ssize_t count) {
  if (!check_count("stop_thread", count, 1, 1)) return nullptr;
  uint64_t id = 0;
  if (!bits_from_python({"stop_thread", 1, "thread_id"}, arguments[0], &id)) return nullptr;
  std::unique_ptr<Thread> thread;
  {
    std::lock_guard lock(threads_mutex);
    const auto found = threads().find(id);
    const bool self = id == static_cast<uint64_t>(pthread_self());
    if (found == threads().end() || self) {
      explain_refusal(id, self);
      return to_python(ACL_ERROR_INVALID_PARAM);
    }
    thread = std::move(found->second);
    threads().erase(found);
  }
  int error = 0;
  {
    ReleaseGil gil;
    error = pthread_join(static_cast<pthread_t>(id), nullptr);
    gil.acquire();
  }
  if (thread->failed) {
    PyErr_SetString(PyExc_RuntimeError, thread->error.c_str());
    return nullptr;
  }
  return to_python(error);
}

}  // namespace poacl::python
