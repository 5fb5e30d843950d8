// How many cores of a device the tasks may use (spec runtime section 3). A stream's limits, and
// what holds for a thread: stream_limits.h. Recorded and answered as documented; how many threads
// of the host compute is set by POACL_THREADS.
#pragma once

#include <cstdint>

#include "base/status.h"

namespace poacl::runtime {

// `type`: aclrtDevResLimitType. 107001 for a bad device, 507033 for one that nobody has set, 107000
// for an unknown type.
Result<uint32_t> device_core_limit(int32_t device, int type);
// 107000 also when `value` is 0 or more than the chip has.
Status set_device_core_limit(int32_t device, int type, uint32_t value);
Status reset_device_core_limits(int32_t device);

}  // namespace poacl::runtime
