// The API's calls on stream handles; codes as in spec runtime section 5.
#pragma once

#include <cstdint>
#include <memory>

#include "base/status.h"
#include "runtime/stream.h"

namespace poacl::runtime {

// A stream in the current context; its handle.
Result<void*> create_stream(uint32_t priority, uint32_t flags);

// Waits for its work, or with `force` drops what has not begun. 107003 for a living context that
// is not the current one, 107000 for a default stream, 107017 for a dead handle.
Status destroy_stream(void* handle, bool force);

// A stream of any context, for calls that may look at all of them; null is the default stream of
// the current one.
Result<std::shared_ptr<Stream>> find_stream(void* handle);

// How many more streams the current device can have.
Result<uint32_t> available_streams();

}  // namespace poacl::runtime
