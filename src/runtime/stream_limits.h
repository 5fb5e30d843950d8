// How many cores the operators of a stream may use (spec runtime section 3). Types: 0 cube cores, 1
// vector cores. A stream's limits hold for a thread that has said so.
#pragma once

#include <cstdint>

#include "base/status.h"

namespace poacl::runtime {

// The limit of a stream, or else what its device allows. 107000 for a type that does not exist.
Result<uint32_t> stream_core_limit(void* stream, int type);
// 107000 also for 0 and for more than the device has.
Status set_stream_core_limit(void* stream, int type, uint32_t value);
Status reset_stream_core_limits(void* stream);

// From now on the stream's limits hold for this thread; the last stream named counts.
Status use_stream_limits(void* stream);
// Undone. Fine too when another stream's hold.
Status unuse_stream_limits(void* stream);

// What holds for this thread: of its stream, else of the current device, else all cores.
Result<uint32_t> thread_core_limit(int type);

}  // namespace poacl::runtime
