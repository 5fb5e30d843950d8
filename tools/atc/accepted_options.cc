#include "atc/accepted_options.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include <nlohmann/json.hpp>

#include "frontend/onnx/import_error.h"

namespace poacl::atc {
namespace {

using nlohmann::json;
using onnx_frontend::import_error;

constexpr const char* kCompileOptions = "compile options";

// What is wrong with the text; empty when nothing is.
std::string fault_of(const std::string& text) {
  const json root = json::parse(text, nullptr, false);
  if (root.is_discarded()) return "it is no JSON";
  if (!root.is_object() || !root.contains(kCompileOptions)) {
    return fmt::format("it is no object with the member \"{}\"", kCompileOptions);
  }
  const json& options = root[kCompileOptions];
  if (!options.is_object()) return fmt::format("\"{}\" is no object", kCompileOptions);
  for (const auto& [level, values] : options.items()) {
    if (level != "global" && level != "session" && level != "graph") {
      return fmt::format("\"{}\" is none of global, session, graph", level);
    }
    if (!values.is_object()) return fmt::format("\"{}\" is no object", level);
  }
  return "";
}

Status check_raw_options(const std::string& path) {
  if (path.empty()) return {};
  errno = 0;
  std::ifstream file(path);
  std::string text;
  if (file) text.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  if (!file || file.bad()) {
    return import_error("E13001", "the file {}, named by --raw_ge_options, cannot be read: {}",
                        path, std::strerror(errno == 0 ? EIO : errno));
  }
  const std::string fault = fault_of(text);
  if (fault.empty()) return {};
  return import_error("E10032", "the file {}, named by --raw_ge_options, cannot be used: {}", path,
                      fault);
}

}  // namespace

Status check_accepted_options(const CommandLine& line) {
  if (line.has("optypelist_for_implmode") && !line.has("op_select_implmode")) {
    return import_error("E10001",
                        "--optypelist_for_implmode={} needs --op_select_implmode, which says what "
                        "mode the operators have",
                        line.get("optypelist_for_implmode"));
  }
  return check_raw_options(line.get("raw_ge_options"));
}

}  // namespace poacl::atc
