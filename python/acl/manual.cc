// Wrappers whose Python side differs from the C prototype in more than a derived way.
#include "binding/manual.h"

#include "acl/acl.h"
#include "python/acl/convert.h"

namespace poacl::python {

PyObject* acl_app_log(PyObject* /*module*/, PyObject* const* arguments, Py_ssize_t count) {
  if (!check_count("app_log", count, 2, 2)) return nullptr;
  aclLogLevel level{};
  const char* text = nullptr;
  if (!from_python({"app_log", 1, "log_level"}, arguments[0], &level) ||
      !from_python({"app_log", 2, "msg"}, arguments[1], &text)) {
    return nullptr;
  }
  aclAppLog(level, "python", "python", 0, "%s", text);
  return none();
}

}  // namespace poacl::python
