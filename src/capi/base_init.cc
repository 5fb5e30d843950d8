// acl.init, acl.finalize, version, chip name and error text.
#include "acl/acl.h"
#include "base/config.h"
#include "capi/entry.h"
#include "model/dump/dump_control.h"
#include "runtime/init.h"

using poacl::Status;
using poacl::capi::entry;

aclError aclInit(const char* configPath) {
  return entry("aclInit", [&] {
    const Status status = poacl::runtime::initialize(configPath);
    if (status.ok()) poacl::model::begin_dump_of_process(poacl::runtime::dump_section());
    return status;
  });
}

aclError aclFinalize() {
  return entry("aclFinalize", [] {
    const Status status = poacl::runtime::finalize();
    if (status.ok()) poacl::model::end_dump_of_process();
    return status;
  });
}

aclError aclFinalizeReference(uint64_t* refCount) {
  return entry("aclFinalizeReference", [&] {
    uint64_t left = 0;
    Status status = poacl::runtime::finalize_reference(left);
    if (status.ok() && left == 0) poacl::model::end_dump_of_process();
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
