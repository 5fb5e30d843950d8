#include "model/dump/dump_settings.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace poacl::model {
namespace {

using Json = nlohmann::json;

std::vector<std::string> texts(const Json& object, const char* key) {
  std::vector<std::string> result;
  for (const Json& item : object.value(key, Json::array())) {
    if (item.is_string()) result.push_back(item.get<std::string>());
  }
  return result;
}

void add_exclusions(const Json& item, const char* key, bool by_type, DumpRule* rule) {
  for (const Json& entry : item.value(key, Json::array())) {
    if (!entry.is_object() || !entry.value("name", Json()).is_string()) continue;
    rule->exclusions.push_back({by_type, entry["name"], texts(entry, "pos")});
  }
}

DumpRule parse_rule(const Json& item) {
  DumpRule rule;
  if (item.contains("model_name")) rule.model = item["model_name"].get<std::string>();
  rule.layers = texts(item, "layer");
  rule.watched = texts(item, "watcher_nodes");
  add_exclusions(item, "optype_blacklist", true, &rule);
  add_exclusions(item, "opname_blacklist", false, &rule);
  for (const Json& range : item.value("opname_range", Json::array())) {
    rule.ranges.emplace_back(range["begin"], range["end"]);
  }
  return rule;
}

uint64_t number(std::string_view text) {
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// "0|3-5|10".
std::vector<std::pair<uint64_t, uint64_t>> parse_steps(std::string_view text) {
  std::vector<std::pair<uint64_t, uint64_t>> steps;
  while (!text.empty()) {
    const size_t bar = text.find('|');
    const std::string_view part = text.substr(0, bar);
    const size_t dash = part.find('-');
    const uint64_t first = number(part.substr(0, dash));
    steps.emplace_back(first, dash == part.npos ? first : number(part.substr(dash + 1)));
    if (bar == text.npos) break;
    text.remove_prefix(bar + 1);
  }
  return steps;
}

std::vector<DumpStat> parse_stats(const Json& dump) {
  // In the order of the columns.
  constexpr std::pair<const char*, DumpStat> kNames[] = {
      {"Max", DumpStat::kMax},
      {"Min", DumpStat::kMin},
      {"Avg", DumpStat::kAvg},
      {"Nan", DumpStat::kNan},
      {"Negative Inf", DumpStat::kNegativeInf},
      {"Positive Inf", DumpStat::kPositiveInf},
      {"L2norm", DumpStat::kL2Norm},
  };
  const std::vector<std::string> asked = texts(dump, "dump_stats");
  std::vector<DumpStat> stats;
  for (const auto& [name, stat] : kNames) {
    const bool wanted = asked.empty() ? stat != DumpStat::kL2Norm
                                      : std::find(asked.begin(), asked.end(), name) != asked.end();
    if (wanted) stats.push_back(stat);
  }
  return stats;
}

template <typename T>
void append(const std::vector<T>& from, std::vector<T>* to) {
  to->insert(to->end(), from.begin(), from.end());
}

std::string folder_of(const Json& dump) {
  std::error_code error;
  const auto base = std::filesystem::absolute(dump.value("dump_path", "."), error);
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof(text), "%Y%m%d%H%M%S", &parts);
  return (base / text).string();
}

}  // namespace

std::optional<DumpRule> DumpSettings::rule_for(std::string_view model,
                                               std::string_view file) const {
  std::optional<DumpRule> all;
  bool every_operator = false;
  for (const DumpRule& rule : rules) {
    if (rule.model && *rule.model != model && *rule.model != file) continue;
    if (!all) all.emplace();
    every_operator = every_operator || (rule.layers.empty() && rule.ranges.empty());
    append(rule.layers, &all->layers);
    append(rule.ranges, &all->ranges);
    append(rule.exclusions, &all->exclusions);
    append(rule.watched, &all->watched);
  }
  // What is watched is dumped after the named layers only.
  if (every_operator && !watcher) {
    all->layers.clear();
    all->ranges.clear();
  }
  return all;
}

bool DumpSettings::wants_execution(uint64_t index) const {
  return steps.empty() || std::any_of(steps.begin(), steps.end(), [&](const auto& range) {
           return index >= range.first && index <= range.second;
         });
}

std::shared_ptr<const DumpSettings> parse_dump_settings(
    const std::string& section, std::shared_ptr<const std::atomic<bool>> active) {
  const Json dump = Json::parse(section, nullptr, false);
  if (!dump.is_object()) return nullptr;
  auto settings = std::make_shared<DumpSettings>();
  settings->active = std::move(active);
  settings->folder = folder_of(dump);
  if (dump.value("dump_debug", "off") == "on") {
    settings->overflow = true;
    settings->inputs = true;
    settings->rules.emplace_back();
    return settings;
  }
  const std::string scene = dump.value("dump_scene", "");
  settings->watcher = scene == "watcher";
  // The other scenes dump operators that fail, which no kernel here does.
  if (!scene.empty() && !settings->watcher) return nullptr;
  const std::string mode = dump.value("dump_mode", "output");
  settings->inputs = mode != "output";
  settings->outputs = mode != "input";
  settings->statistics = dump.value("dump_data", "tensor") == "stats";
  settings->stats = parse_stats(dump);
  settings->steps = parse_steps(dump.value("dump_step", ""));
  for (const Json& item : dump.value("dump_list", Json::array())) {
    settings->rules.push_back(parse_rule(item));
  }
  return settings->rules.empty() ? nullptr : settings;
}

}  // namespace poacl::model
