// The module `acl` with its sub-modules. Each sub-module is entered in sys.modules, so that
// `import acl.rt` works although `acl` is one file.
#include "binding/modules.h"
#include "src/capi/binding_support.h"

namespace poacl::python {
namespace {

constexpr int kSubmoduleCount = sizeof(kSubmodules) / sizeof(kSubmodules[0]);

PyModuleDef root_definition = {
    PyModuleDef_HEAD_INIT,
    "acl",
    "AscendCL for Python on the CPU. Calls are positional; handles and addresses are ints.",
    -1,
    root_methods,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
};
PyModuleDef submodule_definitions[kSubmoduleCount];

bool add_submodule(PyObject* root, int index) {
  const Submodule& submodule = kSubmodules[index];
  PyModuleDef& definition = submodule_definitions[index];
  definition.m_base = PyModuleDef_HEAD_INIT;
  definition.m_name = submodule.full_name;
  definition.m_size = -1;
  definition.m_methods = submodule.methods;
  PyObject* module = PyModule_Create(&definition);
  if (module == nullptr) return false;
  PyObject* modules = PyImport_GetModuleDict();  // borrowed
  const bool entered = PyDict_SetItemString(modules, submodule.full_name, module) == 0;
  // PyModule_AddObject takes the reference only when it succeeds.
  if (entered && PyModule_AddObject(root, submodule.name, module) == 0) return true;
  Py_DECREF(module);
  return false;
}

PyObject* make_module() {
  poaclUsePythonNames();
  PyObject* root = PyModule_Create(&root_definition);
  for (int i = 0; root != nullptr && i < kSubmoduleCount; ++i) {
    if (!add_submodule(root, i)) {
      Py_DECREF(root);
      return nullptr;
    }
  }
  return root;
}

}  // namespace
}  // namespace poacl::python

PyMODINIT_FUNC PyInit_acl() {
  return poacl::python::make_module();
}
