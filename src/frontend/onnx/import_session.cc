#include "frontend/onnx/import_session.h"

#include "frontend/onnx/import_error.h"
#include "frontend/onnx/tensor_decode.h"

namespace poacl::onnx_frontend {
namespace {

// What one report lists at most; a model has at most a few dozen kinds of operators.
constexpr size_t kMostReported = 200;
constexpr int64_t kMostBodyNodes = int64_t{1} << 18;

}  // namespace

Result<Tensor> ImportSession::decode(poacl::onnx::Tensor& tensor) {
  return decode_tensor(tensor, directory_);
}

Result<Tensor> ImportSession::decode_shared(poacl::onnx::Tensor& tensor) {
  if (const auto it = decoded_.find(&tensor); it != decoded_.end()) return it->second;
  POACL_ASSIGN_OR_RETURN(Tensor decoded, decode_tensor(tensor, directory_));
  return decoded_[&tensor] = std::move(decoded);
}

NodeReport& ImportSession::judge(const poacl::onnx::Node& node, const std::string& name) {
  const auto [entry, fresh] = report_of_.try_emplace(&node, nullptr);
  if (!fresh) return *entry->second;
  NodeReport& report = reports_.emplace_back();
  entry->second = &report;
  report.name = name;
  report.op_type = node.op_type();
  const std::string domain = canonical_domain(node.domain());
  if (!domain.empty()) report.domain = domain;
  if (const auto opset = opsets.find(domain); opset != opsets.end()) report.opset = opset->second;
  if (auto fault = judge_node(node, opsets)) refuse(report, *std::move(fault));
  return report;
}

void ImportSession::refuse(NodeReport& report, NodeFault fault) {
  refused_.push_back(
      fmt::format("node \"{}\" ({}, {} opset {}): {}", report.name, report.op_type, report.domain,
                  report.opset == 0 ? "missing" : std::to_string(report.opset), fault.reason));
  report.faults.push_back(std::move(fault));
}

Status ImportSession::report_refused() const {
  if (refused_.empty()) return {};
  std::string text = fmt::format("{} node{} of the model cannot be converted:", refused_.size(),
                                 refused_.size() == 1 ? "" : "s");
  for (size_t i = 0; i < refused_.size() && i < kMostReported; ++i) text += "\n  " + refused_[i];
  if (refused_.size() > kMostReported) {
    text += fmt::format("\n  and {} more", refused_.size() - kMostReported);
  }
  return Status(kImportError, std::move(text), std::string(kUnsupportedTag));
}

void ImportSession::publish(ImportReport& report) const {
  report.nodes.assign(reports_.begin(), reports_.end());
}

Status ImportSession::charge_body(int nodes) {
  body_nodes_ += nodes;
  if (body_nodes_ <= kMostBodyNodes) return {};
  return import_error(kInvalidTag,
                      "the model's subgraphs, each translated as often as its shapes need, have "
                      "more than {} nodes together",
                      kMostBodyNodes);
}

}  // namespace poacl::onnx_frontend
