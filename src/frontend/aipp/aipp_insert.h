// Puts AIPP behind inputs of a graph (spec: aipp).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "frontend/aipp/aipp_config.h"
#include "graph/graph.h"

namespace poacl {

// What the configuration is checked against beside the graph.
struct AippPlace {
  std::string input_format = "NCHW";  // --input_format: the order of the model's own inputs
  bool caffe = false;                 // inputs may be named (related_input_name)
  // Of a graph that is one gear of several: the largest batch of batch gears, the largest picture
  // of image gears; 0 for gears of another kind and without gears.
  int64_t most_batch = 0;
  int64_t most_height = 0;
  int64_t most_width = 0;
  std::vector<std::string> half_inputs;  // --input_fp16_nodes
};

// For every block of the configuration: the input becomes UINT8, an `Aipp` node makes from it what
// the model's input was, and dynamic AIPP gets one more input, behind all others. The graph has
// inferred shapes before and after, is not optimised yet, and is unchanged on failure. With gears:
// once for each gear's graph. E10052, E13014 (dynamic AIPP of a model that it cannot serve) or
// E10034 (an input that is also in half_inputs) as tag.
Status insert_aipp(Graph& graph, const AippConfig& config, const AippPlace& place);

// Name of the input with the parameters of dynamic AIPP; further ones have the node's name behind
// it.
inline constexpr const char* kAippParameterInput = "ascend_dynamic_aipp_data";

}  // namespace poacl
