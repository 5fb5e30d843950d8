#include "runtime/events.h"

#include <bit>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "runtime/runtime.h"
#include "runtime/state.h"

namespace poacl::runtime {
namespace {

// Bits of aclrtCreateEventWithFlag.
constexpr uint32_t kSync = 0x01;
constexpr uint32_t kDeviceOnly = 0x10;
constexpr uint32_t kExternal = 0x20;
constexpr uint32_t kKnownFlags = 0x01 | 0x02 | 0x08 | kDeviceOnly | kExternal | 0x40;

Result<void*> enter(uint32_t flags, bool ex) {
  POACL_ASSIGN_OR_RETURN(const std::shared_ptr<Context> context, current_context());
  auto event = std::make_shared<Event>(context->device_ptr(), flags, ex);
  event->set_handle(state().events.insert(event));
  return event->handle();
}

Status dead_event(void* handle) {
  return Status(
      ACL_ERROR_RT_INVALID_HANDLE,
      fmt::format("{} is not an event that is alive: it was never created or is destroyed "
                  "already{}",
                  handle, fork_hint()));
}

}  // namespace

Result<void*> create_event() {
  return enter(0, false);
}

Result<void*> create_event_with_flag(uint32_t flag, bool ex) {
  if (flag == 0 || (flag & ~kKnownFlags) != 0) {
    return Status(ACL_ERROR_RT_PARAM_INVALID,
                  fmt::format("flag {:#x} is not allowed: pass one or more of 1 (sync), 2 (capture "
                              "progress), 8 (time line), or 0x10, 0x20, 0x40",
                              flag));
  }
  if ((flag & (kDeviceOnly | kExternal)) != 0 && std::popcount(flag) > 1) {
    return Status(
        ACL_ERROR_RT_PARAM_INVALID,
        fmt::format("flag {:#x} combines 0x10 (device only) or 0x20 (external) with other "
                    "bits: they stand alone",
                    flag));
  }
  return enter(flag, ex);
}

Status destroy_event(void* handle) {
  const std::shared_ptr<Event> event = state().events.remove(handle);
  if (!event) return dead_event(handle);
  event->abandon();
  return {};
}

Result<std::shared_ptr<Event>> find_event(void* handle) {
  std::shared_ptr<Event> event = state().events.get(handle);
  if (!event) return dead_event(handle);
  return event;
}

Result<uint32_t> available_events() {
  POACL_ASSIGN_OR_RETURN(const std::shared_ptr<Context> context, current_context());
  const uint32_t limit = context->device().profile().max_events;
  const uint32_t used = context->device().events.load();
  return used >= limit ? 0 : limit - used;
}

Status check_waitable(const Event& event, bool reset) {
  if (reset && event.fresh_complete()) {
    return Status(
        ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
        fmt::format("event {} was created by create_event_ex_with_flag and needs no reset: "
                    "record it again",
                    event.handle()));
  }
  constexpr uint32_t kWaitable = kSync | kDeviceOnly | kExternal;
  if (event.flags() == 0 || (event.flags() & kWaitable) != 0) return {};
  return Status(
      ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
      fmt::format("event {} was created with flag {:#x}, without bit 1 (sync), and a stream "
                  "cannot {} it: create it with flag {:#x}",
                  event.handle(), event.flags(), reset ? "reset" : "wait for",
                  event.flags() | kSync));
}

}  // namespace poacl::runtime
