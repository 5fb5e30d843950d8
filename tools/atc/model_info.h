// What an .om says about itself (mode 6 and --display_model_info).
#pragma once

#include <string>

#include "base/status.h"

namespace poacl::atc {

// The block between the two ruler lines; sizes are those of the file's partitions. Files that were
// made for an NPU are shown too. E10041 when it is not an offline model, E13xxx when the file
// cannot be read.
Result<std::string> show_model_info(const std::string& path);

}  // namespace poacl::atc
