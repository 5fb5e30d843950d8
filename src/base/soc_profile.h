// What a chip name stands for: sizes, limits and modes, as data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace poacl {

// The product a chip belongs to decides what is documented of it.
enum class SocFamily { k310, k310P, k310B, k910, k910B };

struct SocProfile {
  std::string_view name;  // as acl.get_soc_name returns it
  SocFamily family;
  uint64_t memory_bytes;    // of one device
  uint32_t ai_cores;        // cube cores where cube and vector are apart
  uint32_t vector_cores;    // 0: the chip has none beside its AI cores
  uint32_t ai_cpus;         // processor cores for operators
  uint64_t l2_bytes;        // cache that the cores share
  uint32_t max_streams;     // per device
  uint32_t max_events;      // per device
  uint32_t report_threads;  // threads that may process callbacks

  // Device memory is HBM rather than DDR.
  bool has_hbm() const noexcept { return family == SocFamily::k910 || family == SocFamily::k910B; }
  // Run mode ACL_DEVICE (a root complex board: one memory for both) instead of ACL_HOST.
  bool runs_on_device() const noexcept { return family == SocFamily::k310B; }
  // Cube and vector work have cores of their own.
  bool has_split_cores() const noexcept { return family == SocFamily::k910B; }
  bool has_bfloat16() const noexcept { return family == SocFamily::k910B; }
  // Overflow gives infinity or NaN unless saturation is asked for.
  bool has_inf_nan() const noexcept { return family == SocFamily::k910B; }
  // "310P3": the name without its maker's prefix.
  std::string_view short_name() const noexcept { return name.substr(name.find('d') + 1); }
};

inline constexpr std::string_view kDefaultSoc = "Ascend310P3";

std::span<const SocProfile> soc_profiles() noexcept;

// Exact name, in any letter case; null when unknown.
const SocProfile* find_soc_profile(std::string_view name) noexcept;

// "Ascend310, Ascend310P1, ...".
std::string soc_profile_names();

// The known name that is most like a wrong one; empty when none is near.
std::string_view nearest_soc_profile(std::string_view wrong);

}  // namespace poacl
