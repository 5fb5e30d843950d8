// Virtual devices: reference counts, the default context, what is used up of their limits.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "base/soc_profile.h"
#include "base/status.h"

namespace poacl::runtime {

class Context;

class Device {
 public:
  Device(int id, int physical_id, const SocProfile& profile)
      : overflow_mode(profile.has_inf_nan() ? 1 : 0),
        id_(id),
        physical_id_(physical_id),
        profile_(profile) {}

  int id() const noexcept { return id_; }                    // as the program counts
  int physical_id() const noexcept { return physical_id_; }  // as the machine does
  const SocProfile& profile() const noexcept { return profile_; }

  std::atomic<uint32_t> streams{0};  // alive on this device
  std::atomic<uint32_t> events{0};   // that hold an event id

  std::atomic<int32_t> overflow_mode;   // aclrtFloatOverflowMode
  std::atomic<bool> overflowed{false};  // a task met an overflow since the last reset
  std::atomic<uint64_t> peers{0};       // a bit for each device that this one may reach
  // aclrtDeviceSetLimit, by aclrtDeviceLimit; 0: as it comes.
  std::array<std::atomic<uint64_t>, 5> limits{};
  // aclrtSetDeviceResLimit, by aclrtDevResLimitType; 0: all there are.
  std::array<std::atomic<uint32_t>, 2> cores{};

  // Guards what follows; taken by set_device and its relatives only.
  std::mutex mutex;
  uint64_t references = 0;
  std::shared_ptr<Context> primary;

 private:
  const int id_;
  const int physical_id_;
  const SocProfile& profile_;
};

// 107001 with the valid range.
Result<std::shared_ptr<Device>> find_device(int32_t id);

// The API's device calls; codes as in spec runtime section 3.
Status set_device(int32_t id);
Status reset_device(int32_t id);
Status reset_device_force(int32_t id);
// The device of the thread's context; 107002 without one.
Result<int32_t> current_device();
// 207004 when none is visible.
Result<uint32_t> device_count();
// Waits for every stream of the current context's device; the first error found, the other streams
// keep theirs. 507046 when the time passes.
Status synchronize_device(int64_t timeout_ns = -1);

}  // namespace poacl::runtime
