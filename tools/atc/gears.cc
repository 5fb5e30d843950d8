#include "atc/gears.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "atc/text.h"
#include "frontend/onnx/import_error.h"

namespace poacl::atc {
namespace {

using onnx_frontend::import_error;
using Values = std::vector<std::vector<int64_t>>;

constexpr size_t kFewestGears = 2;
constexpr size_t kMostGears = 100;
// The file holds gears as 32-bit numbers.
constexpr int64_t kLargestSize = std::numeric_limits<int32_t>::max();

constexpr std::pair<std::string_view, GearKind> kOptions[] = {
    {"dynamic_batch_size", GearKind::kBatch},
    {"dynamic_image_size", GearKind::kImage},
    {"dynamic_dims", GearKind::kDims}};

GearKind kind_of(std::string_view option) {
  for (const auto& [name, kind] : kOptions) {
    if (name == option) return kind;
  }
  return GearKind::kNone;
}

size_t open_count(const std::vector<InputShape>& shapes) {
  size_t count = 0;
  for (const InputShape& shape : shapes) {
    count += static_cast<size_t>(std::count(shape.dims.begin(), shape.dims.end(), -1));
  }
  return count;
}

Status check_named(const std::vector<InputShape>& shapes, std::string_view option) {
  for (const InputShape& shape : shapes) {
    if (shape.bounded) {
      return import_error("E10040",
                          "--input_shape has the range {} for \"{}\", but --{} lists the sizes; "
                          "write -1 where they vary",
                          shape_text(shape), shape.name, option);
    }
    if (shape.name.empty()) {
      return import_error("E10002",
                          "{} in --input_shape has no name before a colon, which --{} needs; the "
                          "form is \"name1:-1,3,224,224;name2:1,10\"",
                          shape_text(shape), option);
    }
  }
  return {};
}

Status check_some_open(const std::vector<InputShape>& shapes, GearKind kind,
                       std::string_view option) {
  if (open_count(shapes) != 0) return {};
  const char* code = kind == GearKind::kBatch   ? "E10031"
                     : kind == GearKind::kImage ? "E10019"
                                                : "E10001";
  return import_error(code,
                      "--{} needs -1 in --input_shape where the sizes vary, but the number of -1 "
                      "there is 0",
                      option);
}

Status check_batch_shapes(const std::vector<InputShape>& shapes) {
  for (const InputShape& shape : shapes) {
    if (shape.dims.empty()) {
      return import_error("E10012",
                          "the input \"{}\" in --input_shape is a scalar, which has no batch; "
                          "--dynamic_batch_size allows none",
                          shape.name);
    }
    const auto second = std::find(shape.dims.begin() + 1, shape.dims.end(), -1);
    if (second == shape.dims.end()) continue;
    return import_error("E10018",
                        "the input \"{}\" has -1 in dimension {} of {}; with --dynamic_batch_size "
                        "only dimension 0, the batch, may vary",
                        shape.name, second - shape.dims.begin(), shape_text(shape));
  }
  return {};
}

Status check_image_shapes(const std::vector<InputShape>& shapes, const std::string& format) {
  constexpr std::string_view kFormats[] = {"NCHW", "NHWC", "ND", "NCDHW", "NDHWC"};
  if (std::find(std::begin(kFormats), std::end(kFormats), format) == std::end(kFormats)) {
    return import_error("E10003",
                        "the value \"{}\" of --input_format is unknown; --dynamic_image_size "
                        "needs NCHW or NHWC to know where height and width are",
                        format);
  }
  const size_t height = format == "NHWC" ? 1 : 2;
  const bool placed = format == "NCHW" || format == "NHWC";
  for (const InputShape& shape : shapes) {
    if (!shape.open()) continue;
    bool fits = placed && shape.dims.size() == 4;
    for (size_t i = 0; i < shape.dims.size() && fits; ++i) {
      const bool varies = i == height || i == height + 1;
      fits = varies == (shape.dims[i] == -1);
    }
    if (fits) continue;
    return import_error("E10019",
                        "the input \"{}\" is {} in the format {}; with --dynamic_image_size an "
                        "input has 4 dimensions, NCHW or NHWC, and -1 for height and width only",
                        shape.name, shape_text(shape), format);
  }
  return {};
}

Result<int64_t> parse_value(std::string_view text, GearKind kind, std::string_view option) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) {
    return import_error(kind == GearKind::kDims ? "E10001" : "E10003",
                        "--{} has the value \"{}\", which is not a number of digits only", option,
                        text);
  }
  int64_t value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) {
    return import_error("E10013", "--{} has the size {}, which is beyond int64", option, text);
  }
  if (value == 0) {
    return import_error("E10038", "--{} has the size {}; sizes are greater than 0", option, text);
  }
  if (value > kLargestSize) {
    return import_error("E10001", "--{} has the size {}; at most {} is possible", option, text,
                        kLargestSize);
  }
  return value;
}

