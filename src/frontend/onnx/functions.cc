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

using Nodes = google::protobuf::RepeatedPtrField<poacl::onnx::Node>;
using Names = std::map<std::string, std::string>;  // inside a function to outside

class Inliner {
 public:
  explicit Inliner(const poacl::onnx::Model& model) {
    for (const auto& function : model.functions()) {
      functions_[{canonical_domain(function.domain()), function.name()}] = &function;
    }
  }

  // The nodes with every call replaced, in the graphs they own too.
  Status expand_all(const Nodes& nodes, int depth, Nodes* out) {
    for (const poacl::onnx::Node& node : nodes) POACL_RETURN_IF_ERROR(expand(node, depth, out));
    return {};
  }

 private:
  Status expand(const poacl::onnx::Node& node, int depth, Nodes* out) {
    const auto found = functions_.find({canonical_domain(node.domain()), node.op_type()});
    if (found == functions_.end()) return emit(node, depth, out);
    const poacl::onnx::Function& function = *found->second;
    if (depth == kDeepest) {
      return import_error(kInvalidTag,
                          "the model's function \"{}\" calls itself, or functions call each other "
                          "more than {} deep",
                          function.name(), kDeepest);
    }
    const std::string prefix =
        fmt::format("{}.{}/", node.name().empty() ? node.op_type() : node.name(), ++calls_);
    Names names = {{"", ""}};
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
        POACL_RETURN_IF_ERROR(emit(identity, depth, out));
      } else {
        names[function.output(i)] = node.output(i);
      }
    }
    for (const poacl::onnx::Node& inner : function.node()) {
      poacl::onnx::Node copy = inner;
      copy.set_name(prefix + (inner.name().empty() ? inner.op_type() : inner.name()));
      // A graph that the call passes speaks of the caller's tensors already.
      rename_in(copy, names, prefix);
      bind_attributes(copy, node, function);
      POACL_RETURN_IF_ERROR(expand(copy, depth + 1, out));
    }
    return {};
  }

  // What a subgraph defines gets the prefix as well, so that it hides nothing of the caller's.
  static void rename_in(poacl::onnx::Node& node, const Names& names, const std::string& prefix) {
    const auto rename = [&](std::string& name) {
      const auto it = names.find(name);
      name = it != names.end() ? it->second : prefix + name;
    };
    for (std::string& input : *node.mutable_input()) rename(input);
    for (std::string& output : *node.mutable_output()) rename(output);
    for (poacl::onnx::Attribute& attribute : *node.mutable_attribute()) {
      if (attribute.has_g()) rename_graph(*attribute.mutable_g(), names, prefix);
    }
  }

  static void rename_graph(poacl::onnx::Graph& graph, Names names, const std::string& prefix) {
    const auto define = [&](const std::string& name) {
      if (!name.empty()) names[name] = prefix + name;
    };
    for (const auto& input : graph.input()) define(input.name());
    for (const auto& tensor : graph.initializer()) define(tensor.name());
    for (const auto& node : graph.node()) {
      for (const std::string& output : node.output()) define(output);
    }
    const auto rename = [&](auto& named) {
      const auto it = names.find(named.name());
      named.set_name(it != names.end() ? it->second : prefix + named.name());
    };
    for (auto& input : *graph.mutable_input()) rename(input);
    for (auto& output : *graph.mutable_output()) rename(output);
    for (auto& tensor : *graph.mutable_initializer()) rename(tensor);
    for (auto& node : *graph.mutable_node()) rename_in(node, names, prefix);
  }

  Status emit(const poacl::onnx::Node& node, int depth, Nodes* out) {
    ++nodes_;
    bytes_ += node.ByteSizeLong();
    if (nodes_ > kMostNodes || bytes_ > kMostBytes) {
      return import_error(kInvalidTag,
                          "the model's functions expand to more than {} nodes or {} bytes",
                          kMostNodes, kMostBytes);
    }
    poacl::onnx::Node& added = *out->Add();
    added = node;
    for (poacl::onnx::Attribute& attribute : *added.mutable_attribute()) {
      if (!attribute.has_g()) continue;
      Nodes inner;
      POACL_RETURN_IF_ERROR(expand_all(attribute.g().node(), depth, &inner));
      attribute.mutable_g()->mutable_node()->Swap(&inner);
    }
    return {};
  }

  // Attributes that refer to the call's get its values, else the function's defaults; those of
  // nodes in subgraphs too.
  static void bind_attributes(poacl::onnx::Node& inner, const poacl::onnx::Node& call,
                              const poacl::onnx::Function& function) {
    google::protobuf::RepeatedPtrField<poacl::onnx::Attribute> bound;
    for (const auto& attribute : inner.attribute()) {
      if (attribute.ref_attr_name().empty()) {
        auto* kept = bound.Add();
        *kept = attribute;
        if (!kept->has_g()) continue;
        for (auto& node : *kept->mutable_g()->mutable_node()) {
          bind_attributes(node, call, function);
        }
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
  int nodes_ = 0;
  size_t bytes_ = 0;
  int calls_ = 0;
};

}  // namespace

Status inline_functions(poacl::onnx::Model& model) {
  if (model.functions_size() == 0) return {};
  Inliner inliner(model);
  Nodes nodes;
  POACL_RETURN_IF_ERROR(inliner.expand_all(model.graph().node(), 0, &nodes));
  model.mutable_graph()->mutable_node()->Swap(&nodes);
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
