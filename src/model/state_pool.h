// Execution states of one Program, lent to one execution each.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "base/fork_locks.h"
#include "exec/program.h"

namespace poacl::model {

class StatePool {
 public:
  // Makes the first state, in `arena` when that is not null. Throws std::bad_alloc.
  StatePool(const Program& program, void* arena);

  // A state for the life of this object; goes back afterwards. Allocates only when all states
  // are lent out.
  class Lease {
   public:
    explicit Lease(StatePool& pool) : pool_(pool), state_(pool.take()) {}
    ~Lease() { pool_.give_back(state_); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ExecState* operator->() const { return state_; }

   private:
    StatePool& pool_;
    ExecState* state_;
  };

  size_t size() const;

 private:
  ExecState* take();
  void give_back(ExecState* state) noexcept;

  const Program& program_;
  mutable ForkSafeMutex mutex_;
  std::vector<std::unique_ptr<ExecState>> states_;
  std::vector<ExecState*> free_;  // capacity for all of states_
};

}  // namespace poacl::model
