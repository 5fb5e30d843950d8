// What a chip name stands for: sizes, limits and modes, as data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace poacl {

struct SocProfile {
  std::string_view name;  // as acl.get_soc_name returns it
  uint64_t memory_bytes;  // of one device
  bool has_hbm;           // device memory is HBM rather than DDR
  bool runs_on_device;    // run mode ACL_DEVICE (root complex board) instead of ACL_HOST
  uint32_t max_streams;   // per device
  uint32_t max_events;    // per device
  uint32_t ai_cores;
  uint32_t report_threads;  // threads that may process callbacks
};

inline constexpr std::string_view kDefaultSoc = "Ascend310P3";

std::span<const SocProfile> soc_profiles() noexcept;

// Exact name, in any letter case; null when unknown.
const SocProfile* find_soc_profile(std::string_view name) noexcept;

}  // namespace poacl
