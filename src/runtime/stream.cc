#include "runtime/stream.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "acl/acl_rt.h"
#include "base/futex.h"
#include "base/log.h"
#include "runtime/context.h"
#include "runtime/device.h"
#include "runtime/event.h"

namespace poacl::runtime {
namespace {

constexpr int64_t kSyncSpinNs = 20'000;
constexpr int64_t kLivenessCheckNs = 100'000'000;
// How long a stream keeps its worker while others are ready.
constexpr int64_t kSliceNs = 2'000'000;
constexpr uint32_t kNotWaitedFor =
    ACL_STREAM_PERSISTENT | ACL_STREAM_CPU_SCHEDULE | ACL_STREAM_DEVICE_USE_ONLY;

std::atomic<int32_t> next_id{0};
// The stream whose task this thread is running.
thread_local const Stream* running_here = nullptr;

}  // namespace

Stream::Stream(const std::shared_ptr<Context>& context, Traits traits)
    : context_(context),
      context_number_(context->number()),
      device_(context->device_ptr()),
      traits_(traits),
      id_(next_id.fetch_add(1)) {}

Stream::~Stream() {
  device_->streams.fetch_sub(1);
}

Status Stream::append(Task task) {
  Op op;
  op.task = std::move(task);
  return append_op(std::move(op), false);
}

Status Stream::append_short(Task task) {
  Op op;
  op.task = std::move(task);
  return append_op(std::move(op), true);
}

Status Stream::append_record(std::shared_ptr<Event> event, uint64_t number) {
  return append_op({Op::Kind::kRecord, {}, std::move(event), number}, true);
}

Status Stream::append_wait(std::shared_ptr<Event> event, uint64_t number) {
  return append_op({Op::Kind::kWait, {}, std::move(event), number}, false);
}

Status Stream::append_reset(std::shared_ptr<Event> event, uint64_t number) {
  return append_op({Op::Kind::kReset, {}, std::move(event), number}, true);
}

Status Stream::append_op(Op op, bool run_when_idle) {
  bool run_now = false;
  bool schedule = false;
  {
    std::lock_guard lock(mutex_);
    if (closed_) {
      return Status(ACL_ERROR_RT_STREAM_CONTEXT,
                    fmt::format("stream {} is being destroyed and takes no more tasks", id_));
    }
    if (Pool::instance().stopped()) {
      return Status(ACL_ERROR_RT_INTERNAL_ERROR,
                    fmt::format("stream {} takes no more tasks: the process is ending", id_));
    }
    run_now = run_when_idle && state_ == State::kIdle;
    if (run_now) {
      state_ = State::kRunning;
    } else {
      incoming_.push_back(std::move(op));
      if (state_ == State::kIdle) {
        state_ = State::kReady;
        schedule = true;
      }
    }
    submitted_.fetch_add(1, std::memory_order_release);
  }
  if (run_now) {
    SerialFor serial;
    run_op(op, serial);
    finish_op(op);
    std::lock_guard lock(mutex_);
    // What came in meanwhile goes to a worker.
    schedule = !incoming_.empty();
    state_ = schedule ? State::kReady : State::kIdle;
  }
  if (schedule) make_ready();
  return {};
}

void Stream::make_ready() {
  Pool::instance().submit(shared_from_this());
}

void Stream::run_slice(ParallelFor& parallel) noexcept {
  const int64_t begin = monotonic_ns();
  {
    std::lock_guard lock(mutex_);
    state_ = State::kRunning;
  }
  while (true) {
    if (position_ == batch_.size()) {
      batch_.clear();
      position_ = 0;
      std::lock_guard lock(mutex_);
      if (incoming_.empty()) {
        state_ = State::kIdle;
        return;
      }
      batch_.swap(incoming_);
    }
    Op& op = batch_[position_];
    // A parked stream may be running again on another worker: touch nothing.
    if (run_op(op, parallel) == Step::kParked) return;
    ++position_;
    finish_op(op);
    // The process is ending: what the rest needs may be gone already.
    if (Pool::instance().stopped()) return;
    if (Pool::instance().others_ready() && monotonic_ns() - begin > kSliceNs) {
      {
        std::lock_guard lock(mutex_);
        state_ = State::kReady;
      }
      make_ready();
      return;
    }
  }
}

Stream::Step Stream::run_op(Op& op, ParallelFor& parallel) noexcept {
  const bool skip = dropped_.load(std::memory_order_acquire);
  switch (op.kind) {
    case Op::Kind::kTask:
      if (!skip) run_task(op.task, parallel);
      return Step::kDone;
    case Op::Kind::kRecord:
      op.event->reached(op.number);
      return Step::kDone;
    case Op::Kind::kReset:
      if (!skip) op.event->cleared(op.number);
      return Step::kDone;
    case Op::Kind::kWait:
      break;
  }
  if (skip || op.event->is_reached(op.number)) return Step::kDone;
  {
    // Under the lock, so that whoever unparks the stream finds it parked.
    std::lock_guard lock(mutex_);
    if (dropped_.load()) return Step::kDone;
    switch (op.event->park(op.number, shared_from_this(), closed_)) {
      case Event::Parking::kParked:
        state_ = State::kParked;
        return Step::kParked;
      case Event::Parking::kPasses:
        return Step::kDone;
      case Event::Parking::kNeverRecorded:
        break;
    }
  }
  keep_wait_error(*op.event);
  return Step::kDone;
}

void Stream::run_task(Task& task, ParallelFor& parallel) noexcept {
  const Stream* const outer = running_here;
  running_here = this;
  TaskContext context{parallel};
  Status status;
  try {
    status = task.run(context);
  } catch (const std::bad_alloc&) {
    status = Status(ACL_ERROR_BAD_ALLOC, "the host is out of memory");
  } catch (const std::exception& error) {
    status = Status(ACL_ERROR_RT_INTERNAL_ERROR, error.what());
  } catch (...) {
    status = Status(ACL_ERROR_RT_INTERNAL_ERROR, "the task threw an unknown exception");
  }
  running_here = outer;
  if (!status.ok()) keep_error(task.api, status);
}

void Stream::finish_op(Op& op) noexcept {
  // What the task held is free before anybody learns that it is done.
  op.task.run = nullptr;
  if (op.kind == Op::Kind::kWait) op.event->wait_done();
  op.event.reset();
  completed_.fetch_add(1);
  if (sleepers_.load() > 0) {
    changes_.fetch_add(1);
    futex_wake(changes_, std::numeric_limits<int>::max());
  }
}

void Stream::keep_error(const char* api, const Status& status) noexcept {
  try {
    const uint64_t number = completed_.load(std::memory_order_relaxed) + 1;
    Status named(status.code(),
                 fmt::format("stream {}: task {} queued by {} failed: {}", id_, number, api,
                             status.message()),
                 std::string(status.tag()));
    log(LogLevel::kError, "RUNTIME", "{} [error {}]", named.message(), named.code());
    std::lock_guard lock(mutex_);
    if (error_.ok()) error_ = std::move(named);
    has_error_.store(true, std::memory_order_release);
  } catch (...) {
    std::lock_guard lock(mutex_);
    if (error_.ok()) error_ = status;
    has_error_.store(true, std::memory_order_release);
  }
}

void Stream::keep_wait_error(const Event& event) noexcept {
  Status status;
  try {
    status = Status(
        ACL_ERROR_RT_INTERNAL_ERROR,
        fmt::format(
            "stream {} waits for event {}, which was {}, and is being destroyed: call "
            "acl.rt.record_event before that, or destroy the stream with "
            "acl.rt.destroy_stream_force",
            id_, event.handle(),
            event.ever_recorded() ? "not recorded again after its reset" : "never recorded"));
  } catch (...) {
    return;
  }
  keep_error("aclrtStreamWaitEvent", status);
}

Status Stream::take_error() {
  if (!has_error_.load(std::memory_order_acquire)) return {};
  std::lock_guard lock(mutex_);
  has_error_.store(false, std::memory_order_relaxed);
  return std::exchange(error_, Status());
}

bool Stream::waited_for() const noexcept {
  return (traits_.flags & kNotWaitedFor) == 0;
}

Status Stream::synchronize(int64_t timeout_ns) {
  if (!waited_for()) return {};
  POACL_RETURN_IF_ERROR(drain(timeout_ns));
  return take_error();
}

Status Stream::drain(int64_t timeout_ns) {
  const uint64_t target = submitted_.load(std::memory_order_acquire);
  if (completed_.load(std::memory_order_acquire) < target) {
    if (running_here == this) {
      return Status(ACL_ERROR_RT_INTERNAL_ERROR,
                    fmt::format("a task of stream {} synchronizes its own stream, which would wait "
                                "for ever",
                                id_));
    }
    if (!wait_until(target, timeout_ns)) {
      if (Pool::instance().stopped()) {
        return Status(ACL_ERROR_RT_INTERNAL_ERROR,
                      fmt::format("stream {} cannot finish: the process is ending", id_));
      }
      return Status(ACL_ERROR_RT_STREAM_SYNC_TIMEOUT,
                    fmt::format("stream {} still had {} of its tasks to do after {} ms", id_,
                                target - completed_.load(), timeout_ns / 1'000'000));
    }
  }
  return {};
}

bool Stream::wait_until(uint64_t target, int64_t timeout_ns) {
  Pool& pool = Pool::instance();
  const int64_t begin = monotonic_ns();
  while (completed_.load(std::memory_order_acquire) < target) {
    const int64_t waited = monotonic_ns() - begin;
    const int64_t left = timeout_ns < 0 ? std::numeric_limits<int64_t>::max() : timeout_ns - waited;
    if (left <= 0 || pool.stopped()) return false;
    // Spinning may not take a core from the work that is waited for.
    if (waited < kSyncSpinNs && pool.has_unused_slot()) {
      for (int i = 0; i < 16; ++i) cpu_relax();
      continue;
    }
    sleepers_.fetch_add(1);
    const uint32_t seen = changes_.load();
    if (completed_.load() < target) futex_wait(changes_, seen, std::min(left, kLivenessCheckNs));
    sleepers_.fetch_sub(1);
  }
  return true;
}

void Stream::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  // A parked stream looks again whether its wait can end.
  unpark();
}

void Stream::drop() {
  bool schedule = false;
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    dropped_.store(true);
    schedule = state_ == State::kParked;
    if (schedule) state_ = State::kReady;
  }
  if (schedule) make_ready();
}

void Stream::unpark() {
  {
    std::lock_guard lock(mutex_);
    if (state_ != State::kParked) return;
    state_ = State::kReady;
  }
  make_ready();
}

}  // namespace poacl::runtime
