// Time limits of waits and operators, and breaking off a device's tasks (spec: runtime section 5).
#include <limits>

#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/op_limits.h"
#include "runtime/runtime.h"
#include "runtime/state_callbacks.h"
#include "runtime/streams.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

aclError aclrtSetOpWaitTimeout(uint32_t timeout) {
  return entry("aclrtSetOpWaitTimeout", [&] {
    runtime::set_op_wait_timeout_ns(static_cast<int64_t>(timeout) * 1'000'000'000);
    return Status();
  });
}

aclError aclrtSetOpExecuteTimeOut(uint32_t timeout) {
  return entry("aclrtSetOpExecuteTimeOut", [&] {
    runtime::set_op_execute_timeout_us(static_cast<uint64_t>(timeout) * 1'000'000);
    return Status();
  });
}

aclError aclrtSetOpExecuteTimeOutWithMs(uint32_t timeout) {
  return entry("aclrtSetOpExecuteTimeOutWithMs", [&] {
    runtime::set_op_execute_timeout_us(static_cast<uint64_t>(timeout) * 1000);
    return Status();
  });
}

aclError aclrtSetOpExecuteTimeOutV2(uint64_t timeout, uint64_t* actualTimeout) {
  return entry("aclrtSetOpExecuteTimeOutV2", [&]() -> Status {
    POACL_CHECK_NOT_NULL(actualTimeout);
    *actualTimeout = runtime::set_op_execute_timeout_us(timeout);
    return {};
  });
}

aclError aclrtGetOpExecuteTimeout(uint32_t* const timeoutMs) {
  return entry("aclrtGetOpExecuteTimeout", [&]() -> Status {
    POACL_CHECK_NOT_NULL(timeoutMs);
    *timeoutMs = static_cast<uint32_t>(runtime::op_execute_timeout_us() / 1000);
    return {};
  });
}

aclError aclrtGetOpTimeOutInterval(uint64_t* interval) {
  return entry("aclrtGetOpTimeOutInterval", [&]() -> Status {
    POACL_CHECK_NOT_NULL(interval);
    *interval = runtime::kTimeoutStepUs;
    return {};
  });
}

aclError aclrtDeviceTaskAbort(int32_t deviceId, uint32_t timeout) {
  return entry("aclrtDeviceTaskAbort", [&]() -> Status {
    POACL_RETURN_IF_ERROR(
        runtime::tell_task_abort(deviceId, ACL_RT_DEVICE_TASK_ABORT_PRE, timeout));
    POACL_RETURN_IF_ERROR(runtime::abort_device_tasks(
        deviceId, timeout == 0 ? -1 : static_cast<int64_t>(timeout) * 1'000'000));
    return runtime::tell_task_abort(deviceId, ACL_RT_DEVICE_TASK_ABORT_POST, timeout);
  });
}

aclError aclrtGetThreadLastTaskId(uint32_t* taskId) {
  return entry("aclrtGetThreadLastTaskId", [&]() -> Status {
    POACL_CHECK_NOT_NULL(taskId);
    POACL_RETURN_IF_ERROR(runtime::current_context().status());
    *taskId = runtime::Stream::last_task_here();
    return {};
  });
}
