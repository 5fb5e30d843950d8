// Keeping computing threads on cores of their own while foreign work competes for the cores. The
// kernel shares n cores evenly among n threads of ours and a foreign one, so that all of ours lose
// a part; pinned, only one of them does. Without such a competitor nobody is pinned: threads that
// may not move can be stuck behind each other while a core is idle.
#pragma once

#include <sched.h>

#include <atomic>
#include <cstdint>

namespace poacl::runtime {

class CorePins {
 public:
  // For threads that compute on slots [0, width). Nothing is ever pinned unless every core that
  // the process may use has its slot.
  explicit CorePins(int width);

  // Told by a thread at the end of a computation: looks now and then whether it lost its core to
  // somebody meanwhile.
  void observe() noexcept;

  // Whether a thread of ours lost its core lately.
  bool contended() const noexcept;

  // The pin of a thread that belongs to the caller: its affinity is as before when this ends.
  class Caller {
   public:
    Caller(CorePins& pins, int slot) noexcept;
    ~Caller();
    Caller(const Caller&) = delete;
    Caller& operator=(const Caller&) = delete;

   private:
    CorePins& pins_;
    bool pinned_ = false;
    cpu_set_t before_;
  };

  // For a worker of ours that is about to compute on `slot`: pinned from now on while there is
  // competition, free again at the first call after it.
  void place_worker(int slot) noexcept;

 private:
  // The core of a slot among those of `allowed`; -1 when there are not as many as slots.
  int core_of(int slot, const cpu_set_t& allowed) const noexcept;

  const int width_;
  const int shift_;  // processes beside each other do not begin with the same core
  std::atomic<int64_t> contended_until_ns_{0};
};

}  // namespace poacl::runtime
