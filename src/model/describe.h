// OmModel -> Description.
#pragma once

#include <memory>

#include "model/model.h"

namespace poacl::model {

// `id` 0 for a model that is not loaded.
std::shared_ptr<Description> make_description(const OmModel& om, uint32_t id);

}  // namespace poacl::model
