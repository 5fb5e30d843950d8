// The profiler section of the configuration file (spec dump-prof-log section 5).
#include <algorithm>
#include <charconv>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "acl/acl_base.h"
#include "runtime/acl_config.h"

namespace poacl::runtime {
namespace {

using Json = nlohmann::json;

Status bad(std::string sentence) {
  return Status(ACL_ERROR_INVALID_PROFILING_CONFIG, "profiler: " + std::move(sentence), "EK0003");
}

constexpr std::string_view kOnOff[] = {"on", "off"};
constexpr std::string_view kTaskLevels[] = {"on", "off", "l0", "l1", "l2", "l3"};
constexpr std::string_view kApiLevels[] = {"off", "l0", "l1"};
constexpr std::string_view kAccesses[] = {"read", "write"};
constexpr std::string_view kHostParts[] = {"cpu", "mem", "disk", "network", "osrt", "numa"};
constexpr std::string_view kHostUsages[] = {"cpu", "mem"};

struct Choice {
  const char* key;
  std::span<const std::string_view> values;
  bool is_list = false;  // several, with commas between
};

constexpr Choice kSwitch = {"switch", kOnOff};
constexpr Choice kChoices[] = {
    {"aicpu", kOnOff},
    {"l2", kOnOff},
    {"hccl", kOnOff},
    {"msproftx", kOnOff},
    {"runtime_api", kOnOff},
    {"task_tsfw", kOnOff},
    {"ascendcl", kOnOff},
    {"task_memory", kOnOff},
    {"instr_profiling", kOnOff},
    {"task_time", kTaskLevels},
    {"task_trace", kTaskLevels},
    {"ge_api", kApiLevels},
    {"llc_profiling", kAccesses},
    {"host_sys", kHostParts, true},
    {"host_sys_usage", kHostUsages, true},
};

struct Frequency {
  const char* key;
  uint64_t least;
  uint64_t most;
};

constexpr Frequency kFrequencies[] = {
    {"instr_profiling_freq", 300, 30000},
    {"sys_hardware_mem_freq", 1, 100},
    {"sys_io_sampling_freq", 1, 100},
    {"dvpp_freq", 1, 100},
    {"sys_lp_freq", 1, 100},
    {"sys_interconnection_freq", 1, 50},
    {"sys_cpu_freq", 1, 50},
    {"host_sys_usage_freq", 1, 50},
};

constexpr std::string_view kMetrics[] = {"ArithmeticUtilization",
                                         "PipeUtilization",
                                         "Memory",
                                         "MemoryL0",
                                         "MemoryUB",
                                         "ResourceConflictRatio",
                                         "L2Cache",
                                         "MemoryAccess",
                                         "PipelineExecuteUtilization"};

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

bool number(std::string_view text, uint64_t& value) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && stop == text.data() + text.size() && !text.empty();
}

Status check_choice(const Json& section, const Choice& choice) {
  const auto it = section.find(choice.key);
  if (it == section.end()) return {};
  const std::string value = text_of(*it);
  std::string_view rest = value;
  while (true) {
    const size_t comma = choice.is_list ? rest.find(',') : std::string_view::npos;
    const std::string_view part = rest.substr(0, comma);
    if (std::find(choice.values.begin(), choice.values.end(), part) == choice.values.end()) {
      return bad(fmt::format("{} '{}': '{}' is unknown, use {}", choice.key, value, part,
                             fmt::join(choice.values, ", ")));
    }
    if (comma == std::string_view::npos) return {};
    rest.remove_prefix(comma + 1);
  }
}

Status check_frequency(const Json& section, const Frequency& frequency) {
  const auto it = section.find(frequency.key);
  if (it == section.end()) return {};
  uint64_t value = 0;
  if (number(text_of(*it), value) && value >= frequency.least && value <= frequency.most) return {};
  return bad(fmt::format("{} is {}, but must be {} to {}", frequency.key, it->dump(),
                         frequency.least, frequency.most));
}

// "200MB" to "4294967295MB".
Status check_storage(const Json& section) {
  const auto it = section.find("storage_limit");
  if (it == section.end()) return {};
  const std::string text = text_of(*it);
  uint64_t value = 0;
  if (text.size() > 2 && text.ends_with("MB") &&
      number(std::string_view(text).substr(0, text.size() - 2), value) && value >= 200 &&
      value <= 4294967295) {
    return {};
  }
  return bad(fmt::format("storage_limit '{}' must be 200MB to 4294967295MB", text));
}

Status check_metrics(const Json& section) {
  const auto it = section.find("aic_metrics");
  if (it == section.end()) return {};
  const std::string text = text_of(*it);
  if (text.starts_with("Custom:0x") ||
      std::find(std::begin(kMetrics), std::end(kMetrics), text) != std::end(kMetrics)) {
    return {};
  }
  return bad(fmt::format("aic_metrics '{}' is unknown: use {} or Custom:0x...", text,
                         fmt::join(kMetrics, ", ")));
}

}  // namespace

Status check_profiler_section(const Json& section) {
  if (!section.is_object()) return bad("the section must be an object");
  POACL_RETURN_IF_ERROR(check_choice(section, kSwitch));
  if (!section.contains("switch") || text_of(section["switch"]) == "off") return {};
  for (const Choice& each : kChoices) POACL_RETURN_IF_ERROR(check_choice(section, each));
  for (const Frequency& each : kFrequencies) {
    POACL_RETURN_IF_ERROR(check_frequency(section, each));
  }
  POACL_RETURN_IF_ERROR(check_storage(section));
  return check_metrics(section);
}

}  // namespace poacl::runtime
