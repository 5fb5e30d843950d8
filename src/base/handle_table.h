// Opaque handles of the C API. A handle is looked up, never dereferenced, so dead, foreign and
// random values are recognised without touching memory.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/fork_locks.h"
#include "base/futex_mutex.h"

namespace poacl {

// A value no live or dead handle of any kind has. Looks like an address that is never mapped, so
// a program that dereferences a handle stops there.
void* next_handle() noexcept;

// The live objects of one kind. get() shares ownership, so an object removed while a task still
// uses it lives until that task is done. All members may be called from any thread.
template <typename T>
class HandleTable final : private ForkGuarded {
 public:
  // Returns the handle: never null, never equal to a live or dead handle of any kind.
  void* insert(std::shared_ptr<T> object) {
    void* handle = next_handle();
    Shard& shard = shard_of(handle);
    std::lock_guard lock(shard.mutex);
    shard.live.emplace(handle, std::move(object));
    return handle;
  }
  // Null when the handle is not a live one of this kind.
  std::shared_ptr<T> get(const void* handle) const {
    const Shard& shard = shard_of(handle);
    std::lock_guard lock(shard.mutex);
    const auto it = shard.live.find(handle);
    return it == shard.live.end() ? nullptr : it->second;
  }
  // Takes the handle out of the table; null when it is not a live one.
  std::shared_ptr<T> remove(const void* handle) {
    Shard& shard = shard_of(handle);
    std::lock_guard lock(shard.mutex);
    const auto it = shard.live.find(handle);
    if (it == shard.live.end()) return nullptr;
    std::shared_ptr<T> object = std::move(it->second);
    shard.live.erase(it);
    return object;
  }
  size_t size() const {
    size_t count = 0;
    for (const Shard& shard : shards_) {
      std::lock_guard lock(shard.mutex);
      count += shard.live.size();
    }
    return count;
  }
  std::vector<std::shared_ptr<T>> all() const {
    std::vector<std::shared_ptr<T>> objects;
    for (const Shard& shard : shards_) {
      std::lock_guard lock(shard.mutex);
      for (const auto& [handle, object] : shard.live) objects.push_back(object);
    }
    return objects;
  }

 private:
  static constexpr size_t kShards = 16;
  struct alignas(64) Shard {
    mutable FutexMutex mutex;
    std::unordered_map<const void*, std::shared_ptr<T>> live;
  };

  static size_t index_of(const void* handle) {
    return (reinterpret_cast<uintptr_t>(handle) >> 4) % kShards;
  }
  Shard& shard_of(const void* handle) { return shards_[index_of(handle)]; }
  const Shard& shard_of(const void* handle) const { return shards_[index_of(handle)]; }

  void lock_for_fork() noexcept override {
    for (Shard& shard : shards_) shard.mutex.lock();
  }
  void unlock_after_fork() noexcept override {
    for (Shard& shard : shards_) shard.mutex.unlock();
  }

  std::array<Shard, kShards> shards_;
  ForkRegistration registration_{*this};
};

}  // namespace poacl
