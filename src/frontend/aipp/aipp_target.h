// Which input of a graph a block of the configuration is for, and whether they fit each other.
#pragma once

#include "frontend/aipp/aipp_insert.h"

namespace poacl {

struct AippTarget {
  AippOp op;         // crop sizes resolved
  size_t input = 0;  // of graph.inputs
  bool channels_last = false;
  DataType dtype = DataType::kUndefined;  // of the model's input
  // Of the model's input; static AIPP may serve open ones (-1).
  int64_t batch = 0;
  int64_t channels = 0;
  int64_t height = 0;
  int64_t width = 0;
};

// Errors as insert_aipp().
Result<AippTarget> find_aipp_target(const Graph& graph, const AippOp& op, const AippPlace& place);

}  // namespace poacl
