// Notifications, and numbers in memory that streams write and wait for.
#include "runtime/notify.h"

#include <vector>

#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/runtime.h"
#include "runtime/value_wait.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

aclError aclrtCreateNotify(aclrtNotify* notify, uint64_t flag) {
  return entry("aclrtCreateNotify", [&]() -> Status {
    POACL_CHECK_NOT_NULL(notify);
    POACL_ASSIGN_OR_RETURN(*notify, runtime::create_notify(flag));
    return {};
  });
}

aclError aclrtDestroyNotify(aclrtNotify notify) {
  return entry("aclrtDestroyNotify", [&]() -> Status {
    POACL_CHECK_NOT_NULL(notify);
    return runtime::destroy_notify(notify);
  });
}

aclError aclrtRecordNotify(aclrtNotify notify, aclrtStream stream) {
  return entry("aclrtRecordNotify", [&]() -> Status {
    POACL_CHECK_NOT_NULL(notify);
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::find_notify(notify));
    POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
    return found->record(*target);
  });
}

aclError aclrtWaitAndResetNotify(aclrtNotify notify, aclrtStream stream, uint32_t timeout) {
  return entry("aclrtWaitAndResetNotify", [&]() -> Status {
    POACL_CHECK_NOT_NULL(notify);
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::find_notify(notify));
    POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
    return found->wait_and_reset(*target,
                                 timeout == 0 ? -1 : static_cast<int64_t>(timeout) * 1'000'000);
  });
}

aclError aclrtGetNotifyId(aclrtNotify notify, uint32_t* notifyId) {
  return entry("aclrtGetNotifyId", [&]() -> Status {
    POACL_CHECK_NOT_NULL(notify);
    POACL_CHECK_NOT_NULL(notifyId);
    POACL_ASSIGN_OR_RETURN(const auto found, runtime::find_notify(notify));
    *notifyId = found->id();
    return {};
  });
}

aclError aclrtNotifyBatchReset(aclrtNotify* notifies, size_t num) {
  return entry("aclrtNotifyBatchReset", [&]() -> Status {
    POACL_CHECK_NOT_NULL(notifies);
    // All are found before the first one changes.
    std::vector<std::shared_ptr<runtime::Notify>> all;
    for (size_t i = 0; i < num; ++i) {
      POACL_ASSIGN_OR_RETURN(auto found, runtime::find_notify(notifies[i]));
      all.push_back(std::move(found));
    }
    for (const auto& each : all) each->reset();
    return {};
  });
}

aclError aclrtValueWrite(void* devAddr, uint64_t value, uint32_t flag, aclrtStream stream) {
  return entry("aclrtValueWrite", [&]() -> Status {
    POACL_CHECK_NOT_NULL(devAddr);
    if (flag != 0) {
      return Status(ACL_ERROR_RT_PARAM_INVALID,
                    fmt::format("flag {:#x} is reserved: pass 0", flag));
    }
    POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
    return runtime::write_value(devAddr, value, *target);
  });
}

aclError aclrtValueWait(void* devAddr, uint64_t value, uint32_t flag, aclrtStream stream) {
  return entry("aclrtValueWait", [&]() -> Status {
    POACL_CHECK_NOT_NULL(devAddr);
    POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
    return runtime::wait_value(devAddr, value, flag, *target);
  });
}
