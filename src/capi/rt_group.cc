// Compute groups: a device with its host beside it has none, a board that is device and host at
// once has one with all of its cores (spec runtime section 11).
#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>

#include <fmt/format.h>

#include "acl/acl_rt.h"
#include "base/config.h"
#include "base/handle_table.h"
#include "capi/entry.h"
#include "capi/handle_arg.h"
#include "runtime/runtime.h"

using poacl::Result;
using poacl::Status;
using poacl::capi::answer;
using poacl::capi::entry;

namespace {

struct Groups {
  std::atomic<bool> filled{false};
};

poacl::HandleTable<Groups>& tables() {
  static auto* const all = new poacl::HandleTable<Groups>;
  return *all;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const auto& tables_made_early = tables();

uint32_t group_count() {
  return poacl::config().soc->runs_on_device() ? 1 : 0;
}

Status no_groups() {
  return Status(ACL_ERROR_RT_GROUP_NOT_CREATE,
                fmt::format("{} has no compute groups: all cores are used always",
                            poacl::config().soc->name));
}

Result<std::shared_ptr<Groups>> find(const aclrtGroupInfo* info) {
  return poacl::capi::find_handle(tables(), info, "groupInfo", "acl.rt.create_group_info");
}

Result<uint32_t> value_of(aclrtGroupAttr attr) {
  const poacl::SocProfile& soc = *poacl::config().soc;
  switch (attr) {
    case ACL_GROUP_AICORE_INT:
    case ACL_GROUP_AIC_INT:
      return soc.ai_cores;
    case ACL_GROUP_AIV_INT:
      return soc.vector_cores;
    case ACL_GROUP_SDMANUM_INT:
      return 1u;
    case ACL_GROUP_ASQNUM_INT:
      return soc.max_streams;
    case ACL_GROUP_GROUPID_INT:
      return 0u;
  }
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("group attribute {} is unknown: pass 0 to 5", static_cast<int>(attr)));
}

}  // namespace

aclError aclrtSetGroup(int32_t groupId) {
  return entry("aclrtSetGroup", [&]() -> Status {
    POACL_RETURN_IF_ERROR(poacl::runtime::current_context().status());
    if (group_count() == 0) return no_groups();
    if (groupId == 0) return {};
    return Status(ACL_ERROR_RT_PARAM_INVALID,
                  fmt::format("group {} does not exist: the only one is 0", groupId));
  });
}

aclError aclrtGetGroupCount(uint32_t* count) {
  return entry("aclrtGetGroupCount", [&]() -> Status {
    POACL_CHECK_NOT_NULL(count);
    *count = group_count();
    return {};
  });
}

aclrtGroupInfo* aclrtCreateGroupInfo() {
  return answer<aclrtGroupInfo*>("aclrtCreateGroupInfo", nullptr, []() -> Result<aclrtGroupInfo*> {
    if (group_count() == 0) return no_groups();
    return static_cast<aclrtGroupInfo*>(tables().insert(std::make_shared<Groups>()));
  });
}

aclError aclrtDestroyGroupInfo(aclrtGroupInfo* groupInfo) {
  return entry("aclrtDestroyGroupInfo", [&]() -> Status {
    if (tables().remove(groupInfo)) return {};
    return find(groupInfo).status();
  });
}

aclError aclrtGetAllGroupInfo(aclrtGroupInfo* groupInfo) {
  return entry("aclrtGetAllGroupInfo", [&]() -> Status {
    POACL_CHECK_NOT_NULL(groupInfo);
    if (group_count() == 0) return no_groups();
    POACL_ASSIGN_OR_RETURN(const auto groups, find(groupInfo));
    groups->filled.store(true);
    return {};
  });
}

aclError aclrtGetGroupInfoDetail(const aclrtGroupInfo* groupInfo, int32_t groupIndex,
                                 aclrtGroupAttr attr, void* attrValue, size_t valueLen,
                                 size_t* paramRetSize) {
  return entry("aclrtGetGroupInfoDetail", [&]() -> Status {
    POACL_CHECK_NOT_NULL(attrValue);
    POACL_CHECK_NOT_NULL(paramRetSize);
    POACL_ASSIGN_OR_RETURN(const auto groups, find(groupInfo));
    if (!groups->filled.load() || groupIndex != 0) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("group index {} is not in the list: it holds {}; fill it with "
                                "acl.rt.get_all_group_info",
                                groupIndex, groups->filled.load() ? "one, 0" : "none"));
    }
    POACL_ASSIGN_OR_RETURN(const uint32_t value, value_of(attr));
    if (valueLen < sizeof(value)) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("valueLen {} is too small: the value takes {} bytes", valueLen,
                                sizeof(value)));
    }
    std::memcpy(attrValue, &value, sizeof(value));
    *paramRetSize = sizeof(value);
    return {};
  });
}
