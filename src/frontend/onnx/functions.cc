#include "frontend/onnx/functions.h"

#include <map>
#include <string>
#include <utility>

#include "frontend/onnx/import_error.h"
#include "frontend/onnx/opsets.h"

namespace poacl::onnx_frontend {
namespace {

// A few functions that call each other twice multiply to any size, so the result is bounded.
constexpr int kMostNodes = 1 << 16;
constexpr size_t kMostBytes = size_t{1} << 28;
constexpr int kDeepest = 64;

using FunctionKey = std::pair<std::string, std::string>;  // domain, name

class Inliner {
 public:
  explicit Inliner(const poacl::onnx::Model& model) {
    for (const auto& function : model.functions()) {
      functions_[{canonical_domain(function.domain()), function.name()}] = &function;
    }
  }

  Status expand(const poacl::onnx::Node& node, int depth) {
    const auto found = functions_.find({canonical_domain(node.domain()), node.op_type()});
    if (found == functions_.end()) return emit(node);
    const poacl::onnx::Function& function = *found->second;
    if (depth == kDeepest) {
      return import_error(kInvalidTag,
                          "the model's function \"{}\" calls itself, or functions call each other "
                          "more than {} deep",
                          function.name(), kDeepest);
    }
    const std::string prefix =
        fmt::format("{}.{}/", node.name().empty() ? node.op_type() : node.name(), ++calls_);
    std::map<std::string, std::string> names = {{"", ""}};
    for (int i = 0; i < function.input_size(); ++i) {
      names[function.input(i)] = i < node.input_size() ? node.input(i) : "";
    }
    for (int i = 0; i < function.output_size(); ++i) {
      // An output that is an input needs a node of its own to keep both names.
      if (i >= node.output_size() || node.output(i).empty()) continue;
      if (const auto input = names.find(function.output(i)); input != names.end()) {
        poacl::onnx::Node identity;
        identity.set_op_type("Identity");
        identity.set_name(prefix + "Identity");
        identity.add_input(input->second);
        identity.add_output(node.output(i));
        POACL_RETURN_IF_ERROR(emit(identity));
      } else {
        names[function.output(i)] = node.output(i);
      }
    }
    for (const poacl::onnx::Node& inner : function.node()) {
      poacl::onnx::Node copy = inner;
      copy.set_name(prefix + (inner.name().empty() ? inner.op_type() : inner.name()));
      const auto rename = [&](std::string& name) {
        const auto it = names.find(name);
        name = it != names.end() ? it->second : prefix + name;
      };
      for (std::string& input : *copy.mutable_input()) rename(input);
      for (std::string& output : *copy.mutable_output()) rename(output);
      bind_attributes(copy, node, function);
      POACL_RETURN_IF_ERROR(expand(copy, depth + 1));
    }
    return {};
  }

  google::protobuf::RepeatedPtrField<poacl::onnx::Node>& nodes() { return nodes_; }

 private:
  Status emit(const poacl::onnx::Node& node) {
    bytes_ += node.ByteSizeLong();
    if (nodes_.size() >= kMostNodes || bytes_ > kMostBytes) {
      return import_error(kInvalidTag,
                          "the model's functions expand to more than {} nodes or {} bytes",
                          kMostNodes, kMostBytes);
    }
    *nodes_.Add() = node;
    return {};
  }

  // Attributes that refer to the call's get its values, else the function's defaults.
  static void bind_attributes(poacl::onnx::Node& inner, const poacl::onnx::Node& call,
                              const poacl::onnx::Function& function) {
    google::protobuf::RepeatedPtrField<poacl::onnx::Attribute> bound;
    for (const auto& attribute : inner.attribute()) {
      if (attribute.ref_attr_name().empty()) {
        *bound.Add() = attribute;
        continue;
      }
      const poacl::onnx::Attribute* source = nullptr;
      for (const auto& value : function.attribute_proto()) {
        if (value.name() == attribute.ref_attr_name()) source = &value;
      }
      for (const auto& value : call.attribute()) {
        if (value.name() == attribute.ref_attr_name()) source = &value;
      }
      if (source == nullptr) continue;
      auto* added = bound.Add();
      *added = *source;
      added->set_name(attribute.name());
    }
    inner.mutable_attribute()->Swap(&bound);
  }

  std::map<FunctionKey, const poacl::onnx::Function*> functions_;
  google::protobuf::RepeatedPtrField<poacl::onnx::Node> nodes_;
  size_t bytes_ = 0;
  int calls_ = 0;
};

}  // namespace

Status inline_functions(poacl::onnx::Model& model) {
  if (model.functions_size() == 0) return {};
  Inliner inliner(model);
  for (const poacl::onnx::Node& node : model.graph().node()) {
    POACL_RETURN_IF_ERROR(inliner.expand(node, 0));
  }
  model.mutable_graph()->mutable_node()->Swap(&inliner.nodes());
  // Inlined nodes are read by the model's version; another one in a function is found as such.
  for (const auto& function : model.functions()) {
    for (const auto& opset : function.opset_import()) {
      if (canonical_domain(opset.domain()).empty()) *model.add_opset_import() = opset;
    }
  }
  model.clear_functions();
  return {};
}

}  // namespace poacl::onnx_frontend
