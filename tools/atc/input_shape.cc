#include "atc/input_shape.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "atc/text.h"
#include "frontend/onnx/import_error.h"

namespace poacl::atc {
namespace {

using onnx_frontend::import_error;

// What a size of -1 may be.
constexpr DimRange kAnySize{1, -1};

// The two options that say shapes.
struct Grammar {
  std::string_view option;
  std::string_view syntax_code;
  std::string_view letters_code;
  std::string_view form;
  std::string_view example;
};
constexpr Grammar kShape = {"--input_shape", "E10002", "E10014",
                            "the form is \"name1:1,3,224,224;name2:1,10\"", "1,3,224,224"};
constexpr Grammar kRange = {"--input_shape_range", "E10048", "E10048",
                            "the form is \"name1:[1~8,3,-1];name2:[5,3~9]\"", "[1~8,3,224,224]"};

class ShapeParser {
 public:
  explicit ShapeParser(const Grammar& grammar) : grammar_(grammar) {}

  Result<std::vector<InputShape>> parse(std::string_view text) {
    const auto entries = split_list(text, ';');
    const bool unnamed =
        !entries.empty() && std::all_of(entries.begin(), entries.end(), [](std::string_view e) {
          return e.find(':') == std::string_view::npos;
        });
    const bool open = text.find('~') != std::string_view::npos || has_open(text);
    std::vector<InputShape> shapes;
    for (const std::string_view entry : entries) {
      POACL_ASSIGN_OR_RETURN(InputShape shape, parse_entry(entry, unnamed && open));
      const auto same = std::find_if(shapes.begin(), shapes.end(), [&](const InputShape& known) {
        return !shape.name.empty() && known.name == shape.name;
      });
      if (same != shapes.end()) {
        return error(
            "{} names the input \"{}\" twice, with the shapes {} and {}; give each input "
            "once",
            grammar_.option, shape.name, shape_text(*same), shape_text(shape));
      }
      shapes.push_back(std::move(shape));
    }
    return shapes;
  }

 private:
  template <typename... Args>
  Status error(fmt::format_string<Args...> format, Args&&... args) const {
    return import_error(grammar_.syntax_code, format, std::forward<Args>(args)...);
  }

  static bool has_open(std::string_view text) {
    for (const std::string_view entry : split_list(text, ';')) {
      for (const std::string_view size : split_list(entry, ',')) {
        if (size == "-1" || size == "[-1" || size == "-1]" || size == "[-1]") return true;
      }
    }
    return false;
  }

  Result<InputShape> parse_entry(std::string_view entry, bool unnamed) const {
    InputShape shape;
    std::string_view sizes = entry;
    if (!unnamed) {
      const size_t colon = entry.rfind(':');
      if (colon == std::string_view::npos) return no_name(entry);
      shape.name = std::string(trimmed(entry.substr(0, colon)));
      if (shape.name.empty()) {
        return error("\"{}\" in {} has no name before the colon; {}", entry, grammar_.option,
                     grammar_.form);
      }
      sizes = trimmed(entry.substr(colon + 1));
    }
    if (&grammar_ == &kRange) {
      if (!sizes.starts_with('[') || !sizes.ends_with(']') || sizes.size() < 2) {
        return error("\"{}\" in {} has no brackets around its sizes; {}", entry, grammar_.option,
                     grammar_.form);
      }
      sizes = sizes.substr(1, sizes.size() - 2);
    }
    bool open = false;
    for (const std::string_view part : split_list(sizes, ',')) {
      POACL_ASSIGN_OR_RETURN(const DimRange range, parse_size(part, entry));
      const bool fixed = range.min == range.max;
      shape.dims.push_back(fixed ? range.min : -1);
      shape.range.push_back(range);
      shape.bounded = shape.bounded || part.find('~') != std::string_view::npos;
      open = open || !fixed;
    }
    if (!open) shape.range.clear();
    return shape;
  }

  Status no_name(std::string_view entry) const {
    const bool sizes = entry.find_first_not_of("0123456789, ") == std::string_view::npos;
    return error(
        "\"{}\" in {} must have a name and a value with a colon between them: "
        "{}=\"data:{}\" for a model whose input is called data; {}",
        entry, grammar_.option, grammar_.option, sizes && !entry.empty() ? entry : grammar_.example,
        grammar_.form);
  }

  Result<DimRange> parse_size(std::string_view text, std::string_view entry) const {
    if (text == "-1") return kAnySize;
    const size_t tilde = text.find('~');
    if (tilde == std::string_view::npos) {
      POACL_ASSIGN_OR_RETURN(const int64_t value, parse_number(text, entry));
      return DimRange{value, value};
    }
    DimRange range;
    POACL_ASSIGN_OR_RETURN(range.min, parse_number(trimmed(text.substr(0, tilde)), entry));
    const std::string_view end = trimmed(text.substr(tilde + 1));
    if (end == "-1") return DimRange{range.min, -1};
    POACL_ASSIGN_OR_RETURN(range.max, parse_number(end, entry));
    if (range.max < range.min) {
      return error("{} has the range \"{}\" in \"{}\", which ends before it begins; {}",
                   grammar_.option, text, entry, "write the smaller size first, as in 1~8");
    }
    return range;
  }

  Result<int64_t> parse_number(std::string_view text, std::string_view entry) const {
    if (text.find('.') != std::string_view::npos) {
      return error("{} has \"{}\" in \"{}\": sizes are whole numbers; {}", grammar_.option, text,
                   entry, grammar_.form);
    }
    const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) {
      return import_error(grammar_.letters_code,
                          "{} has \"{}\" in \"{}\", which is not a number; {}", grammar_.option,
                          text, entry, grammar_.form);
    }
    int64_t value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) {
      return import_error("E10013", "{} has the size {} in \"{}\", which is beyond int64",
                          grammar_.option, text, entry);
    }
    if (value <= 0) {
      return import_error("E10011", "{} has the size {} in \"{}\"; sizes are at least 1",
                          grammar_.option, value, entry);
    }
    return value;
  }

  const Grammar& grammar_;
};

}  // namespace

Result<std::vector<InputShape>> parse_input_shape(const std::string& text) {
  return ShapeParser(kShape).parse(text);
}

Result<std::vector<InputShape>> parse_input_shape_range(const std::string& text) {
  return ShapeParser(kRange).parse(text);
}

std::string shape_text(const InputShape& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.dims.size(); ++i) {
    if (i != 0) text += ',';
    const bool bounded = shape.dims[i] < 0 && shape.range[i].max >= 0;
    text += bounded ? fmt::format("{}~{}", shape.range[i].min, shape.range[i].max)
                    : std::to_string(shape.dims[i]);
  }
  return text + "]";
}

}  // namespace poacl::atc
