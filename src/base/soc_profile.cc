#include "base/soc_profile.h"

#include <strings.h>

namespace poacl {
namespace {

constexpr uint64_t kGiB = 1ull << 30;

// Spec: runtime sections 5, 6 (stream and event limits by product), 9 (report threads).
constexpr SocProfile kProfiles[] = {
    {"Ascend310", 8 * kGiB, false, false, 1024, 65536, 2, 128},
    {"Ascend310P1", 24 * kGiB, false, false, 2048, 65535, 10, 1024},
    {"Ascend310P3", 24 * kGiB, false, false, 2048, 65535, 8, 1024},
    {"Ascend310B1", 16 * kGiB, false, true, 512, 1023, 1, 1024},
    {"Ascend310B4", 8 * kGiB, false, true, 512, 1023, 1, 1024},
    {"Ascend910A", 32 * kGiB, true, false, 1024, 65536, 32, 1024},
    {"Ascend910B", 64 * kGiB, true, false, 1984, 65536, 24, 1024},
    {"Ascend910B1", 64 * kGiB, true, false, 1984, 65536, 24, 1024},
    {"Ascend910B2", 64 * kGiB, true, false, 1984, 65536, 24, 1024},
    {"Ascend910B3", 64 * kGiB, true, false, 1984, 65536, 20, 1024},
    {"Ascend910B4", 32 * kGiB, true, false, 1984, 65536, 20, 1024},
};

}  // namespace

std::span<const SocProfile> soc_profiles() noexcept {
  return kProfiles;
}

const SocProfile* find_soc_profile(std::string_view name) noexcept {
  for (const SocProfile& profile : kProfiles) {
    if (profile.name.size() == name.size() &&
        strncasecmp(profile.name.data(), name.data(), name.size()) == 0) {
      return &profile;
    }
  }
  return nullptr;
}

}  // namespace poacl
