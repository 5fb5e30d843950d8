// One aipp_op block of a configuration file.
#pragma once

#include "aipp/aipp.pb.h"
#include "frontend/aipp/aipp_config.h"

namespace poacl {

// E10052 for fields that are missing, out of range, or given twice. Clears what its switches turn
// off.
Result<AippOp> read_aipp_op(aipp_text::AippOp* text);

}  // namespace poacl