// Blanks within an image size are allowed, in the others they are not.
std::vector<std::string_view> split_plain(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

Status check_characters(const std::string& text, GearKind kind, std::string_view option) {
  if (kind == GearKind::kDims) {
    if (text.find_first_not_of(";, ") != std::string::npos) return {};
    return import_error("E10058",
                        "--{}=\"{}\" lists no sizes; the form is \"1,224;8,448\", a "
                        "size for every -1 of --input_shape",
                        option, text);
  }
  const char* allowed = kind == GearKind::kBatch ? "0123456789," : "0123456789,; ";
  const size_t wrong = text.find_first_not_of(allowed);
  if (wrong == std::string::npos) return {};
  return import_error("E10003", "--{}=\"{}\" has \"{}\", but only digits and {} are possible",
                      option, text, text.substr(wrong, 1),
                      kind == GearKind::kBatch ? "\",\"" : "\",\", \";\" and blanks");
}

Result<Values> split_values(std::string text, GearKind kind, std::string_view option) {
  POACL_RETURN_IF_ERROR(check_characters(text, kind, option));
  Values gears;
  const bool batch = kind == GearKind::kBatch;
  std::vector<std::string_view> parts = split_plain(text, batch ? ',' : ';');
  if (trimmed(parts.back()).empty()) parts.pop_back();
  for (const std::string_view part : parts) {
    std::vector<int64_t>& gear = gears.emplace_back();
    for (const std::string_view word : batch ? std::vector{part} : split_plain(part, ',')) {
      const std::string_view digits = kind == GearKind::kImage ? trimmed(word) : word;
      POACL_ASSIGN_OR_RETURN(const int64_t value, parse_value(digits, kind, option));
      gear.push_back(value);
    }
    if (kind == GearKind::kImage && gear.size() != 2) {
      return import_error("E10020",
                          "--{} has the gear \"{}\" with {} numbers; each is a pair, height,width, "
                          "as in \"416,416;832,832\"",
                          option, part, gear.size());
    }
  }
  return gears;
}

Status check_gears(const Values& gears, size_t open, GearKind kind, std::string_view option) {
  if (gears.size() < kFewestGears) {
    return import_error("E10035", "--{} lists {} gear{}; at least {} are needed", option,
                        gears.size(), gears.size() == 1 ? "" : "s", kFewestGears);
  }
  if (gears.size() > kMostGears) {
    return import_error("E10036", "--{} lists {} gears; at most {} are possible", option,
                        gears.size(), kMostGears);
  }
  for (size_t i = 0; i < gears.size(); ++i) {
    if (gears[i].size() != gears[0].size()) {
      return import_error("E10037", "--{} has gears of {} and of {} sizes: \"{}\" and \"{}\"",
                          option, gears[0].size(), gears[i].size(), fmt::join(gears[0], ","),
                          fmt::join(gears[i], ","));
    }
    if (std::find(gears.begin(), gears.begin() + static_cast<ptrdiff_t>(i), gears[i]) !=
        gears.begin() + static_cast<ptrdiff_t>(i)) {
      return import_error("E10039", "--{} has the gear \"{}\" twice", option,
                          fmt::join(gears[i], ","));
    }
  }
  if (kind == GearKind::kDims && gears[0].size() != open) {
    return import_error("E10003",
                        "--{} has {} sizes in the gear \"{}\", but --input_shape has -1 {} times "
                        "over all inputs",
                        option, gears[0].size(), fmt::join(gears[0], ","), open);
  }
  return {};
}

}  // namespace

Result<std::string> gear_option(const CommandLine& line) {
  std::vector<std::string> given;
  for (const auto& [name, kind] : kOptions) {
    // An empty list of shapes is an error of its own, other empty options count as left out.
    const bool empty_dims = kind == GearKind::kDims && line.values.contains(std::string(name));
    if (line.has(name) || empty_dims) given.emplace_back(name);
  }
  if (given.size() > 1 || (given.size() == 1 && line.has("input_shape_range"))) {
    if (line.has("input_shape_range")) given.emplace_back("input_shape_range");
    return import_error("E10009",
                        "--{} are given together, but of dynamic_batch_size, dynamic_image_size, "
                        "dynamic_dims and input_shape_range a model has one at most",
                        fmt::join(given, " and --"));
  }
  return given.empty() ? std::string() : given[0];
}

Result<GearSettings> parse_gears(const CommandLine& line, const std::string& option,
                                 const std::vector<InputShape>& shapes,
                                 const std::string& input_format) {
  GearSettings settings;
  settings.kind = kind_of(option);
  POACL_RETURN_IF_ERROR(check_named(shapes, option));
  POACL_RETURN_IF_ERROR(check_some_open(shapes, settings.kind, option));
  if (settings.kind == GearKind::kBatch) POACL_RETURN_IF_ERROR(check_batch_shapes(shapes));
  if (settings.kind == GearKind::kImage) {
    POACL_RETURN_IF_ERROR(check_image_shapes(shapes, input_format));
  }
  POACL_ASSIGN_OR_RETURN(settings.values, split_values(line.get(option), settings.kind, option));
  POACL_RETURN_IF_ERROR(check_gears(settings.values, open_count(shapes), settings.kind, option));
  return settings;
}

std::vector<std::pair<std::string, Dims>> shapes_of_gear(const std::vector<InputShape>& shapes,
                                                         GearKind kind,
                                                         const std::vector<int64_t>& values) {
  std::vector<std::pair<std::string, Dims>> result;
  size_t next = 0;
  for (const InputShape& shape : shapes) {
    if (kind != GearKind::kDims) next = 0;  // all inputs have the same batch, or height and width
    Dims dims = shape.dims;
    for (int64_t& dim : dims) {
      if (dim == -1 && next < values.size()) dim = values[next++];
    }
    result.emplace_back(shape.name, std::move(dims));
  }
  return result;
}

}  // namespace poacl::atc
