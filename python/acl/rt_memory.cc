// Memory calls whose Python side differs from the C prototype: configurations, lists of processes,
// keys, ranges with memory errors.
#include <memory>
#include <vector>

#include "acl/acl_rt.h"
#include "acl/ops/acl_dvpp.h"
#include "binding/manual.h"
#include "python/acl/convert.h"

namespace poacl::python {
namespace {

// Longer than any list that makes sense.
constexpr Py_ssize_t kMostItems = 1 << 16;

// A list of ints as `T`.
template <typename T>
bool list_from_python(const Place& place, PyObject* object, std::vector<T>* out) {
  if (!PyList_Check(object)) return wrong_kind(place, "list", object);
  PyObject* items = PyList_AsTuple(object);  // code of the items cannot change a tuple
  if (items == nullptr) return false;
  const Py_ssize_t count = PyTuple_Size(items);
  bool good = count <= kMostItems;
  if (!good) {
    PyErr_Format(PyExc_ValueError, "%s() argument %d (%s) has %zd items, at most %zd",
                 place.function, place.position, place.name, count, kMostItems);
  }
  for (Py_ssize_t i = 0; good && i < count; ++i) {
    T value{};
    good = from_python(place, PyTuple_GetItem(items, i), &value);
    out->push_back(value);
  }
  Py_DECREF(items);
  return good;
}

// An int under a key; a missing one leaves `out`.
template <typename T>
bool read(PyObject* dict, const char* key, T* out) {
  PyObject* value = PyDict_GetItemString(dict, key);
  if (value == nullptr || !PyLong_Check(value)) return false;
  *out = static_cast<T>(PyLong_AsUnsignedLongLongMask(value));
  return true;
}

bool attribute_from_python(const Place& place, PyObject* object, aclrtMallocAttribute* out) {
  if (!PyDict_Check(object)) return wrong_kind(place, "dict of dicts", object);
  *out = {};
  read(object, "attr", &out->attr);
  PyObject* value = PyDict_GetItemString(object, "value");
  if (value == nullptr) return true;
  if (!PyDict_Check(value)) return wrong_kind(place, "dict whose \"value\" is a dict", value);
  if (!read(value, "deviceId", &out->value.deviceId)) read(value, "moduleId", &out->value.moduleId);
  return true;
}

struct Config {
  std::vector<aclrtMallocAttribute> attributes;
  aclrtMallocConfig config{};
  bool given = false;
  aclrtMallocConfig* pointer() { return given ? &config : nullptr; }
};

bool config_from_python(const Place& place, PyObject* object, Config* out) {
  if (!PyDict_Check(object)) return wrong_kind(place, "dict", object);
  out->given = PyDict_Size(object) > 0;
  PyObject* list = PyDict_GetItemString(object, "attrs");
  if (list != nullptr) {
    if (!PyList_Check(list)) return wrong_kind(place, "dict whose \"attrs\" is a list", list);
    PyObject* items = PyList_AsTuple(list);
    if (items == nullptr) return false;
    bool good = true;
    for (Py_ssize_t i = 0; good && i < PyTuple_Size(items); ++i) {
      aclrtMallocAttribute attribute{};
      good = attribute_from_python(place, PyTuple_GetItem(items, i), &attribute);
      out->attributes.push_back(attribute);
    }
    Py_DECREF(items);
    if (!good) return false;
  }
  out->config = {out->attributes.data(), out->attributes.size()};
  size_t announced = 0;
  if (read(object, "numAttrs", &announced) && announced < out->attributes.size()) {
    out->config.numAttrs = announced;
  }
  return true;
}

using Allocate = aclError (*)(void**, size_t, aclrtMemMallocPolicy, aclrtMallocConfig*);

PyObject* allocate(const char* name, Allocate call, PyObject* const* given, Py_ssize_t count) {
  if (!check_count(name, count, 3, 3)) return nullptr;
  size_t size = 0;
  aclrtMemMallocPolicy policy{};
  Config config;
  if (!from_python({name, 1, "size"}, given[0], &size) ||
      !from_python({name, 2, "policy"}, given[1], &policy) ||
      !config_from_python({name, 3, "cfg"}, given[2], &config)) {
    return nullptr;
  }
  void* pointer = nullptr;
  ReleaseGil gil;
  const aclError result = call(&pointer, size, policy, config.pointer());
  gil.acquire();
  return tuple_of(to_python(pointer), to_python(result));
}

}  // namespace

PyObject* rt_malloc_with_cfg(PyObject*, PyObject* const* given, Py_ssize_t count) {
  return allocate("malloc_with_cfg", aclrtMallocWithCfg, given, count);
}

PyObject* media_dvpp_malloc_with_cfg(PyObject*, PyObject* const* given, Py_ssize_t count) {
  return allocate("dvpp_malloc_with_cfg", acldvppMallocWithCfg, given, count);
}

PyObject* rt_malloc_for_task_scheduler(PyObject*, PyObject* const* given, Py_ssize_t count) {
  return allocate("malloc_for_task_scheduler", aclrtMallocForTaskScheduler, given, count);
}

PyObject* rt_malloc_host_with_cfg(PyObject*, PyObject* const* given, Py_ssize_t count) {
  constexpr const char* kName = "malloc_host_with_cfg";
  if (!check_count(kName, count, 2, 2)) return nullptr;
  uint64_t size = 0;
  Config config;
  if (!from_python({kName, 1, "size"}, given[0], &size) ||
      !config_from_python({kName, 2, "cfg"}, given[1], &config)) {
    return nullptr;
  }
  void* pointer = nullptr;
  ReleaseGil gil;
  const aclError result = aclrtMallocHostWithCfg(&pointer, size, config.pointer());
  gil.acquire();
  return tuple_of(to_python(pointer), to_python(result));
}

PyObject* rt_mem_set_pid_to_shareable_handle(PyObject*, PyObject* const* given, Py_ssize_t count) {
  constexpr const char* kName = "mem_set_pid_to_shareable_handle";
  if (!check_count(kName, count, 2, 2)) return nullptr;
  uint64_t handle = 0;
  std::vector<int32_t> pids;
  if (!from_python({kName, 1, "shareable_handle"}, given[0], &handle) ||
      !list_from_python({kName, 2, "pids"}, given[1], &pids)) {
    return nullptr;
  }
  return to_python(aclrtMemSetPidToShareableHandle(handle, pids.data(), pids.size()));
}

PyObject* rt_ipc_mem_set_import_pid(PyObject*, PyObject* const* given, Py_ssize_t count) {
  constexpr const char* kName = "ipc_mem_set_import_pid";
  if (!check_count(kName, count, 2, 2)) return nullptr;
  const char* key = nullptr;
  std::vector<int32_t> pids;
  if (!from_python({kName, 1, "key"}, given[0], &key) ||
      !list_from_python({kName, 2, "pids"}, given[1], &pids)) {
    return nullptr;
  }
  return to_python(aclrtIpcMemSetImportPid(key, pids.data(), pids.size()));
}

PyObject* rt_ipc_mem_get_export_key(PyObject*, PyObject* const* given, Py_ssize_t count) {
  constexpr const char* kName = "ipc_mem_get_export_key";
  if (!check_count(kName, count, 4, 4)) return nullptr;
  void* pointer = nullptr;
  size_t size = 0;
  size_t length = 0;
  uint64_t flags = 0;
  if (!from_python({kName, 1, "dev_ptr"}, given[0], &pointer) ||
      !from_python({kName, 2, "size"}, given[1], &size) ||
      !from_python({kName, 3, "len"}, given[2], &length) ||
      !from_python({kName, 4, "flag"}, given[3], &flags)) {
    return nullptr;
  }
  char key[1024] = "";
  if (length >= sizeof(key)) {
    PyErr_Format(PyExc_ValueError, "%s() argument 3 (len) is %zu; it must be below %zu", kName,
                 length, sizeof(key));
    return nullptr;
  }
  const aclError result = aclrtIpcMemGetExportKey(pointer, size, key, length, flags);
  return tuple_of(to_python(static_cast<const char*>(key)), to_python(result));
}

PyObject* rt_host_get_device_pointer(PyObject*, PyObject* const* given, Py_ssize_t count) {
  constexpr const char* kName = "host_get_device_pointer";
  if (!check_count(kName, count, 2, 2)) return nullptr;
  void* host = nullptr;
  uint32_t flag = 0;
  if (!from_python({kName, 1, "host_ptr"}, given[0], &host) ||
      !from_python({kName, 2, "flag"}, given[1], &flag)) {
    return nullptr;
  }
  void* device = nullptr;
  const aclError result = aclrtHostGetDevicePointer(host, &device, flag);
  return tuple_of(to_python(device), to_python(result));
}

PyObject* rt_get_mem_uce_info(PyObject*, PyObject* const* given, Py_ssize_t count) {
  constexpr const char* kName = "get_mem_uce_info";
  if (!check_count(kName, count, 2, 2)) return nullptr;
  int32_t device = 0;
  size_t room = 0;
  if (!from_python({kName, 1, "device_id"}, given[0], &device) ||
      !from_python({kName, 2, "array_size"}, given[1], &room)) {
    return nullptr;
  }
  if (room > MAX_MEM_UCE_INFO_ARRAY_SIZE) room = MAX_MEM_UCE_INFO_ARRAY_SIZE;
  const auto ranges = std::make_unique<aclrtMemUceInfo[]>(MAX_MEM_UCE_INFO_ARRAY_SIZE);
  size_t found = 0;
  const aclError result = aclrtGetMemUceInfo(device, ranges.get(), room, &found);
  PyObject* list = PyList_New(0);
  for (size_t i = 0; list != nullptr && i < found; ++i) {
    PyObject* item =
        Py_BuildValue("{s:K,s:K}", "addr", reinterpret_cast<unsigned long long>(ranges[i].addr),
                      "len", static_cast<unsigned long long>(ranges[i].len));
    const bool added = item != nullptr && PyList_Append(list, item) == 0;
    Py_XDECREF(item);
    if (added) continue;
    Py_DECREF(list);
    list = nullptr;
  }
  return tuple_of(list, to_python(result));
}

PyObject* rt_mem_uce_repair(PyObject*, PyObject* const* given, Py_ssize_t count) {
  constexpr const char* kName = "mem_uce_repair";
  if (!check_count(kName, count, 2, 2)) return nullptr;
  int32_t device = 0;
  const Place place{kName, 2, "mem_uce_info"};
  if (!from_python({kName, 1, "device_id"}, given[0], &device)) return nullptr;
  if (!PyList_Check(given[1])) {
    wrong_kind(place, "list", given[1]);
    return nullptr;
  }
  PyObject* items = PyList_AsTuple(given[1]);
  if (items == nullptr) return nullptr;
  std::vector<aclrtMemUceInfo> ranges(1);  // an address even for an empty list
  const auto length = static_cast<size_t>(PyTuple_Size(items));
  bool good = true;
  for (size_t i = 0; good && i < length; ++i) {
    PyObject* item = PyTuple_GetItem(items, static_cast<Py_ssize_t>(i));
    good = PyDict_Check(item) || wrong_kind(place, "list of dicts", item);
    if (!good) break;
    ranges.resize(i + 1);
    uint64_t address = 0;
    read(item, "addr", &address);
    read(item, "len", &ranges[i].len);
    ranges[i].addr = reinterpret_cast<void*>(address);
  }
  Py_DECREF(items);
  return good ? to_python(aclrtMemUceRepair(device, ranges.data(), length)) : nullptr;
}

}  // namespace poacl::python
