// The API's calls on event handles; codes as in spec runtime section 6.
#pragma once

#include <cstdint>
#include <memory>

#include "base/status.h"
#include "runtime/event.h"

namespace poacl::runtime {

// A classic event on the current context's device; its handle.
Result<void*> create_event();
// 107000 for flag 0, unknown bits, or a bit that stands only alone together with others. `ex`:
// the kind that has no reset and counts as complete before its first record.
Result<void*> create_event_with_flag(uint32_t flag, bool ex);
// Returns without waiting. Streams still wait for records that are queued, not for ones that
// would have come later.
Status destroy_event(void* handle);
// 107017 for a dead handle.
Result<std::shared_ptr<Event>> find_event(void* handle);
// How many more events of the current device can hold an id: be recorded.
Result<uint32_t> available_events();
// 207000 when the flags do not allow a stream to wait for it, or to reset it.
Status check_waitable(const Event& event, bool reset);

}  // namespace poacl::runtime
