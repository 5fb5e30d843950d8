// The dump section of the configuration file (spec dump-prof-log section 2).
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "acl/acl_base.h"
#include "runtime/acl_config.h"

namespace poacl::runtime {
namespace {

using Json = nlohmann::json;
using Values = std::initializer_list<std::string_view>;

constexpr size_t kMaxPath = 512;
constexpr size_t kMaxSteps = 100;
constexpr size_t kMaxBlacklist = 100;

Status bad(const char* tag, std::string sentence) {
  return Status(ACL_ERROR_INVALID_DUMP_CONFIG, "dump: " + std::move(sentence), tag);
}

// The text of a field, or `otherwise`. EP0001 when it is no string.
Result<std::string> field(const Json& dump, const char* key, std::string otherwise = {}) {
  const auto it = dump.find(key);
  if (it == dump.end()) return otherwise;
  if (it->is_string()) return it->get<std::string>();
  return bad("EP0001", fmt::format("{} is {}, but must be a string", key, it->dump()));
}

Status one_of(const Json& dump, const char* key, Values values) {
  POACL_ASSIGN_OR_RETURN(const std::string value, field(dump, key, std::string(*values.begin())));
  if (std::find(values.begin(), values.end(), value) != values.end()) return {};
  return bad("EP0003",
             fmt::format("{} '{}' is unknown: use one of {}", key, value, fmt::join(values, ", ")));
}

Status check_path(const Json& dump) {
  if (!dump.contains("dump_path")) return bad("EP0001", "dump_path is missing: name a folder");
  POACL_ASSIGN_OR_RETURN(const std::string path, field(dump, "dump_path"));
  if (path.empty() || path.size() > kMaxPath) {
    return bad("EP0003", fmt::format("dump_path has {} characters: 1 to {} are allowed",
                                     path.size(), kMaxPath));
  }
  const size_t colon = path.find(':');
  if (colon != std::string::npos && path.find_first_not_of("0123456789.") == colon) {
    return bad("EP0003", fmt::format("dump_path '{}' names another machine: name a folder of this "
                                     "one",
                                     path));
  }
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored) || access(path.c_str(), R_OK | W_OK) != 0) {
    return bad("EP0003", fmt::format("dump_path '{}' is no folder that can be read and written: "
                                     "make it first",
                                     path));
  }
  return {};
}

bool digits(std::string_view text, uint64_t& value) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && stop == text.data() + text.size() && !text.empty();
}

// "0|3-5|10".
Status check_steps(const Json& dump) {
  POACL_ASSIGN_OR_RETURN(const std::string steps, field(dump, "dump_step"));
  if (!dump.contains("dump_step") || steps.empty()) return {};
  std::string_view rest = steps;
  for (size_t parts = 1;; ++parts) {
    if (parts > kMaxSteps) {
      return bad("EP0003", fmt::format("dump_step has more than {} parts", kMaxSteps));
    }
    const size_t bar = rest.find('|');
    const std::string_view part = rest.substr(0, bar);
    const size_t dash = part.find('-');
    uint64_t first = 0;
    uint64_t last = 0;
    const bool good =
        digits(part.substr(0, dash), first) &&
        (dash == std::string_view::npos || (digits(part.substr(dash + 1), last) && first <= last));
    if (!good) {
      return bad("EP0003", fmt::format("dump_step '{}': '{}' is neither a number nor a range such "
                                       "as 3-5",
                                       steps, part));
    }
    if (bar == std::string_view::npos) return {};
    rest.remove_prefix(bar + 1);
  }
}

Status check_stats(const Json& dump) {
  const auto it = dump.find("dump_stats");
  if (it == dump.end()) return {};
  if (!it->is_array()) return bad("EP0001", "dump_stats must be a list");
  const Values known = {"Max", "Min", "Avg", "Nan", "Negative Inf", "Positive Inf", "L2norm"};
  for (const Json& each : *it) {
    if (each.is_string() &&
        std::find(known.begin(), known.end(), each.get<std::string>()) != known.end()) {
      continue;
    }
    return bad("EP0003", fmt::format("dump_stats: {} is unknown: use {}", each.dump(),
                                     fmt::join(known, ", ")));
  }
  return {};
}

