#include "model/state_pool.h"

#include <algorithm>

namespace poacl::model {
namespace {

bool needs_less(const Program* a, const Program* b) {
  return poacl::workspace_bytes(*a) < poacl::workspace_bytes(*b);
}

}  // namespace

size_t workspace_bytes(const std::vector<const Program*>& programs) {
  return poacl::workspace_bytes(**std::max_element(programs.begin(), programs.end(), needs_less));
}

StatePool::StatePool(std::vector<const Program*> programs, void* arena)
    : programs_(std::move(programs)) {
  states_.push_back(make_state(arena));
  free_.push_back(states_.back().get());
}

// Without an arena of the caller's, that of the largest Program serves all.
std::unique_ptr<StatePool::State> StatePool::make_state(void* arena) const {
  auto state = std::make_unique<State>(programs_.size());
  const auto largest = std::max_element(programs_.begin(), programs_.end(), needs_less);
  const auto owner = static_cast<size_t>(largest - programs_.begin());
  (*state)[owner] = std::make_unique<ExecState>(**largest, arena);
  for (size_t i = 0; i < programs_.size(); ++i) {
    if (i == owner) continue;
    (*state)[i] = std::make_unique<ExecState>(*programs_[i], (*state)[owner]->arena());
  }
  return state;
}

StatePool::State* StatePool::take() {
  {
    std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      State* state = free_.back();
      free_.pop_back();
      return state;
    }
  }
  auto fresh = make_state(nullptr);
  State* state = fresh.get();
  std::lock_guard lock(mutex_);
  free_.reserve(states_.size() + 1);
  states_.push_back(std::move(fresh));
  return state;
}

void StatePool::give_back(State* state) noexcept {
  std::lock_guard lock(mutex_);
  free_.push_back(state);
}

size_t StatePool::size() const {
  std::lock_guard lock(mutex_);
  return states_.size();
}

}  // namespace poacl::model
