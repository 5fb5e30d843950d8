// The arenas of all models: a model that is idle needs none, so that models which never run at the
// same time share one.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <set>
#include <vector>

#include "base/fork_locks.h"
#include "exec/arena.h"

namespace poacl::model {

// Used by one execution at a time.
class SharedArena {
 public:
  explicit SharedArena(size_t bytes) : arena_(bytes) {}
  // False while another execution has it.
  bool try_take() noexcept { return !busy_.exchange(true, std::memory_order_acquire); }
  void give_back() noexcept { busy_.store(false, std::memory_order_release); }
  void* memory() const noexcept { return arena_.memory(); }
  size_t bytes() const noexcept { return arena_.bytes(); }

 private:
  Arena arena_;
  std::atomic<bool> busy_{false};
};

class ArenaPool {
 public:
  // The process's pool.
  static ArenaPool& instance();

  // For a loaded model whose executions need `bytes`: from now on there is an arena that large.
  // Throws std::bad_alloc, and then nothing has changed.
  void add_user(size_t bytes);
  // Takes back an add_user(); idle arenas that are larger than what is left needs are freed.
  void remove_user(size_t bytes) noexcept;

  // An arena of at least `bytes`, taken. `last` is the one that was had before, if any: nothing is
  // locked while that is free. Allocates only when all that are large enough are in use; throws
  // std::bad_alloc.
  std::shared_ptr<SharedArena> take(const std::weak_ptr<SharedArena>& last, size_t bytes);

  // Arenas and their bytes together.
  size_t count() const;
  size_t bytes() const;

 private:
  SharedArena* largest() const noexcept;
  void drop_idle_above(size_t bytes) noexcept;
  void drop_idle_below(size_t bytes) noexcept;

  mutable ForkSafeMutex mutex_;
  std::multiset<size_t> needs_;
  std::vector<std::shared_ptr<SharedArena>> arenas_;
};

}  // namespace poacl::model
