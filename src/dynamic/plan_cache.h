// Plans of stages by what they were planned for, the least recently used given up first.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "dynamic/stage_plan.h"

namespace poacl {

// Any thread. A plan in use lives on when the cache gives it up.
class PlanCache {
 public:
  // At most this many plans, and this many bytes of what they alone keep; the newest one stays
  // whatever its size.
  static constexpr size_t kMostPlans = 64;
  static constexpr size_t kMostBytes = size_t{256} << 20;

  std::shared_ptr<const StagePlan> find(const std::string& key);
  // The plan to use: the one given, or an equal one that another execution put there meanwhile.
  std::shared_ptr<const StagePlan> insert(std::string key, std::shared_ptr<const StagePlan> plan);
  size_t size() const;

 private:
  using Entry = std::pair<std::string, std::shared_ptr<const StagePlan>>;

  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // newest first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key_;
  size_t bytes_ = 0;
};

}  // namespace poacl
