// Which nodes cannot be converted, why, and what a user can do about it.
#pragma once

#include <optional>

#include "base/status.h"
#include "frontend/onnx/import_report.h"
#include "frontend/onnx/opsets.h"
#include "onnx/onnx.pb.h"

namespace poacl::onnx_frontend {

// Judged by operator, domain, version and the numbers of inputs and outputs, without translating.
// nullopt when a translator can be asked.
std::optional<NodeFault> judge_node(const poacl::onnx::Node& node, const OpsetMap& opsets);

// A translator's "this form is not supported" (TranslateContext::unsupported), without the words
// that name the node.
NodeFault form_fault(const Status& status, const NodeReport& node);

// Any other error of a node.
NodeFault other_fault(const Status& status);

}  // namespace poacl::onnx_frontend
