// libFuzzer: the texts of --input_shape, --input_shape_range and of the gear options either become
// shapes that fit together or give an error with an E-code and a sentence. The first byte chooses
// the option, a line break separates the shapes from the gears.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "atc/gears.h"
#include "atc/input_shape.h"

namespace {

using poacl::atc::InputShape;

void require(bool holds) {
  if (!holds) std::abort();
}

void require_error(const poacl::Status& status) {
  require(!status.message().empty() && status.tag().starts_with("E1"));
}

void check_shapes(const std::vector<InputShape>& shapes) {
  for (const InputShape& shape : shapes) {
    require(shape.range.empty() || shape.range.size() == shape.dims.size());
    require(!poacl::atc::shape_text(shape).empty());
    for (size_t i = 0; i < shape.dims.size(); ++i) {
      require(shape.dims[i] >= 1 || (shape.dims[i] == -1 && shape.open()));
      if (!shape.open()) continue;
      const poacl::DimRange& range = shape.range[i];
      require(range.min >= 1 && (range.max == -1 || range.max >= range.min));
    }
  }
}

void check_gears(const std::vector<InputShape>& shapes, const char* option,
                 const std::string& value, const char* format) {
  poacl::atc::CommandLine line;
  line.values[option] = value;
  const auto gears = poacl::atc::parse_gears(line, option, shapes, format);
  if (!gears.ok()) {
    require_error(gears.status());
    return;
  }
  require(gears->values.size() >= 2 && gears->values.size() <= 100);
  for (const auto& values : gears->values) {
    for (const auto& [name, dims] : poacl::atc::shapes_of_gear(shapes, gears->kind, values)) {
      for (const int64_t dim : dims) require(dim >= 1);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t end = std::min(text.find('\n'), text.size());
  const std::string shape_words = text.substr(0, end);
  const auto shapes = data[0] % 8 == 7 ? poacl::atc::parse_input_shape_range(shape_words)
                                       : poacl::atc::parse_input_shape(shape_words);
  if (!shapes.ok()) {
    require_error(shapes.status());
    return 0;
  }
  check_shapes(*shapes);
  const std::string gears = end < text.size() ? text.substr(end + 1) : std::string();
  constexpr const char* kOptions[] = {"dynamic_batch_size", "dynamic_image_size", "dynamic_dims"};
  constexpr const char* kFormats[] = {"NCHW", "NHWC", "ND"};
  check_gears(*shapes, kOptions[data[0] % 3], gears, kFormats[data[0] / 8 % 3]);
  return 0;
}
