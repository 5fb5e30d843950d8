#include "model/arena_pool.h"

#include <algorithm>
#include <mutex>
#include <new>

namespace poacl::model {

// Never destroyed: tasks may still run while the process ends.
ArenaPool& ArenaPool::instance() {
  static auto* const pool = new ArenaPool;
  return *pool;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] static const ArenaPool& made_early = ArenaPool::instance();

void ArenaPool::add_user(size_t bytes) {
  std::lock_guard lock(mutex_);
  const auto need = needs_.insert(bytes);
  const SharedArena* most = largest();
  if (most != nullptr && most->bytes() >= bytes) return;
  try {
    auto arena = std::make_shared<SharedArena>(bytes);
    arenas_.reserve(arenas_.size() + 1);
    // The new one serves the models of the smaller ones as well.
    drop_idle_below(bytes);
    arenas_.push_back(std::move(arena));
  } catch (...) {
    needs_.erase(need);
    throw;
  }
}

void ArenaPool::remove_user(size_t bytes) noexcept {
  std::lock_guard lock(mutex_);
  if (const auto need = needs_.find(bytes); need != needs_.end()) needs_.erase(need);
  const size_t most = needs_.empty() ? 0 : *needs_.rbegin();
  drop_idle_above(most);
  if (most == 0 || (largest() != nullptr && largest()->bytes() >= most)) return;
  try {
    arenas_.push_back(std::make_shared<SharedArena>(most));
  } catch (const std::bad_alloc&) {
    // The next execution asks again, and says so if there is still none.
  }
}

std::shared_ptr<SharedArena> ArenaPool::take(const std::weak_ptr<SharedArena>& last, size_t bytes) {
  if (auto arena = last.lock(); arena && arena->bytes() >= bytes && arena->try_take()) return arena;
  std::lock_guard lock(mutex_);
  for (const auto& arena : arenas_) {
    if (arena->bytes() >= bytes && arena->try_take()) return arena;
  }
  // Large enough for whoever has it next.
  const size_t most = needs_.empty() ? bytes : std::max(bytes, *needs_.rbegin());
  auto fresh = std::make_shared<SharedArena>(most);
  fresh->try_take();
  arenas_.push_back(fresh);
  return fresh;
}

size_t ArenaPool::count() const {
  std::lock_guard lock(mutex_);
  return arenas_.size();
}

size_t ArenaPool::bytes() const {
  std::lock_guard lock(mutex_);
  size_t sum = 0;
  for (const auto& arena : arenas_) sum += arena->bytes();
  return sum;
}

SharedArena* ArenaPool::largest() const noexcept {
  const auto it =
      std::max_element(arenas_.begin(), arenas_.end(),
                       [](const auto& a, const auto& b) { return a->bytes() < b->bytes(); });
  return it == arenas_.end() ? nullptr : it->get();
}

// One that is dropped stays taken, so that nobody who still knows it can have it.
void ArenaPool::drop_idle_above(size_t bytes) noexcept {
  std::erase_if(arenas_, [&](const auto& a) { return a->bytes() > bytes && a->try_take(); });
}

void ArenaPool::drop_idle_below(size_t bytes) noexcept {
  std::erase_if(arenas_, [&](const auto& a) { return a->bytes() < bytes && a->try_take(); });
}

}  // namespace poacl::model
