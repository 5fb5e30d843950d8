#include "frontend/onnx/opsets.h"

#include "frontend/onnx/import_error.h"

namespace poacl::onnx_frontend {

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
  opsets.emplace("", 1);
  return opsets;
}

Status check_standard_opset(const OpsetMap& opsets) {
  const int64_t version = opsets.at("");
  if (version >= kLeastOpset && version <= kMostOpset) return {};
  return import_error("E16005",
                      "the model uses version {} of ONNX's operators (domain ai.onnx); versions {} "
                      "to {} are supported. Export it again with one of them, for instance "
                      "opset_version=17, or convert it with onnx.version_converter",
                      version, kLeastOpset, kMostOpset);
}

}  // namespace poacl::onnx_frontend
