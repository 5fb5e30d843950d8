// acl.init, acl.finalize, version, chip name and error text.
#include "acl/acl.h"
#include "base/config.h"
#include "capi/entry.h"
#include "runtime/init.h"

using poacl::Status;
using poacl::capi::entry;

aclError aclInit(const char* configPath) {
  return entry("aclInit", [&] { return poacl::runtime::initialize(configPath); });
}

aclError aclFinalize() {
  return entry("aclFinalize", [] { return poacl::runtime::finalize(); });
}

aclError aclFinalizeReference(uint64_t* refCount) {
  return entry("aclFinalizeReference", [&] {
    uint64_t left = 0;
    Status status = poacl::runtime::finalize_reference(left);
    if (refCount != nullptr) *refCount = left;
    return status;
  });
}

aclError aclrtGetVersion(int32_t* majorVersion, int32_t* minorVersion, int32_t* patchVersion) {
  return entry("aclrtGetVersion", [&]() -> Status {
    POACL_CHECK_NOT_NULL(majorVersion);
    POACL_CHECK_NOT_NULL(minorVersion);
    POACL_CHECK_NOT_NULL(patchVersion);
    *majorVersion = ACL_MAJOR_VERSION;
    *minorVersion = ACL_MINOR_VERSION;
    *patchVersion = ACL_PATCH_VERSION;
    return {};
  });
}

const char* aclrtGetSocName() {
  return poacl::config().soc->name.data();
}

const char* aclGetRecentErrMsg() {
  return poacl::take_recent_error();
}
