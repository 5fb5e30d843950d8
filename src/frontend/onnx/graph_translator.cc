#include "frontend/onnx/graph_translator.h"

#include <utility>

#include "frontend/onnx/import_error.h"
#include "frontend/onnx/node_decode.h"
#include "frontend/onnx/tensor_decode.h"

namespace poacl::onnx_frontend {

GraphTranslator::GraphTranslator(ImportSession& session, poacl::onnx::Graph& file, Graph& graph,
                                 GraphTranslator* parent, std::string path)
    : session_(session),
      file_(file),
      graph_(graph),
      parent_(parent),
      path_(std::move(path)),
      depth_(parent == nullptr ? 0 : parent->depth_ + 1) {}

Status GraphTranslator::build_index() {
  POACL_ASSIGN_OR_RETURN(index_, index_graph(file_));
  return {};
}

void GraphTranslator::judge(const std::vector<int>& order) {
  for (const int n : order) session_.judge(file_.node(n), name_of(n));
}

Status GraphTranslator::translate(const std::vector<int>& order) {
  for (const int n : order) {
    NodeReport& report = session_.judge(file_.node(n), name_of(n));
    if (!report.faults.empty()) continue;
    current_ = n;
    const Status status = translate(n);
    if (status.ok() || status.tag() == kToldTag) continue;
    if (status.tag() == kUnsupportedTag) {
      session_.refuse(report, form_fault(status, report));
    } else if (session_.refused() == 0) {
      // A subgraph may be tried again; what is wrong in it is told of the node that owns it.
      if (parent_ == nullptr) report.faults.push_back(other_fault(status));
      return status;
    }
    // Behind a refused node other errors are not the user's first worry.
  }
  return {};
}

Result<ValueId> GraphTranslator::value_of(const std::string& tensor) {
  if (const auto it = values_.find(tensor); it != values_.end()) return it->second;
  const auto source = index_.tensors.find(tensor);
  if (source == index_.tensors.end()) {
    if (parent_ == nullptr) return kNoValue;
    return capture(tensor);
  }
  if (source->second.kind != TensorSource::kInitializer) return kNoValue;
  poacl::onnx::Tensor& message = *file_.mutable_initializer(source->second.index);
  POACL_ASSIGN_OR_RETURN(Tensor decoded, parent_ == nullptr ? session_.decode(message)
                                                            : session_.decode_shared(message));
  return values_[tensor] = graph_.add_constant(tensor, std::move(decoded));
}

Result<ValueId> GraphTranslator::output_of(const std::string& tensor, const std::string& what) {
  POACL_ASSIGN_OR_RETURN(const ValueId value, value_of(tensor));
  if (value == kNoValue) {
    return import_error(kInvalidTag, "nothing computes {} \"{}\"", what, tensor);
  }
  if (const SequenceValue* list = sequence(value)) {
    return import_error(kUnsupportedTag,
                        "{} \"{}\" is {}; only tensors can leave a model. End the model before it "
                        "(--out_nodes)",
                        what, tensor, list->nothing ? "an empty optional" : "a sequence");
  }
  if (graph_.value(value).dtype == DataType::kUndefined) {
    return import_error(kInvalidTag, "nothing computes {} \"{}\"", what, tensor);
  }
  return value;
}

Status GraphTranslator::translate(int n) {
  poacl::onnx::Node& file_node = *file_.mutable_node(n);
  OnnxNode node;
  node.name = name_of(n);
  node.op_type = file_node.op_type();
  node.opset = session_.opsets.at("");
  node.inputs.assign(file_node.input().begin(), file_node.input().end());
  node.outputs.assign(file_node.output().begin(), file_node.output().end());
  const auto label = [&] { return fmt::format("node \"{}\" ({})", node.name, node.op_type); };

  std::vector<ValueId> inputs;
  for (const std::string& tensor : node.inputs) {
    if (tensor.empty()) {
      inputs.push_back(kNoValue);
      continue;
    }
    Result<ValueId> value = value_of(tensor);
    if (!value.ok()) return value.status().with_context(label());
    if (*value == kNoValue) {
      // Its producer was refused; this node and those inside it can only be judged by their names.
      judge_inside(n);
      return {};
    }
    inputs.push_back(*value);
  }
  Result<AttrMap> attrs = decode_attributes(file_node, [this](poacl::onnx::Tensor& tensor) {
    return parent_ == nullptr ? session_.decode(tensor) : session_.decode_shared(tensor);
  });
  if (!attrs.ok()) return attrs.status().with_context(label());
  node.attrs = std::move(attrs).value();

  const auto first_value = graph_.value_count();
  TranslateContext context(graph_, node, std::move(inputs), *this);
  const TranslatorEntry& entry = *find_translator(node.op_type);
  POACL_RETURN_IF_ERROR(check_sequences(context, entry));
  const Status status = entry.translate(context);
  if (!status.ok()) {
    if (!status.tag().empty()) return status;
    return import_error(kInvalidTag, "{}: {}", label(), status.message());
  }
  return bind_outputs(context, first_value);
}

Status GraphTranslator::check_sequences(const TranslateContext& context,
                                        const TranslatorEntry& entry) const {
  if (entry.takes_sequences) return {};
  for (size_t i = 0; i < context.input_count(); ++i) {
    if (context.sequence(i) == nullptr) continue;
    return context.unsupported(
        fmt::format("its input {} (\"{}\") is {}", i, context.node().inputs[i],
                    context.sequence(i)->nothing ? "an empty optional" : "a sequence"));
  }
  return {};
}

Status GraphTranslator::bind_outputs(const TranslateContext& context, size_t first_value) {
  const OnnxNode& node = context.node();
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    if (node.outputs[i].empty()) continue;
    const ValueId value = context.outputs()[i];
    // Outputs that inference leaves out (Dropout's mask) are only an error when read.
    if (value == kNoValue) {
      if (!is_read(node.outputs[i])) continue;
      return context.unsupported(
          fmt::format("its output {} (\"{}\") is used by the model", i, node.outputs[i]));
    }
    values_[node.outputs[i]] = value;
    if (static_cast<size_t>(value) >= first_value) graph_.value(value).name = node.outputs[i];
  }
  return {};
}

bool GraphTranslator::is_read(const std::string& tensor) {
  if (!reads_known_) {
    for (const auto& node : file_.node()) {
      for (const std::string& read : tensors_read(node)) reads_[read] = true;
    }
    for (const auto& output : file_.output()) reads_[output.name()] = true;
    reads_known_ = true;
  }
  return reads_.count(tensor) != 0;
}

const SequenceValue* GraphTranslator::sequence(ValueId value) const {
  const auto it = sequences_.find(value);
  return it == sequences_.end() ? nullptr : &it->second;
}

ValueId GraphTranslator::add_sequence(SequenceValue sequence) {
  const ValueId handle = graph_.add_value("sequence");
  sequences_.emplace(handle, std::move(sequence));
  return handle;
}

}  // namespace poacl::onnx_frontend
