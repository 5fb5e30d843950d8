// Features and numbers of the product.
#include <array>
#include <atomic>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/config.h"
#include "capi/entry.h"
#include "runtime/device_info.h"

using poacl::Status;
using poacl::capi::entry;

namespace {

constexpr std::array kAttributes = {ACL_CANN_ATTR_INF_NAN, ACL_CANN_ATTR_BF16,
                                    ACL_CANN_ATTR_JIT_COMPILE};

bool has(aclCannAttr attribute) {
  const poacl::SocProfile& soc = *poacl::config().soc;
  switch (attribute) {
    case ACL_CANN_ATTR_INF_NAN:
      return soc.has_inf_nan();
    case ACL_CANN_ATTR_BF16:
      return soc.has_bfloat16();
    case ACL_CANN_ATTR_JIT_COMPILE:
      return true;
    default:
      return false;
  }
}

// Never destroyed: callers keep the address. Without a guard, which a child forked during a first
// use would wait for for ever: threads that race here make the same, and one of the lists stays.
const std::vector<aclCannAttr>& attributes() {
  static constinit std::atomic<const std::vector<aclCannAttr>*> made{nullptr};
  const std::vector<aclCannAttr>* found = made.load(std::memory_order_acquire);
  if (found != nullptr) return *found;
  auto fresh = std::make_unique<std::vector<aclCannAttr>>();
  for (const aclCannAttr each : kAttributes) {
    if (has(each)) fresh->push_back(each);
  }
  if (!made.compare_exchange_strong(found, fresh.get())) return *found;
  return *fresh.release();
}

}  // namespace

aclError aclGetCannAttributeList(const aclCannAttr** cannAttrList, size_t* num) {
  return entry("aclGetCannAttributeList", [&]() -> Status {
    POACL_CHECK_NOT_NULL(cannAttrList);
    POACL_CHECK_NOT_NULL(num);
    const std::vector<aclCannAttr>& list = attributes();
    *cannAttrList = list.data();
    *num = list.size();
    return {};
  });
}

aclError aclGetCannAttribute(aclCannAttr cannAttr, int32_t* value) {
  return entry("aclGetCannAttribute", [&]() -> Status {
    POACL_CHECK_NOT_NULL(value);
    for (const aclCannAttr known : kAttributes) {
      if (known != cannAttr) continue;
      *value = has(cannAttr) ? 1 : 0;
      return {};
    }
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("attribute {} is unknown: pass 0 (infinity and NaN), 1 (bfloat16) or "
                              "2 (compilation on the fly)",
                              static_cast<int>(cannAttr)));
  });
}

aclError aclGetDeviceCapability(uint32_t deviceId, aclDeviceInfo deviceInfo, int64_t* value) {
  return entry("aclGetDeviceCapability", [&]() -> Status {
    POACL_CHECK_NOT_NULL(value);
    POACL_ASSIGN_OR_RETURN(
        *value, poacl::runtime::device_number(static_cast<int32_t>(deviceId), deviceInfo));
    return {};
  });
}
