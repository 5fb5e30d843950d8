// The gears' part of a description.
#pragma once

#include "model/model.h"

namespace poacl::model {

// Turns the description of the largest gear's graph into that of the model: open dimensions, sizes
// that serve every gear, the input that chooses. Nothing to do for a model without gears.
void describe_gears(const OmModel& om, Description& description);

}  // namespace poacl::model
