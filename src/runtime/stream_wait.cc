// Waiting for a stream, and ending waits of its own that would never end.
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "acl/acl_rt.h"
#include "base/futex.h"
#include "runtime/running.h"
#include "runtime/stream.h"

namespace poacl::runtime {
namespace {

constexpr int64_t kSyncSpinNs = 20'000;
constexpr int64_t kLookNs = 100'000'000;
constexpr uint32_t kNotWaitedFor =
    ACL_STREAM_PERSISTENT | ACL_STREAM_CPU_SCHEDULE | ACL_STREAM_DEVICE_USE_ONLY;

}  // namespace

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
  if (completed_.load(std::memory_order_acquire) >= target) return {};
  if (RunningHere::current() == this) {
    return Status(
        ACL_ERROR_RT_INTERNAL_ERROR,
        fmt::format("a task or callback of stream {} synchronizes its own stream, which would "
                    "wait for ever: do it after the callback",
                    id_));
  }
  if (wait_until(target, timeout_ns)) return {};
  if (Pool::instance().stopped()) {
    return Status(ACL_ERROR_RT_INTERNAL_ERROR,
                  fmt::format("stream {} cannot finish: the process is ending", id_));
  }
  std::string reason;
  if (const auto where = standing()) {
    reason = fmt::format("; it waits for {}", where->waitable->description(where->number));
  }
  return Status(
      ACL_ERROR_RT_STREAM_SYNC_TIMEOUT,
      fmt::format("stream {} still had {} of its tasks to do after {} ms{}", id_,
                  target - std::min(target, completed_.load()), timeout_ns / 1'000'000, reason));
}

bool Stream::wait_until(uint64_t target, int64_t timeout_ns) {
  Pool& pool = Pool::instance();
  const int64_t begin = monotonic_ns();
  int64_t next_look = kLookNs;
  while (completed_.load(std::memory_order_acquire) < target) {
    const int64_t waited = monotonic_ns() - begin;
    const int64_t left = timeout_ns < 0 ? std::numeric_limits<int64_t>::max() : timeout_ns - waited;
    if (left <= 0 || pool.stopped()) return false;
    // Spinning may not take a core from the work that is waited for.
    if (waited < kSyncSpinNs && pool.has_unused_slot()) {
      for (int i = 0; i < 16; ++i) cpu_relax();
      continue;
    }
    if (timeout_ns < 0 && waited >= next_look) {
      next_look = waited + kLookNs;
      end_hopeless_waits();
    }
    sleepers_.fetch_add(1);
    const uint32_t seen = changes_.load();
    if (completed_.load() < target) futex_wait(changes_, seen, std::min(left, kLookNs));
    sleepers_.fetch_sub(1);
  }
  return true;
}

std::optional<Stream::Standing> Stream::standing() const {
  std::lock_guard lock(mutex_);
  if (state_ != State::kParked) return std::nullopt;
  const Op& op = batch_[position_];
  return Standing{op.waitable, op.number, completed_.load()};
}

void Stream::give_up(const Standing& where, GivenUp why) {
  {
    std::lock_guard lock(mutex_);
    if (state_ != State::kParked || completed_.load() != where.passed) return;
    given_up_ = why;
    state_ = State::kReady;
  }
  make_ready();
}

void Stream::end_hopeless_waits() {
  // The chain of streams that wait for each other's records. A wait in a circle can never end:
  // whoever would end it stands still itself.
  std::vector<std::pair<std::shared_ptr<Stream>, Standing>> chain;
  std::shared_ptr<Stream> stream = shared_from_this();
  while (stream) {
    const auto met = std::find_if(chain.begin(), chain.end(),
                                  [&](const auto& link) { return link.first == stream; });
    if (met != chain.end()) {
      stream->give_up(met->second, GivenUp::kCircle);
      return;
    }
    auto where = stream->standing();
    if (!where) return;
    bool closing = false;
    {
      std::lock_guard lock(stream->mutex_);
      closing = stream->closed_;
    }
    if (!where->waitable->hopeless(closing).empty()) {
      stream->give_up(*where, GivenUp::kHopeless);
      return;
    }
    std::shared_ptr<Stream> next = where->waitable->opener(where->number);
    chain.emplace_back(std::move(stream), *std::move(where));
    stream = std::move(next);
  }
}

int64_t Stream::next_check(int64_t now) const {
  if (look_every_ns_ == 0) return deadline_;
  const int64_t look = now + look_every_ns_;
  return deadline_ == 0 ? look : std::min(deadline_, look);
}

int64_t Stream::check_deadline(int64_t now) {
  {
    std::lock_guard lock(mutex_);
    const bool over = deadline_ != 0 && deadline_ <= now;
    if (state_ == State::kParked && !over) {
      const Op& op = batch_[position_];
      if (look_every_ns_ == 0 || !op.waitable->is_open(op.number)) {
        const int64_t next = next_check(now);
        watched_ = next != 0;
        return next;
      }
    }
    watched_ = false;
    if (state_ != State::kParked) return 0;
    if (over) given_up_ = GivenUp::kTimeout;
    deadline_ = 0;
    state_ = State::kReady;
  }
  make_ready();
  return 0;
}

}  // namespace poacl::runtime
