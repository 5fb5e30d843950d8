// Execution states of one model's Programs, lent to one execution each.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/fork_locks.h"
#include "exec/program.h"
#include "model/arena_pool.h"

namespace poacl::model {

class StatePool {
  struct State {
    // One for each Program. They share one arena, as an execution runs one of them.
    std::vector<std::unique_ptr<ExecState>> of_program;
    void* given = nullptr;            // the caller's arena
    std::weak_ptr<SharedArena> last;  // what it ran in last, if nobody gave one
  };

 public:
  // A model has one Program, or one for each gear; they outlive the pool. Makes the first state, in
  // `arena` of at least workspace_bytes() when that is not null; without it executions run in
  // arenas that all models share. Throws std::bad_alloc.
  StatePool(std::vector<const Program*> programs, void* arena);
  ~StatePool();
  StatePool(const StatePool&) = delete;
  StatePool& operator=(const StatePool&) = delete;

  // A state and its arena for the life of this object; both go back afterwards. Allocates only
  // when all states or all arenas are lent out.
  class Lease {
   public:
    explicit Lease(StatePool& pool);
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ExecState& of(size_t program) const;

   private:
    StatePool& pool_;
    State* state_;
    std::shared_ptr<SharedArena> arena_;
  };

  size_t size() const;

 private:
  std::unique_ptr<State> make_state(void* arena) const;
  State* take();
  void give_back(State* state) noexcept;

  const std::vector<const Program*> programs_;
  const size_t workspace_;
  const bool shares_;  // arenas with other models
  mutable ForkSafeMutex mutex_;
  std::vector<std::unique_ptr<State>> states_;
  std::vector<State*> free_;  // capacity for all of states_
};

// What an arena for any of the Programs needs, in bytes.
size_t workspace_bytes(const std::vector<const Program*>& programs);

}  // namespace poacl::model
