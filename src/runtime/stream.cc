#include "runtime/stream.h"

#include <limits>
#include <stdexcept>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "acl/acl_rt.h"
#include "base/futex.h"
#include "base/usage_page.h"
#include "runtime/context.h"
#include "runtime/device.h"
#include "runtime/event.h"
#include "runtime/op_limits.h"
#include "runtime/running.h"
#include "runtime/state.h"
#include "runtime/timer.h"

namespace poacl::runtime {
namespace {

// How long a stream keeps its worker while others are ready.
constexpr int64_t kSliceNs = 2'000'000;

std::atomic<int32_t> next_id{0};
thread_local uint32_t last_task = 0;

}  // namespace

Stream::Stream(const std::shared_ptr<Context>& context, Traits traits)
    : priority(traits.priority),
      context_(context),
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
  Op op;
  op.kind = Op::Kind::kRecord;
  op.waitable = std::move(event);
  op.number = number;
  return append_op(std::move(op), true);
}

Status Stream::append_reset(std::shared_ptr<Event> event, uint64_t number) {
  Op op;
  op.kind = Op::Kind::kReset;
  op.waitable = std::move(event);
  op.number = number;
  return append_op(std::move(op), true);
}

Status Stream::append_wait(std::shared_ptr<Waitable> waitable, uint64_t number, const char* api,
                           int64_t timeout_ns) {
  Op op;
  op.kind = Op::Kind::kWait;
  op.waitable = std::move(waitable);
  op.number = number;
  op.timeout_ns = timeout_ns;
  op.task.api = api;
  return append_op(std::move(op), false);
}

Status Stream::refusal() const {
  if (aborted_) return error_;
  if (closed_) {
    return Status(ACL_ERROR_RT_STREAM_CONTEXT,
                  fmt::format("stream {} is being destroyed and takes no more tasks", id_));
  }
  return Status(ACL_ERROR_RT_INTERNAL_ERROR,
                fmt::format("stream {} takes no more tasks: the process is ending", id_));
}

Status Stream::append_op(Op op, bool run_when_idle) {
  op.thread = this_thread_id();
  bool run_now = false;
  bool schedule = false;
  {
    std::lock_guard lock(mutex_);
    if (closed_ || aborted_ || Pool::instance().stopped()) return refusal();
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
    last_task = static_cast<uint32_t>(submitted_.fetch_add(1, std::memory_order_release) + 1);
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

uint32_t Stream::last_task_here() noexcept {
  return last_task;
}

void Stream::make_ready() {
  Pool::instance().submit(shared_from_this(),
                          static_cast<int>(priority.load(std::memory_order_relaxed)));
}

void Stream::run_slice(ParallelFor& parallel, int slot) noexcept {
  const BusyMark busy(device_->physical_id(), slot);
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
  const bool skip = skips_next();
  switch (op.kind) {
    case Op::Kind::kTask:
      if (!skip) run_task(op, parallel);
      return Step::kDone;
    case Op::Kind::kRecord:
      static_cast<Event&>(*op.waitable).reached(op.number);
      return Step::kDone;
    case Op::Kind::kReset:
      if (!skip) static_cast<Event&>(*op.waitable).cleared(op.number);
      return Step::kDone;
    case Op::Kind::kWait:
      break;
  }
  if (skip || op.waitable->is_open(op.number)) return Step::kDone;
  return wait_at(op);
}

Stream::Step Stream::wait_at(Op& op) noexcept {
  GivenUp why = GivenUp::kHopeless;
  {
    // Under the lock, so that whoever unparks the stream finds it parked.
    std::lock_guard lock(mutex_);
    if (skips_next()) return Step::kDone;
    if (given_up_ != GivenUp::kNot) {
      why = std::exchange(given_up_, GivenUp::kNot);
    } else {
      switch (op.waitable->park(op.number, shared_from_this(), closed_)) {
        case Waitable::Parking::kParked:
          state_ = State::kParked;
          if (deadline_ == 0) deadline_ = wait_deadline(op.timeout_ns);
          look_every_ns_ = op.waitable->look_every_ns();
          if (deadline_ != 0 || look_every_ns_ != 0) {
            const bool known = std::exchange(watched_, true);
            Timer::instance().watch(known ? nullptr : shared_from_this(),
                                    next_check(monotonic_ns()));
          }
          return Step::kParked;
        case Waitable::Parking::kPasses:
          return Step::kDone;
        case Waitable::Parking::kHopeless:
          break;
      }
    }
  }
  keep_wait_error(op, why);
  return Step::kDone;
}

void Stream::run_task(Op& op, ParallelFor& parallel) noexcept {
  const RunningHere running(this);
  const uint64_t limit_us = op_execute_timeout_us();
  const int64_t begin = limit_us < kLongestExecuteUs ? monotonic_ns() : 0;
  TaskContext context{parallel, static_cast<uint32_t>(device_->id()), static_cast<uint32_t>(id_),
                      static_cast<uint32_t>(completed_.load(std::memory_order_relaxed) + 1)};
  Status status;
  try {
    status = op.task.run(context);
  } catch (const std::bad_alloc&) {
    status = Status(ACL_ERROR_BAD_ALLOC, "the host is out of memory");
  } catch (const std::exception& error) {
    status = Status(ACL_ERROR_RT_INTERNAL_ERROR, error.what());
  } catch (...) {
    status = Status(ACL_ERROR_RT_INTERNAL_ERROR, "the task threw an unknown exception");
  }
  if (begin != 0) tell_long_task(op, monotonic_ns() - begin, limit_us);
  if (!status.ok()) keep_error(op, status);
}

void Stream::finish_op(Op& op) noexcept {
  // What the task held is free before anybody learns that it is done.
  op.task.run = nullptr;
  if (op.kind == Op::Kind::kWait) {
    op.waitable->leave(op.number, *this);
    std::lock_guard lock(mutex_);
    deadline_ = 0;
    given_up_ = GivenUp::kNot;
  }
  op.waitable.reset();
  completed_.fetch_add(1);
  if (sleepers_.load() > 0) {
    changes_.fetch_add(1);
    futex_wake(changes_, std::numeric_limits<int>::max());
  }
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
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    skip_up_to_.store(kEverything);
  }
  unpark();
}

void Stream::abort(const Status& reason, bool lasting) {
  {
    std::lock_guard lock(mutex_);
    const uint64_t queued = submitted_.load();
    if (lasting) {
      aborted_ = true;
      skip_up_to_.store(kEverything);
    } else {
      if (skip_up_to_.load() < queued) skip_up_to_.store(queued);
    }
    if (lasting || (queued > completed_.load() && !lasting_error_)) {
      error_ = reason;
      lasting_error_ = lasting;
      has_error_.store(true, std::memory_order_release);
    }
  }
  unpark();
}

void Stream::unpark() {
  {
    std::lock_guard lock(mutex_);
    if (state_ != State::kParked) return;
    state_ = State::kReady;
  }
  make_ready();
}

std::shared_ptr<Reporter> Stream::reporter() const {
  std::lock_guard lock(mutex_);
  return reporter_;
}

bool Stream::exchange_reporter(const std::shared_ptr<Reporter>& expected,
                               std::shared_ptr<Reporter> wanted) {
  std::lock_guard lock(mutex_);
  if (reporter_ != expected) return false;
  reporter_ = std::move(wanted);
  return true;
}

}  // namespace poacl::runtime
