#include "dynamic/stage_verbose.h"

#include <cstdio>

#include <fmt/format.h>

#include "exec/verbose.h"

namespace poacl {

void describe_stage(const Graph& graph, const StagePlan& plan, const LiveTensors& live, bool kept) {
  if (!verbose_enabled()) return;
  std::string shapes;
  for (const ValueId id : plan.inputs) {
    const auto it = live.find(id);
    if (it == live.end()) continue;
    shapes += fmt::format("{}{}{}", shapes.empty() ? "" : " ", graph.value(id).name,
                          dims_to_string(it->second.dims));
  }
  std::string eager;
  for (const Node& node : plan.eager) {
    eager += fmt::format("{}{}", eager.empty() ? "" : " ", node.type);
  }
  const std::string line = fmt::format(
      "poacl\tstage\t{}\t{}\t{}\t{}\t{}\t{}\n", graph.name, plan.depth, kept ? "kept" : "planned",
      plan.program == nullptr ? 0 : step_count(*plan.program), shapes, eager);
  std::fputs(line.c_str(), stderr);
}

}  // namespace poacl
