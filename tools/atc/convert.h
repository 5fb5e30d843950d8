// One conversion: ONNX file -> .om.
#pragma once

#include <string>

#include "atc/model_graphs.h"
#include "atc/settings.h"
#include "base/status.h"
#include "om/om_model.h"

namespace poacl::atc {

// Imports, optimises, lowers and writes. On failure no .om and no new folder is left behind; when
// nodes of the model cannot be converted, or the user asks for it, the check report is written, and
// its path is given in notes->report_path. Returns what the written model says about itself. Errors
// carry an E-code.
Result<OmInfo> convert(const Settings& settings, ConversionNotes* notes);

// --mode=3: imports only and writes the check report, whatever comes out. E13004 when that fails.
Status check_model(const Settings& settings, ConversionNotes* notes);

}  // namespace poacl::atc
