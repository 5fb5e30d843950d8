// What the translators of a model's graph and of its subgraphs share during one import.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "base/tensor.h"
#include "frontend/onnx/import_report.h"
#include "frontend/onnx/node_judgement.h"
#include "frontend/onnx/opsets.h"
#include "onnx/onnx.pb.h"

namespace poacl::onnx_frontend {

// Tag of an error that the report of refused nodes tells already.
inline constexpr std::string_view kToldTag = "told";

class ImportSession {
 public:
  explicit ImportSession(std::string directory) : directory_(std::move(directory)) {}

  // A constant; the message gives up its bytes.
  Result<Tensor> decode(poacl::onnx::Tensor& tensor);
  // The same for messages that may be asked for again, as those of a loop's body.
  Result<Tensor> decode_shared(poacl::onnx::Tensor& tensor);

  // Enters a node into the report, once, and judges it. `name` is its path.
  NodeReport& judge(const poacl::onnx::Node& node, const std::string& name);
  void refuse(NodeReport& report, NodeFault fault);
  size_t refused() const { return refused_.size(); }
  // One error for all refused nodes; fine when there are none.
  Status report_refused() const;
  void publish(ImportReport& report) const;

  // Counts nodes of subgraphs, which are translated more than once; fails when there are more than
  // any real model has.
  Status charge_body(int nodes);

  OpsetMap opsets;

 private:
  const std::string directory_;
  std::unordered_map<const poacl::onnx::Tensor*, Tensor> decoded_;
  std::deque<NodeReport> reports_;
  std::unordered_map<const poacl::onnx::Node*, NodeReport*> report_of_;
  std::vector<std::string> refused_;
  int64_t body_nodes_ = 0;
};

}  // namespace poacl::onnx_frontend
