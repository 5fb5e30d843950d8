// What a dump section asks for (spec: dump-prof-log section 2).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace poacl::model {

// Inputs and outputs of certain operators that are not dumped.
struct DumpExclusion {
  bool by_type = false;  // `name` is an operator type, not the name of one operator
  std::string name;
  std::vector<std::string> positions;  // "input0", "output1"; empty: all of them
};

// One entry of dump_list.
struct DumpRule {
  std::optional<std::string> model;                         // nothing: every model
  std::vector<std::string> layers;                          // with no range either: every operator
  std::vector<std::pair<std::string, std::string>> ranges;  // first and last operator
  std::vector<DumpExclusion> exclusions;
  std::vector<std::string> watched;  // whose outputs are dumped after each of `layers`
};

enum class DumpStat : uint8_t { kMax, kMin, kAvg, kNan, kNegativeInf, kPositiveInf, kL2Norm };

struct DumpSettings {
  std::string folder;  // absolute, with the time the dump began
  bool inputs = false;
  bool outputs = true;
  bool overflow = false;  // only operators that make infinities or NaN, of every model
  bool watcher = false;
  bool statistics = false;  // numbers about the tensors instead of them
  std::vector<DumpStat> stats;
  std::vector<std::pair<uint64_t, uint64_t>> steps;  // executions, counted from 0; empty: all
  std::vector<DumpRule> rules;
  // False once the dump was turned off; models loaded under it then go on without.
  std::shared_ptr<const std::atomic<bool>> active;

  // All rules for a model in one; its file's name without folders and ending may be given. Nothing
  // when it is not to be dumped.
  std::optional<DumpRule> rule_for(std::string_view model, std::string_view file) const;
  bool wants_execution(uint64_t index) const;
};

// Reads a section that passed runtime::check_dump_section. Null when it asks for no dump of
// models. The folder's name carries the present time.
std::shared_ptr<const DumpSettings> parse_dump_settings(
    const std::string& section, std::shared_ptr<const std::atomic<bool>> active);

}  // namespace poacl::model
