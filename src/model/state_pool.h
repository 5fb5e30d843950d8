// Execution states of one model's Programs, lent to one execution each.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/fork_locks.h"
#include "exec/program.h"

namespace poacl::model {

class StatePool {
  // One for each Program. They share one arena, as an execution runs one of them.
  using State = std::vector<std::unique_ptr<ExecState>>;

 public:
  // A model has one Program, or one for each gear; they outlive the pool. Makes the first state, in
  // `arena` of at least workspace_bytes() when that is not null. Throws std::bad_alloc.
  StatePool(std::vector<const Program*> programs, void* arena);

  // A state for the life of this object; goes back afterwards. Allocates only when all states
  // are lent out.
  class Lease {
   public:
    explicit Lease(StatePool& pool) : pool_(pool), state_(pool.take()) {}
    ~Lease() { pool_.give_back(state_); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ExecState& of(size_t program) const { return *(*state_)[program]; }

   private:
    StatePool& pool_;
    State* state_;
  };

  size_t size() const;

 private:
  std::unique_ptr<State> make_state(void* arena) const;
  State* take();
  void give_back(State* state) noexcept;

  const std::vector<const Program*> programs_;
  mutable ForkSafeMutex mutex_;
  std::vector<std::unique_ptr<State>> states_;
  std::vector<State*> free_;  // capacity for all of states_
};

// What an arena for any of the Programs needs, in bytes.
size_t workspace_bytes(const std::vector<const Program*>& programs);

}  // namespace poacl::model
