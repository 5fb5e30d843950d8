// Reports of failed tasks, and the newest error of a thread (spec: runtime section 10).
#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/device.h"
#include "runtime/failure.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

namespace {

constexpr uint32_t kUnknown = 0xFFFFFFFFu;

uint32_t part_of(const aclrtExceptionInfo* info, uint32_t runtime::Failure::*part) noexcept {
  const auto failure = runtime::find_failure(info);
  return failure ? (*failure).*part : kUnknown;
}

aclError last_error(const char* api, aclrtLastErrLevel level, bool clear) {
  if (level == ACL_RT_THREAD_LEVEL) return poacl::last_error_code(clear);
  return entry(api, [&] {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("level {} does not exist: pass 0 (the calling thread)",
                              static_cast<int>(level)));
  });
}

}  // namespace

aclError aclrtSetExceptionInfoCallback(aclrtExceptionInfoCallback callback) {
  runtime::set_failure_callback(callback);
  return ACL_SUCCESS;
}

aclError aclrtExceptionInfoCallbackRegister(aclrtExceptionInfoCallback callback) {
  return entry("aclrtExceptionInfoCallbackRegister",
               [&] { return runtime::register_failure_callback(callback); });
}

aclError aclrtExceptionInfoCallbackUnregister(aclrtExceptionInfoCallback callback) {
  return entry("aclrtExceptionInfoCallbackUnregister",
               [&] { return runtime::unregister_failure_callback(callback); });
}

uint32_t aclrtGetTaskIdFromExceptionInfo(const aclrtExceptionInfo* info) {
  return part_of(info, &runtime::Failure::task);
}

uint32_t aclrtGetStreamIdFromExceptionInfo(const aclrtExceptionInfo* info) {
  return part_of(info, &runtime::Failure::stream);
}

uint32_t aclrtGetThreadIdFromExceptionInfo(const aclrtExceptionInfo* info) {
  return part_of(info, &runtime::Failure::thread);
}

uint32_t aclrtGetDeviceIdFromExceptionInfo(const aclrtExceptionInfo* info) {
  return part_of(info, &runtime::Failure::device);
}

uint32_t aclrtGetErrorCodeFromExceptionInfo(const aclrtExceptionInfo* info) {
  return part_of(info, &runtime::Failure::code);
}

aclError aclrtGetErrorVerbose(int32_t deviceId, aclrtErrorInfo* errorInfo) {
  return entry("aclrtGetErrorVerbose", [&]() -> Status {
    POACL_CHECK_NOT_NULL(errorInfo);
    POACL_RETURN_IF_ERROR(runtime::find_device(deviceId).status());
    *errorInfo = {};
    errorInfo->errorType =
        runtime::take_device_failure(deviceId) ? ACL_RT_ERROR_OTHERS : ACL_RT_NO_ERROR;
    return {};
  });
}

aclError aclrtPeekAtLastError(aclrtLastErrLevel level) {
  return last_error("aclrtPeekAtLastError", level, false);
}

aclError aclrtGetLastError(aclrtLastErrLevel level) {
  return last_error("aclrtGetLastError", level, true);
}
