// Opaque handles of the C API. A handle is looked up, never dereferenced, so dead, foreign and
// random values are recognised without touching memory.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

namespace poacl {

// The live objects of one kind. get() shares ownership, so an object removed while a task still
// uses it lives until that task is done. All members may be called from any thread.
template <typename T>
class HandleTable {
 public:
  // Returns the handle: never null, never equal to a live handle of any kind.
  void* insert(std::shared_ptr<T> object) {
    void* handle = object.get();
    std::unique_lock lock(mutex_);
    live_.emplace(handle, std::move(object));
    return handle;
  }
  // Null when the handle is not a live one of this kind.
  std::shared_ptr<T> get(const void* handle) const {
    std::shared_lock lock(mutex_);
    const auto it = live_.find(handle);
    return it == live_.end() ? nullptr : it->second;
  }
  // Takes the handle out of the table; null when it is not a live one.
  std::shared_ptr<T> remove(const void* handle) {
    std::unique_lock lock(mutex_);
    const auto it = live_.find(handle);
    if (it == live_.end()) return nullptr;
    std::shared_ptr<T> object = std::move(it->second);
    live_.erase(it);
    return object;
  }
  size_t size() const {
    std::shared_lock lock(mutex_);
    return live_.size();
  }
  std::vector<std::shared_ptr<T>> all() const {
    std::shared_lock lock(mutex_);
    std::vector<std::shared_ptr<T>> objects;
    objects.reserve(live_.size());
    for (const auto& [handle, object] : live_) objects.push_back(object);
    return objects;
  }

 private:
  mutable std::shared_mutex mutex_;
  std::unordered_map<const void*, std::shared_ptr<T>> live_;
};

}  // namespace poacl
