// A stream: tasks in strict order, run by whichever worker is free. No thread of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "base/status.h"
#include "runtime/pool.h"
#include "runtime/runtime.h"

namespace poacl::runtime {

class Context;
class Device;
class Event;

// Idle (nothing queued), ready (in the pool's list), running (a worker has it) or parked (waits
// for an event). Everything may be called from any thread.
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

  // Appends; fails when the stream is being destroyed or the process ends.
  Status append(Task task);
  // The same, but when the stream is idle the task runs at once on the calling thread: for work
  // shorter than handing it to a worker. Its error is the stream's all the same.
  Status append_short(Task task);
  Status append_record(std::shared_ptr<Event> event, uint64_t number);
  Status append_wait(std::shared_ptr<Event> event, uint64_t number);
  Status append_reset(std::shared_ptr<Event> event, uint64_t number);

  // Everything appended before this call is done; always so for a stream that is not waited for.
  bool complete() const noexcept {
    return !waited_for() ||
           completed_.load(std::memory_order_acquire) >= submitted_.load(std::memory_order_acquire);
  }
  // Waits for everything appended before the call, then returns the first error of any task and
  // forgets it. timeout_ns < 0: no limit; 507046 when it passes. Succeeds at once for a stream
  // that is not waited for.
  Status synchronize(int64_t timeout_ns = -1);

  // Persistent, cpu-schedule and device-only streams are not: query and synchronize succeed at
  // once (spec runtime section 5).
  bool waited_for() const noexcept;
  // Waits whatever the kind of the stream, and leaves the error for the next synchronize.
  Status drain(int64_t timeout_ns = -1);
  // The first error of any task since the last call.
  Status take_error();
  // How many tasks are queued or running.
  uint64_t unfinished() const noexcept { return submitted_.load() - completed_.load(); }

  // No more appends, and no more waiting for records that nobody has issued: such a wait becomes
  // the stream's error. Does not wait.
  void close();
  // Tasks that have not begun are dropped; records among them still count as reached.
  void drop();
  // For events: a parked stream goes on.
  void unpark();

  void run_slice(ParallelFor& parallel) noexcept override;

 private:
  enum class State { kIdle, kReady, kRunning, kParked };
  struct Op {
    enum class Kind : uint8_t { kTask, kRecord, kWait, kReset };
    Kind kind = Kind::kTask;
    Task task;
    std::shared_ptr<Event> event;
    uint64_t number = 0;
  };
  enum class Step { kDone, kParked };

  Status append_op(Op op, bool run_when_idle);
  Step run_op(Op& op, ParallelFor& parallel) noexcept;
  void run_task(Task& task, ParallelFor& parallel) noexcept;
  void finish_op(Op& op) noexcept;
  bool wait_until(uint64_t target, int64_t timeout_ns);
  void keep_error(const char* api, const Status& status) noexcept;
  void keep_wait_error(const Event& event) noexcept;
  void make_ready();

  const std::weak_ptr<Context> context_;
  const uint64_t context_number_;
  const std::shared_ptr<Device> device_;
  const Traits traits_;
  const int32_t id_;
  void* handle_ = nullptr;

  std::mutex mutex_;  // guards incoming_, state_, closed_, error_
  std::vector<Op> incoming_;
  State state_ = State::kIdle;
  bool closed_ = false;
  Status error_;
  std::atomic<bool> has_error_{false};
  std::atomic<bool> dropped_{false};

  // Touched only by whoever has the stream in state kRunning.
  std::vector<Op> batch_;
  size_t position_ = 0;

  alignas(64) std::atomic<uint64_t> submitted_{0};
  alignas(64) std::atomic<uint64_t> completed_{0};
  std::atomic<int> sleepers_{0};
  std::atomic<uint32_t> changes_{0};
};

}  // namespace poacl::runtime
