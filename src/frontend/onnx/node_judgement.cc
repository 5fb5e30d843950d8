#include "frontend/onnx/node_judgement.h"

#include <string>
#include <utility>

#include "frontend/onnx/import_error.h"
#include "frontend/onnx/node_arity.h"
#include "frontend/onnx/translator.h"

namespace poacl::onnx_frontend {
namespace {

constexpr std::string_view kCutAdvice =
    "Rewrite this part of the network with supported operators, or end the model before the node "
    "(--out_nodes) and compute the rest in the program";

NodeFault fault(std::string reason, std::string advice) {
  return NodeFault{std::string(kUnsupportedTag), std::move(reason), std::move(advice)};
}

std::string export_advice(const TranslatorEntry& entry) {
  return fmt::format("Export the model with an opset from {} to {}", entry.min_opset,
                     entry.max_opset);
}

}  // namespace

std::optional<NodeFault> judge_node(const poacl::onnx::Node& node, const OpsetMap& opsets) {
  const std::string domain = canonical_domain(node.domain());
  if (!domain.empty()) {
    return fault(fmt::format("operators of the domain \"{}\" are not supported", domain),
                 "Export the model with ONNX's own operators (domain ai.onnx); models optimised "
                 "for another runtime are to be exported again without that optimisation");
  }
  const auto standard = opsets.find("");
  if (standard == opsets.end()) {
    return fault("the model does not say which version of ONNX's operators it uses",
                 "The file is incomplete: export the model again");
  }
  const int64_t opset = standard->second;
  const TranslatorEntry* entry = find_translator(node.op_type());
  if (entry == nullptr) return fault("this operator is not supported", std::string(kCutAdvice));
  if (std::string wrong = arity_fault(node, opset); !wrong.empty()) {
    return fault(std::move(wrong),
                 "The node breaks the rules of the model's opset: export the model again with the "
                 "opset it was made for");
  }
  if (opset < entry->min_opset || opset > entry->max_opset) {
    return fault(
        fmt::format("supported from opset {} to {} only", entry->min_opset, entry->max_opset),
        export_advice(*entry));
  }
  return std::nullopt;
}

NodeFault form_fault(const Status& status, const NodeReport& node) {
  std::string reason(status.message());
  const std::string label = fmt::format("node \"{}\" ({}, {} opset {}): ", node.name, node.op_type,
                                        node.domain, node.opset);
  if (reason.starts_with(label)) reason.erase(0, label.size());
  return fault(std::move(reason), std::string(kCutAdvice));
}

NodeFault other_fault(const Status& status) {
  return NodeFault{std::string(status.tag().empty() ? kInvalidTag : status.tag()),
                   std::string(status.message()),
                   "Check the shapes given with --input_shape, and that the model runs in its own "
                   "framework"};
}

}  // namespace poacl::onnx_frontend
