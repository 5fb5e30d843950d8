#include "atc/settings.h"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <system_error>

#include "atc/accepted_options.h"
#include "atc/check_report.h"
#include "atc/input_shape.h"
#include "atc/output_path.h"
#include "atc/output_type.h"
#include "atc/precision.h"
#include "atc/report.h"
#include "atc/text.h"
#include "frontend/onnx/import_error.h"

namespace poacl::atc {
namespace {

using onnx_frontend::import_error;
using onnx_frontend::with_try;

Status error_with_try(std::string_view code, std::string message, std::string_view option) {
  return Status(onnx_frontend::kImportError, with_try(std::move(message), option),
                std::string(code));
}

Status check_listed(const CommandLine& line, std::string_view name) {
  return check_value(*find_option(name), line.get(name));
}

Status not_yet(std::string_view option, std::string_view more = {}) {
  const OptionSpec& spec = *find_option(option);
  return Status(onnx_frontend::kImportError,
                with_solution(fmt::format("--{} asks for {}, which PoACL does not support yet{}",
                                          option, spec.help, more),
                              spec.way_out),
                "E10055");
}

Status check_exists(const CommandLine& line, std::string_view option, std::string_view code) {
  const std::string path = line.get(option);
  struct stat info {};
  if (path.empty() || ::stat(path.c_str(), &info) == 0) return {};
  return import_error(code, "the file {}, named by --{}, cannot be found", path, option);
}

Status check_report_target(const std::string& model, const std::string& report) {
  std::error_code missing;
  if (!std::filesystem::equivalent(model, report, missing)) return {};
  return error_with_try("E10001",
                        fmt::format("--check_report={} is the model file itself, which would be "
                                    "lost; give the report another name",
                                    report),
                        "--check_report=check_result.json");
}

bool on(const CommandLine& line, std::string_view name) {
  const std::string value = line.get(name);
  return !value.empty() && value.find_first_not_of("+0") != std::string::npos;
}

Status check_deterministic(const CommandLine& line) {
  POACL_RETURN_IF_ERROR(check_listed(line, "deterministic"));
  POACL_RETURN_IF_ERROR(check_listed(line, "deterministic_level"));
  if (!line.has("deterministic_level")) return {};
  if (on(line, "deterministic") == on(line, "deterministic_level")) return {};
  return import_error("E10001",
                      "--deterministic={} and --deterministic_level={} contradict each other: both "
                      "are 0 or both are not",
                      line.get("deterministic", "0"), line.get("deterministic_level", "0"));
}

Status check_framework(const CommandLine& line) {
  if (!line.has("framework")) {
    const bool onnx = line.get("model").ends_with(".onnx");
    return error_with_try("E10007",
                          fmt::format("--framework is missing; it says what made the model{}",
                                      onnx ? ": 5 for this .onnx file" : ""),
                          "--framework=5");
  }
  POACL_RETURN_IF_ERROR(check_listed(line, "framework"));
  const int number = std::stoi(line.get("framework"));
  if (number == 0 && !line.has("weight")) {
    return import_error("E10008", "--weight is missing; a Caffe model (--framework=0) needs it");
  }
  if (number == 5) return {};
  constexpr std::string_view kNames[] = {"Caffe", "MindSpore", "", "TensorFlow"};
  return Status(
      onnx_frontend::kImportError,
      with_solution(fmt::format("--framework={} ({}) is not supported yet: this version of PoACL "
                                "converts ONNX models (--framework=5)",
                                number, kNames[number]),
                    fmt::format("Export the model from {} to ONNX and convert the .onnx file with "
                                "--framework=5.",
                                kNames[number])),
      "E10055");
}

Status check_soc(const std::string& soc) {
  constexpr std::string_view kPrefix = "Ascend";
  const auto allowed = [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; };
  if (soc.size() > kPrefix.size() && soc.size() < 64 && soc.starts_with(kPrefix) &&
      std::all_of(soc.begin(), soc.end(), allowed)) {
    return {};
  }
  return error_with_try("E10001",
                        fmt::format("the value \"{}\" of --soc_version is not a chip name; such "
                                    "names begin with Ascend, for instance Ascend310, "
                                    "Ascend310P3, Ascend310B4, Ascend910B",
                                    soc),
                        "--soc_version=Ascend310P3");
}

// A check alone (--mode=3) needs the model only.
Status check_required(const CommandLine& line, bool check_only) {
  constexpr std::pair<std::string_view, std::string_view> kRequired[] = {
      {"soc_version", "--soc_version=Ascend310P3"},
      {"output", "--output=model"},
      {"model", "--model=model.onnx"}};
  for (const auto& [name, example] : kRequired) {
    if (line.has(name) || (check_only && name != "model")) continue;
    return error_with_try(
        "E10054", fmt::format("the required option --{} is missing or empty", name), example);
  }
  return line.has("soc_version") ? check_soc(line.get("soc_version")) : Status();
}

Status check_precision(const CommandLine& line, Settings& settings) {
  if (line.has("optypelist_for_implmode") && !line.has("op_select_implmode")) {
    return error_with_try("E10001",
                          fmt::format("--optypelist_for_implmode={} needs --op_select_implmode, "
                                      "which says what those operators are chosen for",
                                      line.get("optypelist_for_implmode")),
                          "--op_select_implmode=high_precision");
  }
  POACL_RETURN_IF_ERROR(check_exists(line, "customize_dtypes", "E13001"));
  POACL_ASSIGN_OR_RETURN(settings.precision, precision_rules(line));
  return {};
}

// The shapes of the inputs, and which of them are chosen at execution.
Status check_shapes(const CommandLine& line, Settings& settings) {
  POACL_ASSIGN_OR_RETURN(const std::string option, gear_option(line));
  if (!option.empty() && !line.has("input_shape")) {
    return import_error("E10004", "--{} needs --input_shape, with -1 where the sizes vary", option);
  }
  POACL_ASSIGN_OR_RETURN(settings.input_shapes, parse_input_shape(line.get("input_shape")));
  if (!option.empty()) {
    POACL_ASSIGN_OR_RETURN(settings.gears,
                           parse_gears(line, option, settings.input_shapes, settings.input_format));
  }
  if (settings.gears.kind == GearKind::kDims && settings.input_format != "ND") {
    settings.warnings.push_back(
        fmt::format("--dynamic_dims is meant for --input_format=ND; inputs are labelled {}",
                    settings.input_format));
  }
  if (!line.has("input_shape_range")) return {};
  const bool ignored = line.has("input_shape");
  settings.warnings.push_back(
      fmt::format("--input_shape_range is deprecated{}; write the ranges in --input_shape, as in "
                  "\"data:1~8,3,224,224\"",
                  ignored ? " and ignored beside --input_shape" : ""));
  if (ignored) return {};
  POACL_ASSIGN_OR_RETURN(settings.input_shapes,
                         parse_input_shape_range(line.get("input_shape_range")));
  return {};
}

Status check_aipp(const CommandLine& line, Settings& settings) {
  settings.aipp_config = line.get("insert_op_conf");
  if (settings.aipp_config.empty() || settings.gears.kind != GearKind::kDims) return {};
  return import_error(
      "E10001",
      "--insert_op_conf={} cannot be given together with --dynamic_dims: AIPP needs "
      "pictures, whose size --dynamic_image_size or --dynamic_batch_size can vary",
      settings.aipp_config);
}

Status check_input_format(const Settings& settings) {
  const std::string& format = settings.input_format;
  const bool listed = format == "NCHW" || format == "NCDHW" || format == "ND";
  if (listed && (settings.aipp_config.empty() || format == "NCHW")) return {};
  return error_with_try(
      "E10001",
      fmt::format("the value \"{}\" of --input_format is not {}", format,
                  listed ? "NCHW, which --insert_op_conf needs with an ONNX model"
                         : "one of NCHW, NCDHW, ND, which an ONNX model can have"),
      "--input_format=NCHW");
}

// "false,0,false": one word for each input or output.
Result<bool> asks_for_device_layout(const CommandLine& line, std::string_view name) {
  bool asked = false;
  const std::string value = line.get(name);
  for (size_t begin = 0; begin <= value.size();) {
    const size_t end = std::min(value.find(',', begin), value.size());
    const std::string_view word = std::string_view(value).substr(begin, end - begin);
    begin = end + 1;
    if (word == "false" || word == "0") continue;
    if (word != "true" && word != "1") {
      return import_error("E10005",
                          "the value \"{}\" of --{} must be true or false, or several of these "
                          "with commas between them",
                          value, name);
    }
    asked = true;
  }
  return asked;
}

Result<bool> is_off(const CommandLine& line, std::string_view name) {
  if (!name.ends_with("_adjust_hw_layout")) return false;
  POACL_ASSIGN_OR_RETURN(const bool asked, asks_for_device_layout(line, name));
  return !asked;
}

// Options with the same rule for all: a fixed list of values, or "not yet".
Status check_others(const CommandLine& line) {
  for (const OptionSpec& spec : option_table()) {
    POACL_RETURN_IF_ERROR(check_value(spec, line.get(spec.name)));
    if (spec.use == OptionUse::kLater && line.has(spec.name)) {
      POACL_ASSIGN_OR_RETURN(const bool off, is_off(line, spec.name));
      if (!off) return not_yet(spec.name);
    }
  }
  return {};
}

// The value is one of the list, or is refused with the other options.
WeightFiles weight_files(const CommandLine& line) {
  const std::string value = line.get("external_weight", "0");
  return value == "1"   ? WeightFiles::kEach
         : value == "2" ? WeightFiles::kTogether
                        : WeightFiles::kInside;
}

std::vector<std::string> names_in(const std::string& text) {
  std::vector<std::string> names;
  for (const std::string_view name : split_list(text, ';')) {
    if (!name.empty()) names.emplace_back(name);
  }
  return names;
}

void collect_warnings(const CommandLine& line, Settings& settings) {
  if (line.has("auto_tune_mode")) {
    settings.warnings.push_back("--auto_tune_mode is no longer part of atc and has no effect");
  }
  if (line.has("weight")) {
    settings.warnings.push_back("--weight is not used for an ONNX model");
  }
  if (line.has("op_select_implmode")) {
    settings.warnings.push_back("--op_select_implmode is deprecated and has no effect on a CPU");
  }
}

}  // namespace

Result<int> conversion_mode(const CommandLine& line) {
  if (!line.has("mode")) return 0;
  POACL_RETURN_IF_ERROR(check_listed(line, "mode"));
  return std::stoi(line.get("mode"));
}

Result<LogLevel> log_level_option(const CommandLine& line) {
  POACL_RETURN_IF_ERROR(check_listed(line, "log"));
  const std::string name = line.get("log", "null");
  constexpr std::pair<std::string_view, LogLevel> kLevels[] = {{"debug", LogLevel::kDebug},
                                                               {"info", LogLevel::kInfo},
                                                               {"warning", LogLevel::kWarning},
                                                               {"error", LogLevel::kError}};
  for (const auto& [text, level] : kLevels) {
    if (name == text) return level;
  }
  return LogLevel::kNone;
}

Result<Settings> check_options(const CommandLine& line) {
  Settings settings;
  POACL_ASSIGN_OR_RETURN(settings.log_level, log_level_option(line));
  collect_warnings(line, settings);
  POACL_RETURN_IF_ERROR(check_deterministic(line));
  if (line.has("singleop")) return not_yet("singleop");
  POACL_RETURN_IF_ERROR(check_framework(line));
  POACL_ASSIGN_OR_RETURN(const int mode, conversion_mode(line));
  settings.check_only = mode == 3;
  settings.check_report = check_report_path(line);
  settings.report_asked = line.has("check_report");
  POACL_RETURN_IF_ERROR(check_required(line, settings.check_only));
  settings.soc_version = line.get("soc_version");
  settings.model = line.get("model");
  POACL_RETURN_IF_ERROR(check_model_path(settings.model));
  if (!settings.check_only || line.has("output")) {
    POACL_ASSIGN_OR_RETURN(settings.output, om_path(line.get("output")));
    POACL_RETURN_IF_ERROR(check_not_same(settings.model, settings.output));
  }
  POACL_RETURN_IF_ERROR(check_report_target(settings.model, settings.check_report));
  POACL_RETURN_IF_ERROR(check_precision(line, settings));
  if (line.has("input_format")) settings.input_format = line.get("input_format");
  settings.weight_files = weight_files(line);
  POACL_RETURN_IF_ERROR(check_shapes(line, settings));
  POACL_RETURN_IF_ERROR(check_aipp(line, settings));
  POACL_RETURN_IF_ERROR(read_keep_dtype(line, &settings.precision));
  if (line.has("compress_weight_conf") && line.has("enable_compress_weight")) {
    return import_error("E10047",
                        "--enable_compress_weight and --compress_weight_conf exclude each "
                        "other");
  }
  POACL_RETURN_IF_ERROR(check_others(line));
  POACL_RETURN_IF_ERROR(check_accepted_options(line));

  POACL_RETURN_IF_ERROR(check_input_format(settings));
  settings.fp16_inputs = names_in(line.get("input_fp16_nodes"));
  settings.out_nodes = names_in(line.get("out_nodes"));
  POACL_ASSIGN_OR_RETURN(settings.output_types, parse_output_type(line.get("output_type")));
  POACL_RETURN_IF_ERROR(check_named_outputs(settings.output_types, settings.out_nodes));
  settings.display_model_info = on(line, "display_model_info");
  return settings;
}

}  // namespace poacl::atc
