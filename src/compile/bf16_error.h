// What multiplying in bfloat16 costs single operators in accuracy, measured at conversion.
#pragma once

#include <span>
#include <vector>

#include "base/status.h"
#include "graph/graph.h"

namespace poacl {

struct Bf16Error {
  NodeId node = kNoNode;
  // Root mean square of the difference over that of the result in float; infinite when rounding
  // makes a finite result not finite.
  double error = 0;
};

// Whether the graph can be run on made-up inputs: every shape is known, no input is a parameter
// block.
bool can_measure_bf16(const Graph& graph);

// Runs the optimised graph once, in float, on made-up inputs (normally distributed numbers, small
// integers) and beside it each of `nodes` with its factors rounded to bfloat16 and everything else
// as it is. Nodes whose result is zero or not finite in float, or which no step computes as they
// are, are left out. Needs no BF16 instructions.
Result<std::vector<Bf16Error>> measure_bf16_errors(const Graph& graph,
                                                   std::span<const NodeId> nodes);

// A graph's results in float, against which the same graph with marked operators is held.
class WholeBf16 {
 public:
  // Runs the optimised graph in float on made-up inputs. can_measure_bf16() holds for it.
  static Result<WholeBf16> make(const Graph& graph);

  // Least cosine between the float results and those of `marked`, over the floating-point outputs
  // whose float result is finite and not zero; 1 when there is none. Uses this CPU's own kernels,
  // so it tells nothing where they have no BF16.
  Result<double> cosine(const Graph& marked) const;

 private:
  std::vector<std::vector<float>> results_;  // empty for outputs of other types
};

}  // namespace poacl
