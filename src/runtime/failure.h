// Reports of failed tasks to the functions a program has registered (spec runtime section 10).
#pragma once

#include <cstdint>
#include <optional>

#include "acl/acl_rt.h"
#include "base/status.h"

namespace poacl::runtime {

struct Failure {
  uint32_t task;
  uint32_t stream;
  uint32_t thread;  // that queued the task
  uint32_t device;
  uint32_t code;
};

// The one function of set_exception_info_callback; null: none.
void set_failure_callback(aclrtExceptionInfoCallback callback) noexcept;
// A list besides it. 107000 for null; unregister also for one that is not in the list.
Status register_failure_callback(aclrtExceptionInfoCallback callback);
Status unregister_failure_callback(aclrtExceptionInfoCallback callback);

// Calls them all on this thread, while no lock is held.
void tell_failure(const Failure& failure) noexcept;

// What `info` tells, while the callback that got it is running.
std::optional<Failure> find_failure(const aclrtExceptionInfo* info) noexcept;

// The newest failure on a device since it was asked the last time.
std::optional<Failure> take_device_failure(int device) noexcept;

}  // namespace poacl::runtime
