// The gear that an execution of a model with gears uses (spec: model section 6).
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "capi/mdl_dataset.h"
#include "model/model.h"

namespace poacl::capi {

// "batch size 4", "picture size 224x320", "sizes 1,224", for sentences.
std::string gear_text(GearKind kind, std::span<const int64_t> values);

// The gear with exactly these values; 145013 naming those there are.
Result<size_t> find_gear(const model::Description& description, std::span<const int64_t> values);

// The gear that was set on the dataset; the largest one when none was. 0 for a model without gears.
// 145013 when what was set, for another model, is no gear of this one.
Result<size_t> chosen_gear(const model::Description& description, const Dataset& inputs);

}  // namespace poacl::capi
