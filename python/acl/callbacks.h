// Python functions that the library calls from threads of its own.
#pragma once

#include <Python.h>

namespace poacl::python {

// Holds the interpreter for `body`, on any thread. Does nothing once Python is ending.
// While Python ends, it ends every thread that comes back for the interpreter, by unwinding the
// whole stack. That must not meet the library's frames, which the unwinding would turn into an
// abort, so such a thread stands still until the process is gone.
void with_interpreter(void (*body)(void*), void* argument);

// Logs the current exception with its traceback, prints it as Python does for exceptions that
// nobody can catch, and clears it. `function` is what raised it.
void report_exception(const char* what, PyObject* function);

}  // namespace poacl::python
