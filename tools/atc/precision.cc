#include "atc/precision.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "atc/report.h"
#include "atc/text.h"
#include "frontend/onnx/import_error.h"

namespace poacl::atc {
namespace {

using nlohmann::json;
using onnx_frontend::import_error;

constexpr size_t kMostKeptShown = 8;

Result<std::string> read_named_file(const CommandLine& line, std::string_view option,
                                    std::string_view code) {
  const std::string path = line.get(option);
  errno = 0;
  std::ifstream file(path);
  std::string text;
  if (file) text.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  if (!file || file.bad()) {
    return import_error(code, "the file {}, named by --{}, cannot be read: {}", path, option,
                        std::strerror(errno == 0 ? EIO : errno));
  }
  return text;
}

// {"black-list": {"to-add": ["Type"]}, ...}; the other lists say what may be lowered, which the
// accuracy measured at conversion decides here.
Status read_mixlist(const CommandLine& line, PrecisionRules* rules) {
  if (!line.has("modify_mixlist")) return {};
  if (!rules->bf16) {
    return import_error(
        "E10001", "--modify_mixlist={} needs a mixed precision mode, but the mode is \"{}\"",
        line.get("modify_mixlist"), line.get("precision_mode") + line.get("precision_mode_v2"));
  }
  POACL_ASSIGN_OR_RETURN(const std::string text, read_named_file(line, "modify_mixlist", "E13001"));
  const json root = json::parse(text, nullptr, false);
  if (!root.is_object()) {
    return import_error("E10032", "the file {}, named by --modify_mixlist, is no JSON object",
                        line.get("modify_mixlist"));
  }
  for (const auto& [name, list] : root.items()) {
    if (!list.is_object()) {
      return import_error("E10032",
                          "\"{}\" in {} is no object with the lists \"to-add\" and \"to-remove\"",
                          name, line.get("modify_mixlist"));
    }
    if (name != "black-list" || !list.contains("to-add")) continue;
    for (const json& type : list["to-add"]) {
      if (type.is_string()) rules->float_types.push_back(type.get<std::string>());
    }
  }
  return {};
}

// [ByOpType] and [ByNodeName] sections of name=mode.
Status read_op_precision(const CommandLine& line, PrecisionRules* rules) {
  if (!line.has("op_precision_mode")) return {};
  POACL_ASSIGN_OR_RETURN(const std::string text,
                         read_named_file(line, "op_precision_mode", "E13001"));
  std::string_view section;
  for (const std::string_view entry : split_list(text, '\n')) {
    if (entry.starts_with('[')) section = entry;
    const size_t equals = entry.find('=');
    if (equals == std::string_view::npos || trimmed(entry.substr(equals + 1)) != "high_precision") {
      continue;
    }
    const std::string name(trimmed(entry.substr(0, equals)));
    if (section == "[ByOpType]") rules->float_types.push_back(name);
    if (section == "[ByNodeName]") rules->float_nodes.push_back(name);
  }
  return {};
}

}  // namespace

Result<PrecisionRules> precision_rules(const CommandLine& line) {
  PrecisionRules rules;
  POACL_RETURN_IF_ERROR(read_op_precision(line, &rules));
  if (line.has("precision_mode") && line.has("precision_mode_v2")) {
    return import_error("E10056",
                        "--precision_mode={} and --precision_mode_v2={} exclude each other",
                        line.get("precision_mode"), line.get("precision_mode_v2"));
  }
  for (const std::string_view option : {"precision_mode", "precision_mode_v2"}) {
    const std::string mode = line.get(option);
    POACL_RETURN_IF_ERROR(check_value(*find_option(option), mode));
    rules.bf16 = rules.bf16 || mode.starts_with("allow_mix_precision") || mode == "mixed_float16" ||
                 mode == "mixed_bfloat16";
  }
  POACL_RETURN_IF_ERROR(read_mixlist(line, &rules));
  return rules;
}

Status read_keep_dtype(const CommandLine& line, PrecisionRules* rules) {
  if (!line.has("keep_dtype")) return {};
  POACL_ASSIGN_OR_RETURN(const std::string text, read_named_file(line, "keep_dtype", "E10410"));
  constexpr std::string_view kType = "OpType::";
  for (const std::string_view entry : split_list(text, '\n')) {
    if (entry.empty()) continue;
    if (entry.starts_with(kType)) {
      rules->float_types.emplace_back(entry.substr(kType.size()));
    } else {
      rules->float_nodes.emplace_back(entry);
    }
  }
  return {};
}

std::string precision_text(const PrecisionReport& report) {
  std::string text = fmt::format(
      "Precision: {} of {} products and convolutions may compute in "
      "bfloat16, with sums in float32",
      report.candidates - report.kept.size(), report.candidates);
  if (report.measured) {
    text += fmt::format("; that changes no result of theirs by more than {:.2g} of its size",
                        report.worst_error);
    if (report.cosine) {
      text += fmt::format(
          ", and the model's outputs have a cosine of {:.6f} to float32 on made-up "
          "inputs",
          *report.cosine);
    }
  } else if (report.candidates > report.kept.size()) {
    text += "; what that does to them was not measured, since the shapes are open";
  }
  text += ".\n";
  for (size_t i = 0; i < report.kept.size() && i < kMostKeptShown; ++i) {
    const PrecisionReport::Kept& kept = report.kept[i];
    text += fmt::format("  {} ({}) stays float32: {}.\n", kept.node, kept.type, kept.reason);
  }
  if (report.kept.size() > kMostKeptShown) {
    text += fmt::format("  and {} more.\n", report.kept.size() - kMostKeptShown);
  }
  return text;
}

}  // namespace poacl::atc
