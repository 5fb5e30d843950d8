// --dynamic_batch_size, --dynamic_image_size and --dynamic_dims (spec: dynamic-shape section 2).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "atc/input_shape.h"
#include "atc/options.h"
#include "base/status.h"
#include "om/om_gears.h"

namespace poacl::atc {

struct GearSettings {
  GearKind kind = GearKind::kNone;
  std::vector<std::vector<int64_t>> values;  // as OmGears::values

  bool empty() const { return kind == GearKind::kNone; }
};

// The name of the option that is given, "" when none is. E10009 for more than one of the three and
// --input_shape_range.
Result<std::string> gear_option(const CommandLine& line);

// What the option says, checked against the shapes of --input_shape. `input_format` is the one that
// is in force. Every error names the value and is one of dynamic-shape section 2.
Result<GearSettings> parse_gears(const CommandLine& line, const std::string& option,
                                 const std::vector<InputShape>& shapes,
                                 const std::string& input_format);

// The shapes of one gear.
std::vector<std::pair<std::string, Dims>> shapes_of_gear(const std::vector<InputShape>& shapes,
                                                         GearKind kind,
                                                         const std::vector<int64_t>& values);

}  // namespace poacl::atc
