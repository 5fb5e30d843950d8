// The time limits that programs set for waiting and for operators (spec runtime section 5).
#pragma once

#include <cstdint>

namespace poacl::runtime {

// How long a stream may stand at an event; 0: without limit. For waits that begin later.
void set_op_wait_timeout_ns(int64_t limit) noexcept;
int64_t op_wait_timeout_ns() noexcept;

// How long an operator may run, in microseconds; what takes effect is returned: a multiple of
// kTimeoutStepUs, at most kLongestExecuteUs, which 0 stands for. An operator that takes longer is
// not broken off - this host is slower than the device - but the log tells.
inline constexpr uint64_t kTimeoutStepUs = 1000;
inline constexpr uint64_t kLongestExecuteUs = 1091ull * 1'000'000;
uint64_t set_op_execute_timeout_us(uint64_t limit) noexcept;
uint64_t op_execute_timeout_us() noexcept;

// End of a wait that begins now in monotonic nanoseconds, 0 for none. timeout_ns < 0: none; 0: as
// set_op_wait_timeout_ns says.
int64_t wait_deadline(int64_t timeout_ns) noexcept;

}  // namespace poacl::runtime
