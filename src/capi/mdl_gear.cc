#include "capi/mdl_gear.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace poacl::capi {
namespace {

std::string known_gears(const model::Description& description) {
  constexpr size_t kShown = 16;
  std::string text;
  for (size_t i = 0; i < description.gears.size() && i < kShown; ++i) {
    text += (i == 0 ? "" : "; ") + fmt::format("{}", fmt::join(description.gears[i].values, ","));
  }
  if (description.gears.size() > kShown) {
    text += fmt::format("; and {} more", description.gears.size() - kShown);
  }
  return text;
}

}  // namespace

std::string gear_text(GearKind kind, std::span<const int64_t> values) {
  // What was set for another model may have another number of values.
  if (kind == GearKind::kBatch && values.size() == 1) {
    return fmt::format("batch size {}", values[0]);
  }
  if (kind == GearKind::kImage && values.size() == 2) {
    return fmt::format("picture size {}x{} (height x width)", values[0], values[1]);
  }
  return fmt::format("sizes {}", fmt::join(values, ","));
}

Result<size_t> find_gear(const model::Description& description, std::span<const int64_t> values) {
  const auto& gears = description.gears;
  for (size_t i = 0; i < gears.size(); ++i) {
    if (std::equal(gears[i].values.begin(), gears[i].values.end(), values.begin(), values.end())) {
      return i;
    }
  }
  return Status(ACL_ERROR_GE_DYNAMIC_BATCH_SIZE_INVALID,
                fmt::format("{} is none of the gears that model {} ({}) was converted with: {}",
                            gear_text(description.gear_kind, values), description.model_id,
                            description.name, known_gears(description)));
}

Result<size_t> chosen_gear(const model::Description& description, const Dataset& inputs) {
  if (description.gears.empty()) return size_t{0};
  if (inputs.gear.empty()) return description.largest_gear;
  return find_gear(description, inputs.gear);
}

}  // namespace poacl::capi
