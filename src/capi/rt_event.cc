#include "runtime/events.h"

#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/runtime.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

aclError aclrtCreateEvent(aclrtEvent* event) {
  return entry("aclrtCreateEvent", [&]() -> Status {
    POACL_CHECK_NOT_NULL(event);
    POACL_ASSIGN_OR_RETURN(*event, runtime::create_event());
    return {};
  });
}

aclError aclrtCreateEventWithFlag(aclrtEvent* event, uint32_t flag) {
  return entry("aclrtCreateEventWithFlag", [&]() -> Status {
    POACL_CHECK_NOT_NULL(event);
    POACL_ASSIGN_OR_RETURN(*event, runtime::create_event_with_flag(flag, false));
    return {};
  });
}

aclError aclrtCreateEventExWithFlag(aclrtEvent* event, uint32_t flag) {
  return entry("aclrtCreateEventExWithFlag", [&]() -> Status {
    POACL_CHECK_NOT_NULL(event);
    POACL_ASSIGN_OR_RETURN(*event, runtime::create_event_with_flag(flag, true));
    return {};
  });
}

aclError aclrtDestroyEvent(aclrtEvent event) {
  return entry("aclrtDestroyEvent", [&]() -> Status {
    POACL_CHECK_NOT_NULL(event);
    return runtime::destroy_event(event);
  });
}

aclError aclrtRecordEvent(aclrtEvent event, aclrtStream stream) {
  return entry("aclrtRecordEvent", [&]() -> Status {
    POACL_CHECK_NOT_NULL(event);
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::find_event(event));
    POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
    return found->record(*target);
  });
}

aclError aclrtResetEvent(aclrtEvent event, aclrtStream stream) {
  return entry("aclrtResetEvent", [&]() -> Status {
    POACL_CHECK_NOT_NULL(event);
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::find_event(event));
    POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
    POACL_RETURN_IF_ERROR(runtime::check_waitable(*found, true));
    return found->reset(*target);
  });
}

aclError aclrtStreamWaitEvent(aclrtStream stream, aclrtEvent event) {
  return entry("aclrtStreamWaitEvent", [&]() -> Status {
    POACL_CHECK_NOT_NULL(event);
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::find_event(event));
    POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
    POACL_RETURN_IF_ERROR(runtime::check_waitable(*found, false));
    return found->wait(*target);
  });
}

aclError aclrtStreamWaitEventWithTimeout(aclrtStream stream, aclrtEvent event, int32_t timeout) {
  return entry("aclrtStreamWaitEventWithTimeout", [&]() -> Status {
    POACL_CHECK_NOT_NULL(event);
    int64_t nanoseconds = 0;
    POACL_RETURN_IF_ERROR(poacl::capi::timeout_from_ms(timeout, nanoseconds));
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::find_event(event));
    POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
    POACL_RETURN_IF_ERROR(runtime::check_waitable(*found, false));
    return found->wait(*target, nanoseconds);
  });
}

aclError aclrtGetEventId(aclrtEvent event, uint32_t* eventId) {
  return entry("aclrtGetEventId", [&]() -> Status {
    POACL_CHECK_NOT_NULL(event);
    POACL_CHECK_NOT_NULL(eventId);
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::find_event(event));
    *eventId = found->id();
    return {};
  });
}

aclError aclrtGetEventAvailNum(uint32_t* eventCount) {
  return entry("aclrtGetEventAvailNum", [&]() -> Status {
    POACL_CHECK_NOT_NULL(eventCount);
    POACL_ASSIGN_OR_RETURN(*eventCount, runtime::available_events());
    return {};
  });
}

aclError aclrtQueryEvent(aclrtEvent event, aclrtEventStatus* status) {
  return entry("aclrtQueryEvent", [&]() -> Status {
    POACL_CHECK_NOT_NULL(event);
    POACL_CHECK_NOT_NULL(status);
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::find_event(event));
    *status = found->complete() ? ACL_EVENT_STATUS_COMPLETE : ACL_EVENT_STATUS_NOT_READY;
    return {};
  });
}

aclError aclrtQueryEventStatus(aclrtEvent event, aclrtEventRecordedStatus* status) {
  return entry("aclrtQueryEventStatus", [&]() -> Status {
    POACL_CHECK_NOT_NULL(event);
    POACL_CHECK_NOT_NULL(status);
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::find_event(event));
    const bool fresh = !found->ever_recorded();
    const bool complete = fresh ? found->fresh_complete() : found->complete();
    *status = complete ? ACL_EVENT_RECORDED_STATUS_COMPLETE : ACL_EVENT_RECORDED_STATUS_NOT_READY;
    return {};
  });
}

aclError aclrtQueryEventWaitStatus(aclrtEvent event, aclrtEventWaitStatus* status) {
  return entry("aclrtQueryEventWaitStatus", [&]() -> Status {
    POACL_CHECK_NOT_NULL(event);
    POACL_CHECK_NOT_NULL(status);
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::find_event(event));
    *status =
        found->waits_pending() ? ACL_EVENT_WAIT_STATUS_NOT_READY : ACL_EVENT_WAIT_STATUS_COMPLETE;
    return {};
  });
}

aclError aclrtSynchronizeEvent(aclrtEvent event) {
  return entry("aclrtSynchronizeEvent", [&]() -> Status {
    POACL_CHECK_NOT_NULL(event);
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::find_event(event));
    return found->synchronize(-1);
  });
}

aclError aclrtSynchronizeEventWithTimeout(aclrtEvent event, int32_t timeout) {
  return entry("aclrtSynchronizeEventWithTimeout", [&]() -> Status {
    POACL_CHECK_NOT_NULL(event);
    int64_t nanoseconds = 0;
    POACL_RETURN_IF_ERROR(poacl::capi::timeout_from_ms(timeout, nanoseconds));
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::find_event(event));
    return found->synchronize(nanoseconds);
  });
}

aclError aclrtEventElapsedTime(float* ms, aclrtEvent startEvent, aclrtEvent endEvent) {
  return entry("aclrtEventElapsedTime", [&]() -> Status {
    POACL_CHECK_NOT_NULL(ms);
    POACL_CHECK_NOT_NULL(startEvent);
    POACL_CHECK_NOT_NULL(endEvent);
    POACL_ASSIGN_OR_RETURN(const auto start, runtime::find_event(startEvent));
    POACL_ASSIGN_OR_RETURN(const auto end, runtime::find_event(endEvent));
    POACL_ASSIGN_OR_RETURN(const int64_t begin_ns, start->timestamp_ns("start"));
    POACL_ASSIGN_OR_RETURN(const int64_t end_ns, end->timestamp_ns("end"));
    *ms = static_cast<float>(static_cast<double>(end_ns - begin_ns) / 1e6);
    return {};
  });
}

aclError aclrtEventGetTimestamp(aclrtEvent event, uint64_t* timestamp) {
  return entry("aclrtEventGetTimestamp", [&]() -> Status {
    POACL_CHECK_NOT_NULL(event);
    POACL_CHECK_NOT_NULL(timestamp);
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::find_event(event));
    POACL_ASSIGN_OR_RETURN(const int64_t nanoseconds, found->timestamp_ns("the"));
    *timestamp = static_cast<uint64_t>(nanoseconds / 1000);
    return {};
  });
}
