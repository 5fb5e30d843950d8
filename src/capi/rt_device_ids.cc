// Numbers of devices: the user's (what this process calls them), the machine's and the physical
// ones. Logical and physical numbers are the same outside of containers; two of the functions say
// "logical" in their names and mean the user's number, as documented.
#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/device_info.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

namespace {

aclError to_physical(const char* api, int32_t user, int32_t* physical) {
  return entry(api, [&]() -> Status {
    POACL_CHECK_NOT_NULL(physical);
    POACL_ASSIGN_OR_RETURN(*physical, runtime::physical_of_user(user));
    return {};
  });
}

aclError to_user(const char* api, int32_t physical, int32_t* user) {
  return entry(api, [&]() -> Status {
    POACL_CHECK_NOT_NULL(user);
    POACL_ASSIGN_OR_RETURN(*user, runtime::user_of_physical(physical));
    return {};
  });
}

}  // namespace

aclError aclrtGetLogicDevIdByUserDevId(const int32_t userDevid, int32_t* const logicDevId) {
  return to_physical("aclrtGetLogicDevIdByUserDevId", userDevid, logicDevId);
}

aclError aclrtGetUserDevIdByLogicDevId(const int32_t logicDevId, int32_t* const userDevid) {
  return to_user("aclrtGetUserDevIdByLogicDevId", logicDevId, userDevid);
}

aclError aclrtGetLogicDevIdByPhyDevId(const int32_t phyDevId, int32_t* const logicDevId) {
  return to_user("aclrtGetLogicDevIdByPhyDevId", phyDevId, logicDevId);
}

aclError aclrtGetPhyDevIdByLogicDevId(const int32_t logicDevId, int32_t* const phyDevId) {
  return to_physical("aclrtGetPhyDevIdByLogicDevId", logicDevId, phyDevId);
}

aclError aclrtGetUserDevIdByPhyDevId(const int32_t phyDevId, int32_t* const userDevId) {
  return to_user("aclrtGetUserDevIdByPhyDevId", phyDevId, userDevId);
}

aclError aclrtGetPhyDevIdByUserDevId(const int32_t userDevId, int32_t* const phyDevId) {
  return to_physical("aclrtGetPhyDevIdByUserDevId", userDevId, phyDevId);
}
