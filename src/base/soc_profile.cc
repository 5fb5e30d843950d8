#include "base/soc_profile.h"

#include <strings.h>

#include <algorithm>
#include <cctype>
#include <vector>

namespace poacl {
namespace {

constexpr uint64_t kMiB = 1ull << 20;
constexpr uint64_t kGiB = 1ull << 30;
constexpr auto k310 = SocFamily::k310;
constexpr auto k310P = SocFamily::k310P;
constexpr auto k310B = SocFamily::k310B;
constexpr auto k910 = SocFamily::k910;
constexpr auto k910B = SocFamily::k910B;

// Where the numbers come from:
// - streams: spec runtime section 5 (1984, 512, 1024, 2048 by product); the public pages of
//   aclrtCreateStream name the products: A2 (910B) 1984, 200I/500 A2 (310B) 512, inference (310P)
//   1024, training (910) 2048.
// - events: spec runtime section 6 (65536, 1023, 65535 by product); public pages of
//   aclrtCreateEvent: A2 and 310B 65536, 310P 1023, 910 65535.
// - callback threads: spec demands P11 (128 on 310, 1024 elsewhere).
// - cores, L2 and memory of 910B: public excerpts of the toolkit's platform_config files
//   (Ascend910B1: 24 AI and 48 vector cores; 910B2: 24, 48, 6 AI CPUs, L2 201326592, 64 GiB;
//   910B4: 20, 40, 32 GiB). 310P3: 8 AI and 7 vector cores, 310P1: 10 and 8 likewise.
// - memory of 310P3, 310B and 310: the boards (300I Pro 24 GB, 200I DK A2 up to 16 GB, 310 8 GB).
//   A driver keeps a part of it for itself; here all of it can be used.
// - the original 310 is not named in those pages: streams and events as in the spec's first rows.
// Name, family, memory, AI cores, vector cores, AI CPUs, L2, streams, events, callback threads.
constexpr SocProfile kProfiles[] = {
    {"Ascend310", k310, 8 * kGiB, 2, 0, 4, 8 * kMiB, 1024, 65536, 128},
    {"Ascend310P1", k310P, 24 * kGiB, 10, 8, 7, 16 * kMiB, 1024, 1023, 1024},
    {"Ascend310P3", k310P, 24 * kGiB, 8, 7, 7, 16 * kMiB, 1024, 1023, 1024},
    {"Ascend310B1", k310B, 16 * kGiB, 1, 1, 1, 16 * kMiB, 512, 65536, 1024},
    {"Ascend310B4", k310B, 8 * kGiB, 1, 1, 1, 16 * kMiB, 512, 65536, 1024},
    {"Ascend910A", k910, 32 * kGiB, 32, 0, 14, 32 * kMiB, 2048, 65535, 1024},
    {"Ascend910B", k910B, 64 * kGiB, 24, 48, 6, 192 * kMiB, 1984, 65536, 1024},
    {"Ascend910B1", k910B, 64 * kGiB, 24, 48, 6, 192 * kMiB, 1984, 65536, 1024},
    {"Ascend910B2", k910B, 64 * kGiB, 24, 48, 6, 192 * kMiB, 1984, 65536, 1024},
    {"Ascend910B3", k910B, 64 * kGiB, 20, 40, 6, 192 * kMiB, 1984, 65536, 1024},
    {"Ascend910B4", k910B, 32 * kGiB, 20, 40, 6, 96 * kMiB, 1984, 65536, 1024},
};

// How many letters have to be put in, taken out or changed; letter case does not count.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = std::tolower(static_cast<unsigned char>(a[i - 1])) ==
                        std::tolower(static_cast<unsigned char>(b[j - 1]));
      const size_t changed = diagonal + (same ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

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

std::string soc_profile_names() {
  std::string names;
  for (const SocProfile& profile : kProfiles) {
    if (!names.empty()) names += ", ";
    names += profile.name;
  }
  return names;
}

std::string_view nearest_soc_profile(std::string_view wrong) {
  // Half a name away may be anything.
  if (wrong.size() > 64) return {};
  size_t best = 4;
  std::string_view name;
  for (const SocProfile& profile : kProfiles) {
    const size_t away =
        std::min(distance(wrong, profile.name), distance(wrong, profile.short_name()));
    if (away >= best) continue;
    best = away;
    name = profile.name;
  }
  return name;
}

}  // namespace poacl
