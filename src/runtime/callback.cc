// Callbacks as things a stream stands at.
#include <pthread.h>

#include <algorithm>
#include <mutex>

#include <fmt/format.h>

#include "base/futex.h"
#include "runtime/reporter.h"
#include "runtime/stream.h"

namespace poacl::runtime {
namespace {

// How long the end of a stream waits for a thread that does not ask for its callbacks.
constexpr int64_t kPatienceNs = 5'000'000'000;

}  // namespace

Callback::Callback(std::shared_ptr<Reporter> reporter, CallbackFunction function, bool blocking)
    : reporter_(std::move(reporter)), function_(function), blocking_(blocking) {}

Callback::~Callback() {
  if (phase_ != Phase::kDone && function_.dropped != nullptr) function_.dropped(function_.data);
}

bool Callback::is_open(uint64_t /*number*/) const {
  std::lock_guard lock(mutex_);
  return phase_ == Phase::kDone;
}

Waitable::Parking Callback::park(uint64_t /*number*/, const std::shared_ptr<Stream>& stream,
                                 bool closing) {
  std::lock_guard lock(mutex_);
  if (phase_ == Phase::kDone) return Parking::kPasses;
  if (!hopeless_locked(closing).empty()) return Parking::kHopeless;
  if (phase_ == Phase::kQueued) {
    phase_ = Phase::kDelivered;
    delivered_ns_ = monotonic_ns();
    stream_ = stream;
    reporter_->deliver(shared_from_this());
  }
  return blocking_ ? Parking::kParked : Parking::kPasses;
}

void Callback::leave(uint64_t /*number*/, const Stream& /*stream*/) noexcept {
  if (!blocking_) return;
  std::lock_guard lock(mutex_);
  // What the stream does not wait for any more must not run later, out of order.
  if (phase_ == Phase::kQueued || phase_ == Phase::kDelivered) phase_ = Phase::kGivenUp;
  stream_.reset();
}

std::string Callback::hopeless(bool closing) const {
  std::lock_guard lock(mutex_);
  if (phase_ == Phase::kRunning && runner_ == static_cast<uint64_t>(pthread_self())) {
    return "the callback it waits for is waiting for the stream: synchronize after the callback, "
           "not inside";
  }
  // A thread that waits for the stream cannot ask for the callback meanwhile.
  if (phase_ == Phase::kDelivered && reporter_->thread() != 0 &&
      reporter_->thread() == static_cast<uint64_t>(pthread_self())) {
    return fmt::format(
        "thread {} waits for the stream and is itself the one subscribed to run its callback: "
        "call acl.rt.process_report first, or subscribe another thread",
        reporter_->thread());
  }
  return hopeless_locked(closing);
}

std::string Callback::hopeless_locked(bool closing) const {
  if (phase_ == Phase::kRunning || phase_ == Phase::kDone) return {};
  if (const char* reason = reporter_->ended()) {
    return fmt::format("the callback was not run: thread {} {}", reporter_->thread(), reason);
  }
  const int64_t since = std::max(delivered_ns_, reporter_->last_seen_ns());
  if (closing && phase_ == Phase::kDelivered && reporter_->kind() != Reporter::Kind::kOwn &&
      !reporter_->inside() && monotonic_ns() - since > kPatienceNs) {
    return fmt::format(
        "the callback was not run: thread {} is subscribed for it, but has not called "
        "acl.rt.process_report for {} s, and the stream is being destroyed",
        reporter_->thread(), kPatienceNs / 1'000'000'000);
  }
  return {};
}

std::string Callback::description(uint64_t /*number*/) const {
  if (reporter_->kind() == Reporter::Kind::kOwn) return "its host function to return";
  return fmt::format("thread {} to run its {} (that thread must call {} in a loop)",
                     reporter_->thread(),
                     reporter_->kind() == Reporter::Kind::kCallbacks ? "callback" : "host function",
                     reporter_->kind() == Reporter::Kind::kCallbacks ? "acl.rt.process_report"
                                                                     : "aclrtProcessHostFunc");
}

void Callback::run() noexcept {
  {
    std::lock_guard lock(mutex_);
    if (phase_ != Phase::kDelivered) return;
    phase_ = Phase::kRunning;
    runner_ = static_cast<uint64_t>(pthread_self());
  }
  function_.function(function_.data);
  std::shared_ptr<Stream> stream;
  {
    std::lock_guard lock(mutex_);
    phase_ = Phase::kDone;
    stream.swap(stream_);
  }
  if (stream && blocking_) stream->unpark();
}

void Callback::abandon() noexcept {
  std::shared_ptr<Stream> stream;
  {
    std::lock_guard lock(mutex_);
    stream = stream_;
  }
  if (stream && blocking_) stream->unpark();
}

void Callback::forget() noexcept {
  std::lock_guard lock(mutex_);
  phase_ = Phase::kDone;
}

}  // namespace poacl::runtime
