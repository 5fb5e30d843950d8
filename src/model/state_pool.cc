#include "model/state_pool.h"

namespace poacl::model {

StatePool::StatePool(const Program& program, void* arena) : program_(program) {
  states_.push_back(std::make_unique<ExecState>(program, arena));
  free_.push_back(states_.back().get());
}

ExecState* StatePool::take() {
  {
    std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      ExecState* state = free_.back();
      free_.pop_back();
      return state;
    }
  }
  auto fresh = std::make_unique<ExecState>(program_);
  ExecState* state = fresh.get();
  std::lock_guard lock(mutex_);
  free_.reserve(states_.size() + 1);
  states_.push_back(std::move(fresh));
  return state;
}

void StatePool::give_back(ExecState* state) noexcept {
  std::lock_guard lock(mutex_);
  free_.push_back(state);
}

size_t StatePool::size() const {
  std::lock_guard lock(mutex_);
  return states_.size();
}

}  // namespace poacl::model
