#include "atc/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/status.h"
#include "frontend/nearest_name.h"
#include "frontend/onnx/import_error.h"

namespace poacl::atc {
namespace {

using onnx_frontend::import_error;

constexpr std::string_view kTrueWords[] = {"1", "t", "true", "y", "yes"};
constexpr std::string_view kFalseWords[] = {"0", "f", "false", "n", "no"};

template <size_t N>
bool is_one_of(const std::string& word, const std::string_view (&words)[N]) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// "--soc-version=x" -> {"soc_version", "x"}; nothing for a word that is not an option.
struct Word {
  std::string name;
  std::optional<std::string> value;
};

std::optional<Word> split_option(const std::string& word) {
  if (word.size() < 2 || word[0] != '-') return std::nullopt;
  const size_t begin = word[1] == '-' ? 2 : 1;
  const size_t equals = word.find('=', begin);
  Word result;
  result.name = word.substr(begin, equals == std::string::npos ? equals : equals - begin);
  std::replace(result.name.begin(), result.name.end(), '-', '_');
  if (equals != std::string::npos) result.value = word.substr(equals + 1);
  return result;
}

bool is_known_option(const std::string& word) {
  const std::optional<Word> option = split_option(word);
  return option && find_option(option->name) != nullptr;
}

Status usage_error(std::string sentence) {
  return Status(onnx_frontend::kImportError, std::move(sentence));
}

Status unknown_option(const std::string& word, const std::string& name) {
  if (name.empty()) {
    return usage_error(fmt::format("\"{}\" has no option name after the dash", word));
  }
  std::vector<std::string> names;
  for (const OptionSpec& spec : option_table()) names.emplace_back(spec.name);
  const std::optional<std::string> nearest = nearest_name(name, names);
  return usage_error(fmt::format("unknown command line option \"--{}\"{}", name,
                                 nearest ? fmt::format(". Did you mean \"--{}\"?", *nearest) : ""));
}

std::string quoted(const std::string& value) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./%@^";
  if (!value.empty() && value.find_first_not_of(kPlain) == std::string::npos) return value;
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\' || c == '$' || c == '`') text += '\\';
    text += c;
  }
  return text + "\"";
}

// --name=value with quotes around the value where a shell needs them.
std::string option_text(const std::string& name, const std::string& value) {
  return "--" + name + "=" + (value.empty() ? "" : quoted(value));
}

}  // namespace

bool CommandLine::has(std::string_view name) const {
  return !get(name).empty();
}

std::string CommandLine::get(std::string_view name, std::string_view fallback) const {
  const auto it = values.find(std::string(name));
  return it == values.end() ? std::string(fallback) : it->second;
}

Result<CommandLine> parse_command_line(std::span<const std::string> words) {
  CommandLine line;
  for (size_t i = 0; i < words.size(); ++i) {
    std::optional<Word> option = split_option(words[i]);
    if (!option) {
      const bool after_empty = i > 0 && words[i - 1].ends_with("=");
      return usage_error(fmt::format(
          "\"{}\" is not an option: options are --name=value{}", words[i],
          after_empty ? fmt::format(". Is there a blank too many after \"{}\"?", words[i - 1])
                      : ", and a value with ';' or blanks needs quotes"));
    }
    const OptionSpec* spec = find_option(option->name);
    if (spec == nullptr) return unknown_option(words[i], option->name);
    if (!option->value) {
      const bool next_is_value = i + 1 < words.size() && !is_known_option(words[i + 1]);
      if (spec->may_stand_alone) {
        option->value = "true";
      } else if (next_is_value) {
        option->value = words[++i];
      } else {
        return usage_error(fmt::format("the option \"--{}\" has no value", option->name));
      }
    }
    if (line.values.count(option->name) == 0) line.order.push_back(option->name);
    line.values[option->name] = *option->value;
    if ((spec->name == "help" || spec->name == "h") && bool_value(*option->value, true)) {
      line.help = true;
    }
  }
  return line;
}

bool bool_value(const std::string& value, bool fallback) {
  return value.empty() ? fallback : is_one_of(value, kTrueWords);
}

Status check_value(const OptionSpec& spec, const std::string& value) {
  if (spec.kind == OptionKind::kBool) {
    if (value.empty() || is_one_of(value, kTrueWords) || is_one_of(value, kFalseWords)) return {};
    return import_error("E10003",
                        "the value \"{}\" of --{} is not a truth value (bool): true or "
                        "false is expected",
                        value, spec.name);
  }
  if (value.empty()) return {};
  std::string canonical = value;
  if (spec.kind == OptionKind::kInt) {
    int32_t number = 0;
    const char* begin = value.data() + (value[0] == '+' ? 1 : 0);
    const char* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(begin, end, number);
    if (error != std::errc() || stop != end) {
      return import_error("E10003", "the value \"{}\" of --{} is not an integer (int32)", value,
                          spec.name);
    }
    canonical = std::to_string(number);
  }
  if (spec.allowed.empty()) return {};
  std::vector<std::string> allowed;
  for (size_t begin = 0; begin <= spec.allowed.size();) {
    const size_t end = std::min(spec.allowed.find('|', begin), spec.allowed.size());
    allowed.emplace_back(spec.allowed.substr(begin, end - begin));
    begin = end + 1;
  }
  if (std::find(allowed.begin(), allowed.end(), canonical) != allowed.end()) return {};
  std::string message = fmt::format("the value \"{}\" of --{} is not one of {}", value, spec.name,
                                    fmt::join(allowed, ", "));
  const std::optional<std::string> nearest =
      spec.kind == OptionKind::kText ? nearest_name(value, allowed) : std::nullopt;
  if (nearest) {
    message = onnx_frontend::with_try(
        std::move(message) + fmt::format(". Did you mean \"{}\"?", *nearest),
        fmt::format("--{}={}", spec.name, *nearest));
  }
  return Status(onnx_frontend::kImportError, std::move(message), std::string(spec.code));
}

std::string corrected_command(const CommandLine& line, const std::string& option,
                              const std::string& value) {
  std::string text = "atc";
  bool placed = false;
  for (const std::string& name : line.order) {
    const bool replaced = name == option;
    placed = placed || replaced;
    text += " " + option_text(name, replaced ? value : line.get(name));
  }
  if (!placed) text += " " + option_text(option, value);
  return text;
}

std::string command_text(std::span<const std::string> words) {
  std::string text = "atc";
  for (const std::string& word : words) {
    const size_t equals = word.find('=');
    text += ' ';
    if (word.starts_with("-") && equals != std::string::npos) {
      text += word.substr(0, equals + 1);
      if (equals + 1 < word.size()) text += quoted(word.substr(equals + 1));
    } else {
      text += quoted(word);
    }
  }
  return text;
}

}  // namespace poacl::atc
