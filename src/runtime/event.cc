#include "runtime/event.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/futex.h"
#include "runtime/device.h"
#include "runtime/pool.h"
#include "runtime/stream.h"

namespace poacl::runtime {
namespace {

constexpr int64_t kLivenessCheckNs = 100'000'000;

std::atomic<uint32_t> next_id{0};

}  // namespace

Event::Event(std::shared_ptr<Device> device, uint32_t flags, bool fresh_complete)
    : device_(std::move(device)),
      flags_(flags),
      fresh_complete_(fresh_complete),
      id_(next_id.fetch_add(1, std::memory_order_relaxed)) {}

Event::~Event() {
  if (has_id_) device_->events.fetch_sub(1);
}

Status Event::take_id() {
  if (has_id_) return {};
  const uint32_t limit = device_->profile().max_events;
  if (device_->events.fetch_add(1) >= limit) {
    device_->events.fetch_sub(1);
    return Status(ACL_ERROR_RT_NO_EVENT_RESOURCE,
                  fmt::format("device {} ({}) has all of its {} events in use: destroy events that "
                              "are no longer needed with acl.rt.destroy_event",
                              device_->id(), device_->profile().name, limit));
  }
  has_id_ = true;
  return {};
}

Status Event::record(Stream& stream) {
  uint64_t number = 0;
  uint64_t before = 0;
  {
    std::lock_guard lock(mutex_);
    POACL_RETURN_IF_ERROR(take_id());
    pending_.push_back({issued_ + 1, stream.weak_from_this()});
    number = ++issued_;
    before = std::exchange(newest_, number);
  }
  Status queued = stream.append_record(shared_from_this(), number);
  if (!queued.ok()) {
    {
      std::lock_guard lock(mutex_);
      if (newest_ == number) newest_ = before;
    }
    // A record that never was queued must not be waited for.
    settle(number, false);
  }
  return queued;
}

Status Event::wait(Stream& stream, int64_t timeout_ns) {
  uint64_t number = 0;
  {
    std::lock_guard lock(mutex_);
    if (newest_ > reset_after_) {
      number = newest_;
    } else if (newest_ == 0 && fresh_complete_) {
      return {};
    } else {
      number = issued_ + 1;
    }
  }
  if (is_reached(number)) return {};
  waits_pending_.fetch_add(1);
  Status queued =
      stream.append_wait(shared_from_this(), number, "aclrtStreamWaitEvent", timeout_ns);
  if (!queued.ok()) leave(number, stream);
  return queued;
}

Status Event::reset(Stream& stream) {
  uint64_t number = 0;
  {
    std::lock_guard lock(mutex_);
    reset_after_ = number = newest_;
  }
  return stream.append_reset(shared_from_this(), number);
}

bool Event::ever_recorded() const {
  std::lock_guard lock(mutex_);
  return newest_ > 0;
}

bool Event::complete() const {
  std::lock_guard lock(mutex_);
  return reached_locked(newest_) && (newest_ == 0 || newest_ > cleared_up_to_);
}

Status Event::synchronize(int64_t timeout_ns) {
  uint64_t number = 0;
  {
    std::lock_guard lock(mutex_);
    number = newest_;
  }
  const int64_t begin = monotonic_ns();
  while (!is_reached(number)) {
    const int64_t waited = monotonic_ns() - begin;
    const int64_t left = timeout_ns < 0 ? std::numeric_limits<int64_t>::max() : timeout_ns - waited;
    if (left <= 0) {
      return Status(
          ACL_ERROR_RT_EVENT_SYNC_TIMEOUT,
          fmt::format("event {} was not reached within {} ms: its stream has earlier work "
                      "that is not done yet",
                      handle_, timeout_ns / 1'000'000));
    }
    if (Pool::instance().stopped()) {
      return Status(ACL_ERROR_RT_INTERNAL_ERROR,
                    fmt::format("event {} cannot be reached: the process is ending", handle_));
    }
    sleepers_.fetch_add(1);
    const uint32_t seen = changes_.load();
    if (!is_reached(number)) futex_wait(changes_, seen, std::min(left, kLivenessCheckNs));
    sleepers_.fetch_sub(1);
  }
  return {};
}

Result<int64_t> Event::timestamp_ns(const char* which) const {
  std::lock_guard lock(mutex_);
  if (newest_ == 0) {
    return Status(ACL_ERROR_RT_INTERNAL_ERROR,
                  fmt::format("{} event {} was never recorded: call acl.rt.record_event(event, "
                              "stream) and wait for it first",
                              which, handle_));
  }
  if (!reached_locked(newest_)) {
    return Status(ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID,
                  fmt::format("{} event {} is recorded but not reached yet: call "
                              "acl.rt.synchronize_event or synchronize_stream first",
                              which, handle_));
  }
  return time_ns_;
}

bool Event::reached_locked(uint64_t number) const {
  return number <= issued_ && find_pending(number) == pending_.end();
}

std::vector<Event::Pending>::const_iterator Event::find_pending(uint64_t number) const {
  const auto it = std::lower_bound(
      pending_.begin(), pending_.end(), number,
      [](const Pending& pending, uint64_t wanted) { return pending.number < wanted; });
  return it != pending_.end() && it->number == number ? it : pending_.end();
}

bool Event::is_reached(uint64_t number) const {
  if (all_reached_.load(std::memory_order_acquire) >= number) return true;
  std::lock_guard lock(mutex_);
  return reached_locked(number);
}

void Event::settle(uint64_t number, bool happened) {
  std::vector<std::shared_ptr<Stream>> released;
  {
    std::lock_guard lock(mutex_);
    const auto it = find_pending(number);
    if (it == pending_.end()) return;
    pending_.erase(it);
    all_reached_.store(pending_.empty() ? issued_ : pending_.front().number - 1,
                       std::memory_order_release);
    if (happened && number > newest_reached_) {
      newest_reached_ = number;
      time_ns_ = monotonic_ns();
    }
    for (size_t i = 0; i < parked_.size();) {
      if (parked_[i].first != number) {
        ++i;
        continue;
      }
      released.push_back(std::move(parked_[i].second));
      parked_[i] = std::move(parked_.back());
      parked_.pop_back();
    }
  }
  if (sleepers_.load() > 0) {
    changes_.fetch_add(1);
    futex_wake(changes_, std::numeric_limits<int>::max());
  }
  for (const auto& stream : released) stream->unpark();
}

Event::Parking Event::park(uint64_t number, const std::shared_ptr<Stream>& stream, bool closing) {
  std::lock_guard lock(mutex_);
  if (reached_locked(number)) return Parking::kPasses;
  if (number > issued_) {
    if (abandoned_) return Parking::kPasses;
    if (closing) return Parking::kHopeless;
  }
  // A stream that looks again, or has given this wait up, may be entered already.
  const bool entered = std::any_of(parked_.begin(), parked_.end(), [&](const auto& each) {
    return each.first == number && each.second == stream;
  });
  if (!entered) parked_.emplace_back(number, stream);
  return Parking::kParked;
}

void Event::leave(uint64_t number, const Stream& stream) noexcept {
  waits_pending_.fetch_sub(1);
  // A stream that gave up must not be kept alive by what it waited for.
  std::lock_guard lock(mutex_);
  std::erase_if(parked_, [&](const auto& each) {
    return each.first == number && each.second.get() == &stream;
  });
}

std::shared_ptr<Stream> Event::opener(uint64_t number) const {
  std::lock_guard lock(mutex_);
  const auto it = find_pending(number);
  return it == pending_.end() ? nullptr : it->stream.lock();
}

std::string Event::description(uint64_t number) const {
  std::lock_guard lock(mutex_);
  const char* const state = number <= issued_ ? "is recorded but not reached yet"
                            : newest_ == 0    ? "was never recorded"
                                              : "was not recorded again after its reset";
  return fmt::format("event {} ({}), which {}", id_, handle_, state);
}

void Event::abandon() {
  std::vector<std::shared_ptr<Stream>> released;
  {
    std::lock_guard lock(mutex_);
    abandoned_ = true;
    for (auto& [number, stream] : parked_) {
      if (number > issued_) released.push_back(stream);
    }
    std::erase_if(parked_, [this](const auto& each) { return each.first > issued_; });
  }
  for (const auto& stream : released) stream->unpark();
}

void Event::cleared(uint64_t number) {
  std::lock_guard lock(mutex_);
  cleared_up_to_ = std::max(cleared_up_to_, number);
}

}  // namespace poacl::runtime
