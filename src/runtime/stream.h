// A stream: tasks in strict order, run by whichever worker is free. No thread of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "runtime/pool.h"
#include "runtime/runtime.h"
#include "runtime/waitable.h"

namespace poacl::runtime {

class Context;
class Device;
class Event;
class Reporter;

// Idle (nothing queued), ready (in the pool's list), running (a worker has it) or parked (stands
// at a waitable). Everything may be called from any thread.
class Stream final : public Runnable, public std::enable_shared_from_this<Stream> {
 public:
  struct Traits {
    uint32_t priority = 0;
    uint32_t flags = 0;
    bool is_default = false;
  };
  Stream(const std::shared_ptr<Context>& context, Traits traits);
  ~Stream() override;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void* handle() const noexcept { return handle_; }
  void set_handle(void* handle) noexcept { handle_ = handle; }
  int32_t id() const noexcept { return id_; }
  const Traits& traits() const noexcept { return traits_; }
  // Null once the context is gone.
  std::shared_ptr<Context> context() const { return context_.lock(); }
  uint64_t context_number() const noexcept { return context_number_; }
  Device& device() const noexcept { return *device_; }

  // Appends; fails when the stream is being destroyed, was aborted or the process ends.
  Status append(Task task);
  // The same, but when the stream is idle the task runs at once on the calling thread: for work
  // shorter than handing it to a worker. Its error is the stream's all the same.
  Status append_short(Task task);
  Status append_record(std::shared_ptr<Event> event, uint64_t number);
  Status append_reset(std::shared_ptr<Event> event, uint64_t number);
  // Later work waits for the waitable. timeout_ns 0: as long as set_op_wait_timeout says. When the
  // time passes the wait becomes the stream's error (107019) and the stream goes on. `api` must
  // live for ever. waitable->leave(number, stream) is called when the stream has passed.
  Status append_wait(std::shared_ptr<Waitable> waitable, uint64_t number, const char* api,
                     int64_t timeout_ns = 0);

  // Everything appended before this call is done; always so for a stream that is not waited for.
  bool complete() const noexcept {
    return !waited_for() ||
           completed_.load(std::memory_order_acquire) >= submitted_.load(std::memory_order_acquire);
  }
  // Waits for everything appended before the call, then returns the first error of any task and
  // forgets it, unless the stream has stopped for good. timeout_ns < 0: no limit; 507046 when it
  // passes. Succeeds at once for a stream that is not waited for.
  Status synchronize(int64_t timeout_ns = -1);

  // Persistent, cpu-schedule and device-only streams are not: query and synchronize succeed at
  // once (spec runtime section 5).
  bool waited_for() const noexcept;
  // Waits whatever the kind of the stream, and leaves the error for the next synchronize.
  Status drain(int64_t timeout_ns = -1);
  // The first error of any task since the last call; the lasting one of a stopped stream.
  Status take_error();
  // How many tasks are queued or running.
  uint64_t unfinished() const noexcept { return submitted_.load() - completed_.load(); }
  // The number of the task that the calling thread queued last, on whatever stream; 0: none.
  static uint32_t last_task_here() noexcept;

  // No more appends, and no more waiting at waitables that nobody has promised to open: such a wait
  // becomes the stream's error. Does not wait.
  void close();
  // close(), and tasks that have not begun are dropped; records among them still count as reached.
  void drop();
  // Drops what is queued now. `lasting`: the stream takes nothing more and keeps the error;
  // otherwise the next synchronize tells it, if anything was dropped, and the stream goes on.
  void abort(const Status& reason, bool lasting);
  // For waitables: a parked stream goes on.
  void unpark();
  // For the timer: the end of the current wait in monotonic nanoseconds, 0 when it has none; a
  // wait whose time is over is given up.
  int64_t check_deadline(int64_t now);

  // Who runs the stream's callbacks; null: nobody. exchange: only when it is `expected` now.
  std::shared_ptr<Reporter> reporter() const;
  bool exchange_reporter(const std::shared_ptr<Reporter>& expected,
                         std::shared_ptr<Reporter> wanted);

