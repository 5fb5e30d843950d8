// The attributes of If, Loop and Scan in the form that inference, execution and unrolling share.
#pragma once

#include <vector>

#include "base/status.h"
#include "graph/graph.h"

namespace poacl {

// The one value of a bool tensor.
bool constant_true(const Tensor& cond);

// The body of a Loop never asks to stop: its first output is true, or the condition it was given.
bool goes_on_forever(const Graph& body);

// Loop: inputs are trip count, condition, `carried` values, `captured` ones; the body's are the
// iteration number (int64), the condition (bool) and the same. Outputs: the carried values after
// the last iteration, then `stacked` lists along a new first axis; the body's: the condition for
// going on, the carried values, one item of each list.
struct LoopShape {
  size_t carried = 0;
  size_t captured = 0;
  size_t stacked = 0;
  static Result<LoopShape> of(const AttrMap& attrs, const Graph& body, size_t node_inputs);
};

// Scan: inputs are `states`, `scanned` lists, `captured` values; the body's are the states, one
// item of each list, and the same. Outputs of node and body: the states, `stacked` lists or one
// item of each.
struct ScanShape {
  size_t states = 0;
  size_t scanned = 0;
  size_t captured = 0;
  size_t stacked = 0;
  std::vector<int64_t> input_axes;       // may be negative
  std::vector<int64_t> output_axes;      // may be negative
  std::vector<int64_t> input_backward;   // 0 or 1
  std::vector<int64_t> output_backward;  // 0 or 1
  static Result<ScanShape> of(const AttrMap& attrs, const Graph& body, size_t node_inputs);
};

}  // namespace poacl
