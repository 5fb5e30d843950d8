// What the translators of If, Loop and Scan share.
#pragma once

#include <vector>

#include "frontend/onnx/translator.h"

namespace poacl::onnx_frontend {

Status translate_scan(TranslateContext& context);

// Adds the node and makes its outputs the ONNX node's.
Status add_control_node(TranslateContext& context, std::string type, std::vector<ValueId> inputs,
                        AttrMap attrs, size_t outputs);

// The subgraph "body" for inputs of these types, of which [first_input, first_input + carried) are
// at the next run what outputs [first_output, first_output + carried) were: dimensions that change
// are unknown inside. Fails when a carried value changes its dtype.
Result<TranslatedBody> repeated_body(TranslateContext& context, std::vector<TypeOfValue> types,
                                     size_t first_input, size_t first_output, size_t carried);

// So few and small iterations that they may stand in the graph one by one.
bool worth_unrolling(const Graph& body, int64_t trips);

// The values, at least one, side by side along a new dimension.
Result<ValueId> stack_values(TranslateContext& context, const std::vector<ValueId>& values,
                             int64_t axis);

}  // namespace poacl::onnx_frontend