  // Settings that the API reads back.
  std::atomic<uint32_t> overflow_switch{0};
  std::atomic<uint32_t> custom_tag{0};
  std::atomic<uint32_t> cache_op_info{0};
  std::atomic<uint32_t> priority;              // the smaller the sooner
  std::atomic<uint32_t> core_limits[2]{0, 0};  // cube and vector cores; 0: not limited
  std::atomic<bool> failure_mode_set{false};
  std::atomic<uint32_t> failure_mode{0};

  void run_slice(ParallelFor& parallel, int slot) noexcept override;

 private:
  enum class State { kIdle, kReady, kRunning, kParked };
  enum class GivenUp : uint8_t { kNot, kTimeout, kCircle, kHopeless };
  struct Op {
    enum class Kind : uint8_t { kTask, kRecord, kWait, kReset };
    Kind kind = Kind::kTask;
    int32_t thread = 0;  // that queued it
    Task task;
    std::shared_ptr<Waitable> waitable;
    uint64_t number = 0;
    int64_t timeout_ns = 0;
  };
  enum class Step { kDone, kParked };
  static constexpr uint64_t kEverything = ~uint64_t{0};

  // Where a parked stream stands: `passed` operations are behind it.
  struct Standing {
    std::shared_ptr<Waitable> waitable;
    uint64_t number;
    uint64_t passed;
  };

  Status append_op(Op op, bool run_when_idle);
  Status refusal() const;  // why nothing can be appended; the lock is held
  Step run_op(Op& op, ParallelFor& parallel) noexcept;
  Step wait_at(Op& op) noexcept;
  void run_task(Op& op, ParallelFor& parallel) noexcept;
  void finish_op(Op& op) noexcept;
  bool wait_until(uint64_t target, int64_t timeout_ns);
  void tell_long_task(const Op& op, int64_t took_ns, uint64_t limit_us) const noexcept;
  void keep_error(const Op& op, const Status& status) noexcept;
  void keep_wait_error(const Op& op, GivenUp why) noexcept;
  void store_error(Status status) noexcept;
  void make_ready();
  bool skips_next() const noexcept {
    return completed_.load(std::memory_order_relaxed) < skip_up_to_.load(std::memory_order_acquire);
  }
  std::optional<Standing> standing() const;
  void give_up(const Standing& where, GivenUp why);
  int64_t next_check(int64_t now) const;
  // Looks for waits that can never end, of this stream and those it waits for, and ends them.
  void end_hopeless_waits();

  const std::weak_ptr<Context> context_;
  const uint64_t context_number_;
  const std::shared_ptr<Device> device_;
  const Traits traits_;
  const int32_t id_;
  void* handle_ = nullptr;

  // Guards incoming_, state_, closed_, aborted_, error_, lasting_error_, reporter_, given_up_,
  // deadline_, look_every_ns_, watched_.
  mutable std::mutex mutex_;
  std::vector<Op> incoming_;
  State state_ = State::kIdle;
  bool closed_ = false;
  bool aborted_ = false;
  bool lasting_error_ = false;
  GivenUp given_up_ = GivenUp::kNot;
  int64_t deadline_ = 0;
  int64_t look_every_ns_ = 0;
  bool watched_ = false;  // by the timer
  Status error_;
  std::shared_ptr<Reporter> reporter_;
  std::atomic<bool> has_error_{false};
  std::atomic<uint64_t> skip_up_to_{0};  // operations up to this number are dropped

  // Touched only by whoever has the stream in state kRunning, or under the lock while parked.
  std::vector<Op> batch_;
  size_t position_ = 0;

  alignas(64) std::atomic<uint64_t> submitted_{0};
  alignas(64) std::atomic<uint64_t> completed_{0};
  std::atomic<int> sleepers_{0};
  std::atomic<uint32_t> changes_{0};
};

}  // namespace poacl::runtime
