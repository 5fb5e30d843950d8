// `npu-smi info watch`: a row per device and second.
#pragma once

#include <optional>
#include <string>

#include "machine.h"

namespace poacl::smi {

// Letters of -s: p power, t temperature, a AI core, i AI CPU, c control CPU, m memory, b bandwidth,
// u NPU.
inline constexpr const char* kWatchColumns = "ptaicmbu";
inline constexpr const char* kWatchDefault = "ptaicmb";

std::string watch_header(const std::string& columns);
std::string watch_rows(const Machine& machine, const std::string& columns,
                       std::optional<int> only_device);

}  // namespace poacl::smi
