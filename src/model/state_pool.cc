#include "model/state_pool.h"

#include <algorithm>

namespace poacl::model {

size_t workspace_bytes(const std::vector<const Program*>& programs) {
  size_t most = 0;
  for (const Program* program : programs) {
    most = std::max(most, poacl::workspace_bytes(*program));
  }
  return most;
}

StatePool::StatePool(std::vector<const Program*> programs, void* arena)
    : programs_(std::move(programs)),
      workspace_(model::workspace_bytes(programs_)),
      shares_(arena == nullptr) {
  states_.push_back(make_state(arena));
  free_.push_back(states_.back().get());
  if (shares_) ArenaPool::instance().add_user(workspace_);
}

StatePool::~StatePool() {
  if (shares_) ArenaPool::instance().remove_user(workspace_);
}

std::unique_ptr<StatePool::State> StatePool::make_state(void* arena) const {
  auto state = std::make_unique<State>();
  state->given = arena;
  for (const Program* program : programs_) {
    state->of_program.push_back(std::make_unique<ExecState>(*program, ExecState::NoArena{}));
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

StatePool::Lease::Lease(StatePool& pool) : pool_(pool), state_(pool.take()) {
  if (state_->given != nullptr) return;
  try {
    arena_ = ArenaPool::instance().take(state_->last, pool_.workspace_);
  } catch (...) {
    pool_.give_back(state_);
    throw;
  }
  state_->last = arena_;
}

StatePool::Lease::~Lease() {
  if (arena_) arena_->give_back();
  pool_.give_back(state_);
}

ExecState& StatePool::Lease::of(size_t program) const {
  ExecState& state = *state_->of_program[program];
  state.use_arena(arena_ ? arena_->memory() : state_->given);
  return state;
}

}  // namespace poacl::model
