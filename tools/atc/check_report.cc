#include "atc/check_report.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <nlohmann/json.hpp>

#include "frontend/onnx/import_error.h"

namespace poacl::atc {
namespace {

// Keeps the order in which keys are set.
using Json = nlohmann::ordered_json;

Json op_entry(const NodeReport& node) {
  Json entry;
  entry["name"] = node.name;
  entry["type"] = node.op_type;
  entry["domain"] = node.domain;
  entry["opset"] = node.opset;
  entry["result"] = node.faults.empty() ? "success" : "failed";
  Json causes = Json::array();
  for (const NodeFault& fault : node.faults) {
    causes.push_back({{"code", fault.code}, {"message", fault.reason}, {"solution", fault.advice}});
  }
  entry["cause"] = std::move(causes);
  return entry;
}

}  // namespace

std::string check_report_path(const CommandLine& line) {
  if (line.has("check_report")) return line.get("check_report");
  const char* folder = std::getenv("ASCEND_WORK_PATH");
  const std::filesystem::path name = "check_result.json";
  return folder == nullptr || *folder == '\0' ? name.string()
                                              : (std::filesystem::path(folder) / name).string();
}

std::string check_report_text(const std::string& name, const ImportReport& report,
                              const Status& outcome) {
  const auto failed = std::count_if(report.nodes.begin(), report.nodes.end(),
                                    [](const NodeReport& node) { return !node.faults.empty(); });
  const auto total = static_cast<int64_t>(report.nodes.size());
  Json json;
  json["name"] = name;
  json["result"] = outcome.ok() ? "success" : "failed";
  json["total"] = total;
  json["pass"] = total - failed;
  json["fail"] = failed;
  if (!outcome.ok() && failed == 0) {
    json["cause"] = Json::array(
        {{{"code", std::string(outcome.tag())}, {"message", std::string(outcome.message())}}});
  }
  json["op"] = Json::array();
  for (const NodeReport& node : report.nodes) json["op"].push_back(op_entry(node));
  // Names come from the file and may be no UTF-8.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Status write_check_report(const std::string& path, const std::string& text) {
  const std::string part = path + ".part";
  {
    std::ofstream file(part, std::ios::binary | std::ios::trunc);
    file << text << std::flush;
    if (!file) {
      const int reason = errno;
      std::error_code ignored;
      std::filesystem::remove(part, ignored);
      return onnx_frontend::import_error("E13004", "the check report {} cannot be written: {}",
                                         path, std::strerror(reason));
    }
  }
  std::error_code error;
  std::filesystem::rename(part, path, error);
  if (!error) return {};
  std::error_code ignored;
  std::filesystem::remove(part, ignored);
  return onnx_frontend::import_error("E13004", "the check report {} cannot be written: {}", path,
                                     error.message());
}

}  // namespace poacl::atc
