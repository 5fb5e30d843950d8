// Events: marks in streams that other streams and host threads wait for.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/status.h"
#include "runtime/waitable.h"

namespace poacl::runtime {

class Device;
class Stream;

// Every record issued has a number; the event is complete when the newest one was reached. A
// wait remembers the number it waits for. All members may be called from any thread.
class Event final : public Waitable, public std::enable_shared_from_this<Event> {
 public:
  // `flags` as in aclrtCreateEventWithFlag, 0 for the classic kind. `fresh_complete`: the newer
  // kinds count as complete before their first record, the classic kind does not.
  Event(std::shared_ptr<Device> device, uint32_t flags, bool fresh_complete);
  ~Event() override;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  void* handle() const noexcept { return handle_; }
  void set_handle(void* handle) noexcept { handle_ = handle; }
  uint32_t flags() const noexcept { return flags_; }
  uint32_t id() const noexcept { return id_; }
  bool fresh_complete() const noexcept { return fresh_complete_; }

  // Queues a record behind the stream's work. 207007 when the device has no event id left.
  Status record(Stream& stream);
  // Later work of the stream waits for the newest record issued so far; without one, a classic
  // event is waited for, the newer kinds are not. timeout_ns as in Stream::append_wait.
  Status wait(Stream& stream, int64_t timeout_ns = 0);
  // Later waits need a new record; queued behind the stream's work.
  Status reset(Stream& stream);

  bool ever_recorded() const;
  bool complete() const;
  // Waits for the newest record issued; at once when there is none. timeout_ns < 0: no limit.
  // 507047 when it passes.
  Status synchronize(int64_t timeout_ns);
  // Monotonic nanoseconds of the newest record. 507000 never recorded, 107006 not reached yet.
  Result<int64_t> timestamp_ns(const char* which) const;

  // For streams: the record with this number was reached.
  void reached(uint64_t number) { settle(number, true); }
  // Exact for every number: records on different streams are reached in any order.
  bool is_reached(uint64_t number) const;
  // The handle is gone: streams stop waiting for records that nobody can issue any more.
  void abandon();
  bool is_open(uint64_t number) const override { return is_reached(number); }
  // It passes also when the handle is gone and the record was never issued.
  Parking park(uint64_t number, const std::shared_ptr<Stream>& stream, bool closing) override;
  void leave(uint64_t number, const Stream& stream) noexcept override;
  std::shared_ptr<Stream> opener(uint64_t number) const override;
  std::string description(uint64_t number) const override;
  void cleared(uint64_t number);
  // A stream still waits for it, or has a wait for it in its queue.
  bool waits_pending() const noexcept { return waits_pending_.load() > 0; }

 private:
  struct Pending {
    uint64_t number;
    std::weak_ptr<Stream> stream;  // on which the record is queued
  };

  Status take_id();
  std::vector<Pending>::const_iterator find_pending(uint64_t number) const;
  // Ends the record's being pending and lets its waiters go; `happened`: with a time stamp.
  void settle(uint64_t number, bool happened);
  bool reached_locked(uint64_t number) const;

  const std::shared_ptr<Device> device_;
  const uint32_t flags_;
  const bool fresh_complete_;
  const uint32_t id_;
  void* handle_ = nullptr;
  mutable std::mutex mutex_;
  bool has_id_ = false;
  bool abandoned_ = false;
  uint64_t issued_ = 0;  // numbers given to records so far
  uint64_t newest_ = 0;  // the newest record that was queued; 0: none
  uint64_t newest_reached_ = 0;
  uint64_t reset_after_ = 0;    // waits need a record later than this one
  uint64_t cleared_up_to_ = 0;  // records undone by a reset that has run
  int64_t time_ns_ = 0;
  std::vector<Pending> pending_;  // issued and not reached, ascending
  // Everything up to here is reached: lets most questions do without the lock.
  std::atomic<uint64_t> all_reached_{0};
  std::atomic<int64_t> waits_pending_{0};
  std::vector<std::pair<uint64_t, std::shared_ptr<Stream>>> parked_;
  std::atomic<uint32_t> changes_{0};  // host threads sleep on it
  std::atomic<int> sleepers_{0};
};

}  // namespace poacl::runtime