Status check_lists(const Json& item, const std::string& where, bool level_is_op) {
  for (const char* key :
       {"layer", "watcher_nodes", "optype_blacklist", "opname_blacklist", "opname_range"}) {
    if (item.contains(key) && !item[key].is_array()) {
      return bad("EP0001", fmt::format("{}.{} must be a list", where, key));
    }
  }
  for (const char* key : {"optype_blacklist", "opname_blacklist", "opname_range"}) {
    if (!item.contains(key)) continue;
    if (!level_is_op) {
      return bad("EP0005", fmt::format("{}.{} needs dump_level \"op\"", where, key));
    }
    if (item[key].size() > kMaxBlacklist) {
      return bad("EP0003", fmt::format("{}.{} has {} entries, at most {} are allowed", where, key,
                                       item[key].size(), kMaxBlacklist));
    }
  }
  if (!item.contains("opname_range")) return {};
  if (!item.contains("model_name")) {
    return bad("EP0001", fmt::format("{}.opname_range needs model_name", where));
  }
  for (const Json& range : item["opname_range"]) {
    if (range.is_object() && range.value("begin", Json()).is_string() &&
        range.value("end", Json()).is_string()) {
      continue;
    }
    return bad("EP0001",
               fmt::format("{}.opname_range: {} lacks begin or end", where, range.dump()));
  }
  return {};
}

Status check_list(const Json& dump, bool single_operators, bool watcher) {
  const auto it = dump.find("dump_list");
  if (it == dump.end()) return {};
  if (!it->is_array()) return bad("EP0001", "dump_list must be a list of objects");
  const bool level_is_op = dump.value("dump_level", Json("all")) == Json("op");
  for (size_t i = 0; i < it->size(); ++i) {
    const Json& item = (*it)[i];
    const std::string where = fmt::format("dump_list[{}]", i);
    if (!item.is_object()) return bad("EP0001", where + " must be an object");
    if (item.contains("model_name") && !item["model_name"].is_string()) {
      return bad("EP0001", where + ".model_name must be a string");
    }
    POACL_RETURN_IF_ERROR(check_lists(item, where, level_is_op));
    const bool no_name = item.contains("model_name") && item["model_name"] == Json("");
    const bool no_layer = item.contains("layer") && item["layer"].empty();
    if (!single_operators && (no_name || no_layer)) {
      return bad("EP0001", fmt::format("{}.{} is empty: leave it out for all", where,
                                       no_name ? "model_name" : "layer"));
    }
    if (item.contains("watcher_nodes") && !watcher) {
      return bad("EP0005", where + ".watcher_nodes needs dump_scene \"watcher\"");
    }
    if (watcher && item.contains("model_name")) {
      return bad("EP0005", where + ".model_name cannot go with dump_scene \"watcher\"");
    }
  }
  return {};
}

}  // namespace

Status check_dump_section(const Json& dump) {
  if (!dump.is_object()) return bad("EP0001", "the section must be an object");
  if (dump.empty()) return {};
  POACL_RETURN_IF_ERROR(one_of(dump, "dump_debug", {"off", "on"}));
  POACL_RETURN_IF_ERROR(one_of(dump, "dump_op_switch", {"off", "on"}));
  POACL_RETURN_IF_ERROR(one_of(dump, "dump_scene",
                               {"", "aic_err_brief_dump", "lite_exception", "aic_err_norm_dump",
                                "aic_err_detail_dump", "watcher"}));
  const bool debug = dump.value("dump_debug", "off") == "on";
  const bool single_operators = dump.value("dump_op_switch", "off") == "on";
  const std::string scene = dump.value("dump_scene", "");
  const bool watcher = scene == "watcher";
  if (debug && single_operators) {
    return bad("EP0005", "dump_debug and dump_op_switch cannot both be on");
  }
  if (!scene.empty() && (debug || single_operators)) {
    return bad("EP0005", fmt::format("dump_scene cannot go with {} on",
                                     debug ? "dump_debug" : "dump_op_switch"));
  }
  // Exceptions have other folders to go to.
  if (scene.empty() || watcher || dump.contains("dump_path")) {
    POACL_RETURN_IF_ERROR(check_path(dump));
  }
  if (debug) return {};
  POACL_RETURN_IF_ERROR(one_of(dump, "dump_mode", {"output", "input", "all"}));
  if (watcher && dump.value("dump_mode", "output") != "output") {
    return bad("EP0005", "dump_scene \"watcher\" dumps outputs only: dump_mode must be \"output\"");
  }
  POACL_RETURN_IF_ERROR(one_of(dump, "dump_level", {"all", "op", "kernel"}));
  POACL_RETURN_IF_ERROR(one_of(dump, "dump_data", {"tensor", "stats"}));
  POACL_RETURN_IF_ERROR(check_stats(dump));
  POACL_RETURN_IF_ERROR(check_steps(dump));
  return check_list(dump, single_operators, watcher);
}

}  // namespace poacl::runtime
