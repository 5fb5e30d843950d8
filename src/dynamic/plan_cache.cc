#include "dynamic/plan_cache.h"

namespace poacl {

std::shared_ptr<const StagePlan> PlanCache::find(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto it = by_key_.find(key);
  if (it == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, it->second);
  return it->second->second;
}

std::shared_ptr<const StagePlan> PlanCache::insert(std::string key,
                                                   std::shared_ptr<const StagePlan> plan) {
  std::list<Entry> gone;  // their destructors may take a while: not under the lock
  const std::lock_guard lock(mutex_);
  if (const auto it = by_key_.find(key); it != by_key_.end()) return it->second->second;
  bytes_ += plan->own_bytes;
  entries_.emplace_front(std::move(key), plan);
  by_key_.emplace(entries_.front().first, entries_.begin());
  while (entries_.size() > 1 && (entries_.size() > kMostPlans || bytes_ > kMostBytes)) {
    bytes_ -= entries_.back().second->own_bytes;
    by_key_.erase(entries_.back().first);
    gone.splice(gone.begin(), entries_, std::prev(entries_.end()));
  }
  return plan;
}

size_t PlanCache::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace poacl
