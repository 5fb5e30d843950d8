// The one thread pool of the process. As many compute slots as cores: whoever computes - a worker
// running a stream, a caller of a synchronous function, a worker helping a ParallelFor - holds
// one, so there are never more computing threads than cores, whatever the number of devices,
// streams and user threads.
#pragma once

#include <pthread.h>

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/core_pins.h"
#include "runtime/parallel_job.h"
#include "runtime/slot_mask.h"

namespace poacl::runtime {

// Something a worker runs for a while: a stream with work.
class Runnable {
 public:
  virtual ~Runnable() = default;
  // Does not throw and does not wait for other streams. `slot` is the compute slot it runs on.
  virtual void run_slice(ParallelFor& parallel, int slot) noexcept = 0;
};

class Pool {
 public:
  // The process's pool; a forked child gets a fresh one.
  static Pool& instance();

  static constexpr int kLeastPriority = 7;

  explicit Pool(int width);
  ~Pool() = delete;  // stays until the process ends: late threads may still look at it

  int width() const noexcept { return width_; }
  // Starts the workers if that has not happened yet.
  void start();
  // A ready stream: a worker runs it as soon as a slot is free, those of smaller `priority` before
  // others (0 to kLeastPriority; what is greater counts as that). Nothing happens after stop().
  void submit(std::shared_ptr<Runnable> runnable, int priority = kLeastPriority);
  bool others_ready() const noexcept { return ready_count_.load(std::memory_order_relaxed) > 0; }
  bool has_unused_slot() const noexcept { return slots_.unused() > 0; }
  // Ends the workers after what they run now. Called at exit.
  void stop() noexcept;
  bool stopped() const noexcept { return stopping_.load(std::memory_order_acquire); }

  // The compute slot of a thread that is not a worker.
  class CallerSlot {
   public:
    // Waits for a free slot, but not for ever: after a tenth of a second the caller goes on
    // without one and computes alone, so that a task that blocks cannot stop everybody.
    explicit CallerSlot(Pool& pool);
    ~CallerSlot();
    CallerSlot(const CallerSlot&) = delete;
    CallerSlot& operator=(const CallerSlot&) = delete;
    ParallelFor& parallel() noexcept { return *parallel_; }
    int number() const noexcept { return slot_; }  // -1: goes on without one

   private:
    Pool& pool_;
    int slot_;
    CorePins::Caller pin_;
    SerialFor serial_;
    ParallelFor* parallel_;
  };

 private:
  friend class ParallelJob;

  // For ParallelJob: the job of `slot` has chunks for `helpers` workers; has none any more.
  void publish(int slot, int helpers);
  void withdraw(int slot) noexcept { open_jobs_.clear(slot); }

  struct WorkerStart;
  static void* enter_worker(void* argument);
  void work(int index);
  bool run_ready_stream();
  bool help_open_job();
  bool work_visible() const noexcept;
  bool spin_for_work() noexcept;
  void sleep_for_work() noexcept;
  void wake(int wanted) noexcept;
  int claim_slot_or_wait() noexcept;
  void release_slot(int slot) noexcept;

  const int width_;
  CorePins pins_;
  SlotMask slots_;
  SlotMask open_jobs_;
  std::vector<std::unique_ptr<ParallelJob>> jobs_;  // one per slot

  std::mutex mutex_;  // guards ready_, ready_priorities_ and threads_
  std::array<std::deque<std::shared_ptr<Runnable>>, kLeastPriority + 1> ready_;
  uint32_t ready_priorities_ = 0;  // bit p: ready_[p] is not empty
  std::vector<pthread_t> threads_;
  std::atomic<bool> started_{false};
  std::atomic<bool> stopping_{false};

  alignas(64) std::atomic<int> ready_count_{0};
  alignas(64) std::atomic<int> spinning_{0};  // awake workers looking for work
  alignas(64) std::atomic<int> sleeping_{0};  // sleepers nobody has sent a token yet
  std::atomic<uint32_t> tokens_{0};           // one wakes one sleeper
  alignas(64) std::atomic<int> slot_waiters_{0};
  std::atomic<uint32_t> slot_releases_{0};
};

}  // namespace poacl::runtime
