// Lesser precision where a conversion asks for it: which operators may multiply in bfloat16.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "graph/graph.h"

namespace poacl {

// Inputs of an operator that its multiplications read: the ones that bfloat16 rounds. Empty for
// operators that never compute in bfloat16.
std::span<const int> bf16_factors(std::string_view op_type) noexcept;

struct PrecisionRules {
  bool bf16 = false;                     // otherwise everything stays float
  std::vector<std::string> float_nodes;  // stay float: names in the graph or in the framework
  std::vector<std::string> float_types;  // stay float: Ascend types, with or without "V2"
};

struct PrecisionReport {
  struct Kept {
    std::string node;
    std::string type;
    std::string reason;
  };
  size_t candidates = 0;   // operators that have a form in bfloat16
  std::vector<Kept> kept;  // those of them that stay float
  double worst_error = 0;  // largest measured error of one that computes in bfloat16
  bool measured = false;   // the errors are known
};

// An operator stays float when bfloat16 changes its result by more than this share of the result's
// root mean square. Rounding two factors costs about 0.002; more comes from cancellation.
inline constexpr double kMostBf16Error = 0.01;

// Marks (kComputeTypeAttr) the operators of an optimised graph, sub-graphs included, that `rules`
// let compute in bfloat16 and whose measured error is small; takes older marks away. Operators of
// graphs that cannot be run before run time (open shapes, a preprocessing block among the inputs)
// and of sub-graphs are marked unmeasured. Costs one execution of the graph.
Result<PrecisionReport> set_precision(Graph& graph, const PrecisionRules& rules);

}  // namespace poacl
