#include "atc/input_shape.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "frontend/onnx/import_error.h"

namespace poacl::atc {
namespace {

using onnx_frontend::import_error;

constexpr std::string_view kForm = "the form is \"name1:1,3,224,224;name2:1,10\"";

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(trimmed(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  if (parts.back().empty()) parts.pop_back();  // a trailing separator, or nothing at all
  return parts;
}

Result<int64_t> parse_dim(std::string_view text, std::string_view entry) {
  if (text == "-1" || text.find('~') != std::string_view::npos) {
    return import_error("E10001",
                        "--input_shape has the open size \"{}\" in \"{}\"; PoACL does not yet "
                        "convert models whose shapes stay open until execution. Give every size as "
                        "a number, and convert once for each shape that is needed",
                        text, entry);
  }
  if (text.find('.') != std::string_view::npos) {
    return import_error("E10002", "--input_shape has \"{}\" in \"{}\": sizes are whole numbers; {}",
                        text, entry, kForm);
  }
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) {
    return import_error("E10014", "--input_shape has \"{}\" in \"{}\", which is not a number; {}",
                        text, entry, kForm);
  }
  int64_t value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) {
    return import_error("E10013", "--input_shape has the size {} in \"{}\", which is beyond int64",
                        text, entry);
  }
  if (value <= 0) {
    return import_error("E10011", "--input_shape has the size {} in \"{}\"; sizes are at least 1",
                        value, entry);
  }
  return value;
}

}  // namespace

Result<std::vector<std::pair<std::string, Dims>>> parse_input_shape(const std::string& text) {
  std::vector<std::pair<std::string, Dims>> shapes;
  for (const std::string_view entry : split(text, ';')) {
    const size_t colon = entry.rfind(':');
    if (colon == std::string_view::npos) {
      const bool open = entry == "-1" || entry.find("-1,") != std::string_view::npos ||
                        entry.find(",-1") != std::string_view::npos ||
                        entry.find('~') != std::string_view::npos;
      if (open) POACL_RETURN_IF_ERROR(parse_dim("-1", entry).status());
      const bool sizes = entry.find_first_not_of("0123456789, ") == std::string_view::npos;
      return import_error("E10002",
                          "\"{}\" in --input_shape must have a name and a value with a colon "
                          "between them: --input_shape=\"data:{}\" for a model whose input is "
                          "called data; {}",
                          entry, sizes && !entry.empty() ? entry : "1,3,224,224", kForm);
    }
    const std::string_view name = trimmed(entry.substr(0, colon));
    if (name.empty()) {
      return import_error("E10002", "\"{}\" in --input_shape has no name before the colon; {}",
                          entry, kForm);
    }
    Dims dims;
    for (const std::string_view part : split(entry.substr(colon + 1), ',')) {
      POACL_ASSIGN_OR_RETURN(const int64_t dim, parse_dim(part, entry));
      dims.push_back(dim);
    }
    const auto same = std::find_if(shapes.begin(), shapes.end(),
                                   [&](const auto& shape) { return shape.first == name; });
    if (same != shapes.end()) {
      return import_error("E10002",
                          "--input_shape names the input \"{}\" twice, with the shapes {} and {}; "
                          "give each input once",
                          name, dims_to_string(same->second), dims_to_string(dims));
    }
    shapes.emplace_back(std::string(name), std::move(dims));
  }
  return shapes;
}

}  // namespace poacl::atc
