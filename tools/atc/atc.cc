#include "atc/atc.h"

#include <exception>

#include "atc/convert.h"
#include "atc/json_modes.h"
#include "atc/model_info.h"
#include "atc/options.h"
#include "atc/report.h"
#include "atc/settings.h"
#include "base/log.h"
#include "frontend/onnx/import_error.h"

namespace poacl::atc {
namespace {

constexpr int kFailed = 255;  // -1, as a shell sees it

Status show_om(const CommandLine& line, std::ostream& out) {
  for (const std::string& name : line.order) {
    if (name == "mode" || name == "om" || name == "log") continue;
    return onnx_frontend::import_error("E10057", "--mode=6 takes only --om, but --{} is given too",
                                       name);
  }
  if (!line.has("om")) {
    return onnx_frontend::import_error("E10004",
                                       "--mode=6 shows an offline model; --om must name it");
  }
  const Result<std::string> text = show_model_info(line.get("om"));
  if (!text.ok()) return text.status();
  out << *text;
  return {};
}

Status convert_model(const CommandLine& line, const std::string& command, std::ostream& out,
                     std::vector<std::string>& warnings) {
  Result<Settings> settings = check_options(line);
  if (!settings.ok()) return settings.status();
  settings->command = command;
  warnings = settings->warnings;
  ConversionNotes notes;
  const auto tell_report = [&] {
    if (notes.report_path.empty()) return;
    out << "The check of every node is in " << notes.report_path << "\n";
  };
  if (settings->check_only) {
    const Status status = check_model(*settings, &notes);
    tell_report();
    return status;
  }
  const Result<OmInfo> info = convert(*settings, &notes);
  tell_report();
  if (!info.ok()) return info.status();
  out << notes.precision;
  if (settings->display_model_info) {
    const Result<std::string> text = show_model_info(settings->output);
    if (!text.ok()) return text.status();
    out << *text;
  }
  return {};
}

Status run_mode(const CommandLine& line, const std::string& command, std::ostream& out,
                std::vector<std::string>& warnings) {
  const Result<LogLevel> level = log_level_option(line);
  if (!level.ok()) return level.status();
  set_log_level(*level);
  log(LogLevel::kInfo, "ATC", "{}", command);
  const Result<int> mode = conversion_mode(line);
  if (!mode.ok()) return mode.status();
  switch (*mode) {
    case 0:
    case 3:
      return convert_model(line, command, out, warnings);
    case 1:
      return om_to_json(line);
    case 5:
      return dumped_text_to_json(line);
    case 6:
      return show_om(line, out);
    default:
      return Status(onnx_frontend::kImportError,
                    with_solution(fmt::format("--mode={} is not supported yet; PoACL has modes 0 "
                                              "(convert), 1 and 5 (to JSON), 3 (check) and 6 (show "
                                              "an .om)",
                                              *mode),
                                  "Use --mode=0 (or leave --mode out) to convert a model, or "
                                  "--mode=6 --om=FILE.om to show one."),
                    "E10055");
  }
}

}  // namespace

int run_atc(std::span<const std::string> words, std::ostream& out, std::ostream& err) {
  const Result<CommandLine> line = parse_command_line(words);
  if (line.ok() && line->help) {
    out << usage_text();
    return 0;
  }
  out << "ATC start working now, please wait for a moment.\n" << std::flush;
  if (!line.ok()) {
    err << "ERROR: " << line.status().message() << "\n" << std::flush;
    out << "...\nATC run failed, Please check the detail log, Try 'atc --help' for more "
           "information\n"
        << std::flush;
    return kFailed;
  }
  std::vector<std::string> warnings;
  Status status;
  try {
    status = run_mode(*line, command_text(words), out, warnings);
  } catch (const std::exception& error) {
    status = Status(onnx_frontend::kImportError, error.what(), "E19999");
  }
  out << "...\n";
  if (status.ok()) {
    out << "ATC run success, welcome to the next use.\n";
  } else {
    log(LogLevel::kError, "ATC", "{}: {}", status.tag(), status.message());
    out << "ATC run failed, Please check the detail log, Try 'atc --help' for more information\n"
        << failure_text(status, *line);
  }
  for (const std::string& warning : warnings) out << "WARNING: " << warning << "\n";
  out << std::flush;
  return status.ok() ? 0 : kFailed;
}

}  // namespace poacl::atc
