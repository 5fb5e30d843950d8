#include "runtime/streams.h"

#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/runtime.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

aclError aclrtCreateStream(aclrtStream* stream) {
  return entry("aclrtCreateStream", [&]() -> Status {
    POACL_CHECK_NOT_NULL(stream);
    POACL_ASSIGN_OR_RETURN(*stream, runtime::create_stream(0, 0));
    return {};
  });
}

aclError aclrtCreateStreamWithConfig(aclrtStream* stream, uint32_t priority, uint32_t flag) {
  return entry("aclrtCreateStreamWithConfig", [&]() -> Status {
    POACL_CHECK_NOT_NULL(stream);
    POACL_ASSIGN_OR_RETURN(*stream, runtime::create_stream(priority, flag));
    return {};
  });
}

aclError aclrtDestroyStream(aclrtStream stream) {
  return entry("aclrtDestroyStream", [&]() -> Status {
    POACL_CHECK_NOT_NULL(stream);
    return runtime::destroy_stream(stream, false);
  });
}

aclError aclrtDestroyStreamForce(aclrtStream stream) {
  return entry("aclrtDestroyStreamForce", [&]() -> Status {
    POACL_CHECK_NOT_NULL(stream);
    return runtime::destroy_stream(stream, true);
  });
}

aclError aclrtSynchronizeStream(aclrtStream stream) {
  return entry("aclrtSynchronizeStream", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::find_stream(stream));
    return found->synchronize();
  });
}

aclError aclrtSynchronizeStreamWithTimeout(aclrtStream stream, int32_t timeout) {
  return entry("aclrtSynchronizeStreamWithTimeout", [&]() -> Status {
    int64_t nanoseconds = 0;
    POACL_RETURN_IF_ERROR(poacl::capi::timeout_from_ms(timeout, nanoseconds));
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::find_stream(stream));
    return found->synchronize(nanoseconds);
  });
}

aclError aclrtStreamQuery(aclrtStream stream, aclrtStreamStatus* status) {
  return entry("aclrtStreamQuery", [&]() -> Status {
    POACL_CHECK_NOT_NULL(status);
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::find_stream(stream));
    *status = found->complete() ? ACL_STREAM_STATUS_COMPLETE : ACL_STREAM_STATUS_NOT_READY;
    return {};
  });
}

aclError aclrtStreamGetId(aclrtStream stream, int32_t* streamId) {
  return entry("aclrtStreamGetId", [&]() -> Status {
    POACL_CHECK_NOT_NULL(streamId);
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::find_stream(stream));
    *streamId = found->id();
    return {};
  });
}

aclError aclrtGetStreamAvailableNum(uint32_t* streamCount) {
  return entry("aclrtGetStreamAvailableNum", [&]() -> Status {
    POACL_CHECK_NOT_NULL(streamCount);
    POACL_ASSIGN_OR_RETURN(*streamCount, runtime::available_streams());
    return {};
  });
}
