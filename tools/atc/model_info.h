// What an .om says about itself (mode 6 and --display_model_info).
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "om/om_model.h"

namespace poacl::atc {

// The block between the two ruler lines; `file_size` in bytes.
std::string model_info_text(const OmInfo& info, uint64_t file_size);

// The same for a file. E10041 when it is not an offline model of ours, E13026 when missing.
Result<std::string> show_model_info(const std::string& path);

}  // namespace poacl::atc
