// Lesser precision where a conversion asks for it: which operators may multiply in bfloat16.
#pragma once

#include <optional>
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
  // Least cosine of the model's outputs on made-up inputs to those in float; nothing when this CPU
  // has no BF16 or the model was not measured.
  std::optional<double> cosine;
};

// An operator stays float when bfloat16 changes its result by more than this share of the result's
// root mean square. Rounding two factors costs about 0.002; more comes from cancellation.
inline constexpr double kMostBf16Error = 0.01;

// As many operators stay float as it takes to bring the cosine of the whole model's outputs up to
// this (real inputs, which are not at hand, shall give 0.9999), those first whose error is large
// for the time that bfloat16 saves.
inline constexpr double kLeastBf16Cosine = 0.99995;

// Marks (kComputeTypeAttr) the operators of an optimised graph, sub-graphs included, that `rules`
// let compute in bfloat16 and whose measured error is small; takes older marks away. Operators of
// graphs that cannot be run before run time (open shapes, a preprocessing block among the inputs)
// and of sub-graphs are marked unmeasured. Costs three executions of the graph, a few more where
// its result comes out too far from float.
Result<PrecisionReport> set_precision(Graph& graph, const PrecisionRules& rules);

}  // namespace poacl
