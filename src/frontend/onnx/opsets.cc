#include "frontend/onnx/opsets.h"

#include "frontend/onnx/import_error.h"

namespace poacl::onnx_frontend {
namespace {

constexpr int64_t kFirstIrWithOpsets = 3;

}  // namespace

Result<OpsetMap> read_opsets(const poacl::onnx::Model& model) {
  OpsetMap opsets;
  for (const auto& entry : model.opset_import()) {
    const std::string domain = canonical_domain(entry.domain());
    const auto [it, fresh] = opsets.emplace(domain, entry.version());
    if (fresh || it->second == entry.version()) continue;
    return import_error("E16005",
                        "the model imports the operator domain \"{}\" in two versions, {} and {}; "
                        "only one is possible",
                        domain.empty() ? "ai.onnx" : domain, it->second, entry.version());
  }
  if (model.ir_version() < kFirstIrWithOpsets) opsets.emplace("", 1);
  return opsets;
}

Status check_standard_opset(const OpsetMap& opsets) {
  const auto standard = opsets.find("");
  if (standard == opsets.end()) {
    return import_error("E16005",
                        "the model does not say which version of ONNX's operators (domain ai.onnx) "
                        "it uses; the file is incomplete. Export it again");
  }
  const int64_t version = standard->second;
  if (version >= kLeastOpset && version <= kMostOpset) return {};
  return import_error("E16005",
                      "the model uses version {} of ONNX's operators (domain ai.onnx); versions {} "
                      "to {} are supported. Export it again with one of them, for instance "
                      "opset_version=17, or convert it with onnx.version_converter",
                      version, kLeastOpset, kMostOpset);
}

}  // namespace poacl::onnx_frontend
