#include "atc/report.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "atc/error_texts.h"
#include "base/utf8.h"

namespace poacl::atc {
namespace {

constexpr std::string_view kTry = "\nTry: --";
constexpr std::string_view kSolution = "\nSolution: ";

std::string corrected(std::string_view attempt, const CommandLine& line) {
  const size_t equals = attempt.find('=');
  std::string_view value = attempt.substr(equals + 1);
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  return corrected_command(line, std::string(attempt.substr(0, equals)), std::string(value));
}

}  // namespace

std::string with_solution(std::string message, std::string_view solution) {
  return std::move(message) + std::string(kSolution) + std::string(solution);
}

std::string failure_text(const Status& status, const CommandLine& line) {
  const std::string code(status.tag().empty() ? "E19999" : status.tag());
  std::string_view message = status.message();
  std::string attempt;
  if (const size_t at = message.rfind(kTry); at != std::string_view::npos) {
    attempt = corrected(message.substr(at + kTry.size()), line);
    message = message.substr(0, at);
  }
  std::string_view solution;
  if (const size_t at = message.rfind(kSolution); at != std::string_view::npos) {
    solution = message.substr(at + kSolution.size());
    message = message.substr(0, at);
  }
  std::string text = fmt::format("{}: {}\n", code, message);
  if (const ErrorText* known = find_error_text(code)) {
    if (solution.empty()) solution = known->solution;
    text +=
        fmt::format("        Possible Cause: {}\n        Solution: {}\n", known->cause, solution);
  }
  if (!attempt.empty()) text += fmt::format("        Try: {}\n", attempt);
  // Names come from the model and may be no UTF-8; a reader of the output counts on it.
  return valid_utf8(text);
}

}  // namespace poacl::atc
