// Versions of the toolkit's packages. All of them are this library, which speaks one version of the
// interface; there is no driver package.
#include <strings.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "acl/acl.h"
#include "acl/acl_rt.h"
#include "capi/entry.h"

using poacl::Result;
using poacl::Status;
using poacl::capi::entry;

namespace {

// The release whose documents this library follows.
constexpr std::string_view kRelease = "8.0.0";
constexpr std::array<std::string_view, 7> kPackages = {"CANN",    "runtime", "compiler",  "hccl",
                                                       "toolkit", "opp",     "opp_kernel"};

template <size_t N>
void put(char (&field)[N], std::string_view text) {
  std::memset(field, 0, N);
  std::memcpy(field, text.data(), std::min(text.size(), N - 1));
}

Status not_installed(std::string_view name) {
  return Status(
      ACL_ERROR_INVALID_FILE,
      fmt::format("package '{}' is not installed: there are CANN, runtime, compiler, hccl, "
                  "toolkit, opp and opp_kernel",
                  name));
}

Status find_package(const char* name) {
  const std::string_view asked = name;
  const auto same = [asked](std::string_view known) {
    return asked.size() == known.size() &&
           strncasecmp(asked.data(), known.data(), known.size()) == 0;
  };
  if (std::any_of(kPackages.begin(), kPackages.end(), same)) return {};
  return not_installed(asked);
}

}  // namespace

aclError aclsysGetCANNVersion(aclCANNPackageName name, aclCANNPackageVersion* version) {
  return entry("aclsysGetCANNVersion", [&]() -> Status {
    POACL_CHECK_NOT_NULL(version);
    if (name < ACL_PKG_NAME_CANN || name > ACL_PKG_NAME_DRIVER) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("package {} is unknown: pass 0 to 7", static_cast<int>(name)));
    }
    if (name == ACL_PKG_NAME_DRIVER) return not_installed("driver");
    *version = {};
    put(version->version, kRelease);
    put(version->majorVersion, "8");
    put(version->minorVersion, "0");
    put(version->releaseVersion, "0");
    return {};
  });
}

aclError aclsysGetVersionStr(char* pkgName, char* versionStr) {
  return entry("aclsysGetVersionStr", [&]() -> Status {
    POACL_CHECK_NOT_NULL(pkgName);
    POACL_CHECK_NOT_NULL(versionStr);
    POACL_RETURN_IF_ERROR(find_package(pkgName));
    std::memcpy(versionStr, kRelease.data(), kRelease.size());
    versionStr[kRelease.size()] = '\0';
    return {};
  });
}

aclError aclsysGetVersionNum(char* pkgName, int32_t* versionNum) {
  return entry("aclsysGetVersionNum", [&]() -> Status {
    POACL_CHECK_NOT_NULL(pkgName);
    POACL_CHECK_NOT_NULL(versionNum);
    POACL_RETURN_IF_ERROR(find_package(pkgName));
    // Two decimal digits each for major, minor, release, and as many for what comes behind.
    *versionNum = 8 * 10'000'000;
    return {};
  });
}
