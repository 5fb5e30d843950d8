#include <utility>

#include "frontend/onnx/import_error.h"
#include "frontend/onnx/translator.h"
#include "graph/shape_inference.h"

namespace poacl::onnx_frontend {

Result<ValueId> TranslateContext::add(std::string type, std::vector<ValueId> inputs, AttrMap attrs,
                                      int outputs) {
  std::vector<std::string> output_names;
  for (int i = 0; i < outputs; ++i) {
    output_names.push_back(fmt::format("{}:{}", node_.name, i));
  }
  const NodeId previous = last_;
  const std::string wanted =
      previous == kNoNode ? node_.name : node_.name + "/" + graph_.node(previous).type;
  last_ = graph_.add_node(wanted, std::move(type), std::move(inputs), std::move(output_names),
                          std::move(attrs));
  Node& added = graph_.node(last_);
  // The last node bears the ONNX node's name, whichever it will be: users ask for it by that.
  if (previous != kNoNode) std::swap(added.name, graph_.node(previous).name);
  added.origins = {node_.name};
  if (const Status status = infer_node(graph_, added); !status.ok()) {
    // The sentence names the node already, but by the IR's operator.
    return Status(status.code(),
                  fmt::format("ONNX operator {}: {}", node_.op_type, status.message()),
                  status.tag().empty() ? "E10059" : std::string(status.tag()));
  }
  return graph_.node(last_).outputs[0];
}

ValueId TranslateContext::last_output(int i) const {
  if (last_ == kNoNode || i < 0) return kNoValue;
  const std::vector<ValueId>& outputs = graph_.node(last_).outputs;
  return static_cast<size_t>(i) < outputs.size() ? outputs[static_cast<size_t>(i)] : kNoValue;
}

Status TranslateContext::unsupported(std::string reason) const {
  return import_error(kUnsupportedTag, "node \"{}\" ({}, {} opset {}): {}", node_.name,
                      node_.op_type, node_.domain.empty() ? "ai.onnx" : node_.domain, node_.opset,
                      reason);
}

}  // namespace poacl::onnx_frontend
