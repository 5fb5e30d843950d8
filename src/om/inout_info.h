// The MODEL_INOUT_INFO partition: inputs and outputs for tools that do not decode the graph (spec:
// om-format section 6).
#pragma once

#include <string>

#include "om/om_model.h"

namespace poacl::om {

std::string make_inout_info(const OmModel& model);

}  // namespace poacl::om
