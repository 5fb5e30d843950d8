// One conversion: ONNX file -> .om.
#pragma once

#include "atc/settings.h"
#include "base/status.h"
#include "om/om_model.h"

namespace poacl::atc {

// Imports, optimises, lowers and writes. On failure no file and no new folder is left behind.
// Returns what the written model says about itself. Errors carry an E-code.
Result<OmInfo> convert(const Settings& settings);

}  // namespace poacl::atc
