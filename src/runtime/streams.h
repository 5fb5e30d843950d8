// The API's calls on stream handles; codes as in spec runtime section 5.
#pragma once

#include <cstdint>
#include <memory>

#include "base/status.h"
#include "runtime/stream.h"

namespace poacl::runtime {

// A stream in the current context; its handle.
Result<void*> create_stream(uint32_t priority, uint32_t flags);

// Waits for its work, or with `force` drops what has not begun and waits for the one task that runs
// (10 s at most). 107003 for a living context that
// is not the current one, 107000 for a default stream, 107017 for a dead handle.
Status destroy_stream(void* handle, bool force);

// A stream of any context, for calls that may look at all of them; null is the default stream of
// the current one.
Result<std::shared_ptr<Stream>> find_stream(void* handle);

// 100000 for a mode that is not 0 (go on after a failed task) or 1 (stop), 107000 for a second call
// or a default stream. Stopping holds for every stream of the context.
Status set_failure_mode(void* handle, uint64_t mode);

// Drops what is queued; the stream takes nothing more, and 107023 is its lasting error.
Status abort_stream(void* handle);

// Drops what is queued on every stream of a device and waits for what runs; 107022 is what their
// next synchronize tells. timeout_ns as in Stream::synchronize.
Status abort_device_tasks(int32_t device, int64_t timeout_ns);

// How many more streams the current device can have.
Result<uint32_t> available_streams();

}  // namespace poacl::runtime
