// The part of GraphTranslator that goes into subgraphs.
#include <utility>

#include "frontend/onnx/graph_translator.h"
#include "frontend/onnx/import_error.h"
#include "frontend/onnx/tensor_decode.h"

namespace poacl::onnx_frontend {

void GraphTranslator::judge_bodies(const std::vector<int>& order) {
  for (const int n : order) judge_inside(n);
}

// Names and numbers only: the nodes that the subgraphs' outputs need.
void GraphTranslator::judge_inside(int n) {
  if (depth_ >= kMostBodyDepth) return;
  for (poacl::onnx::Attribute& attribute : *file_.mutable_node(n)->mutable_attribute()) {
    if (!attribute.has_g()) continue;
    Graph unused;
    GraphTranslator inner(session_, *attribute.mutable_g(), unused, this,
                          name_of(n) + "/" + attribute.name() + "/");
    if (!inner.build_index().ok()) continue;
    const Result<std::vector<int>> order = inner.needed_here();
    if (!order.ok()) continue;
    inner.judge(*order);
    inner.judge_bodies(*order);
  }
}

bool GraphTranslator::has_tensor(const std::string& tensor) const {
  for (const GraphTranslator* scope = this; scope != nullptr; scope = scope->parent_) {
    if (scope->index_.tensors.count(tensor) != 0) return true;
  }
  return false;
}

Result<std::vector<int>> GraphTranslator::needed_here() const {
  std::vector<std::string> outputs;
  for (const auto& output : file_.output()) outputs.push_back(output.name());
  return needed_nodes(file_, index_, outputs, [this](const std::string& tensor) {
    return parent_ != nullptr && parent_->has_tensor(tensor);
  });
}

poacl::onnx::Graph* GraphTranslator::subgraph(std::string_view attr) const {
  for (poacl::onnx::Attribute& attribute : *file_.mutable_node(current_)->mutable_attribute()) {
    if (attribute.name() == attr && attribute.has_g()) return attribute.mutable_g();
  }
  return nullptr;
}

bool GraphTranslator::declares_rank(std::string_view attr, size_t input, int rank) const {
  const poacl::onnx::Graph* file = subgraph(attr);
  if (file == nullptr || input >= static_cast<size_t>(file->input_size())) return false;
  const poacl::onnx::Type& type = file->input(static_cast<int>(input)).type();
  return type.has_tensor_type() && type.tensor_type().has_shape() &&
         type.tensor_type().shape().dim_size() == rank;
}

Result<TranslatedBody> GraphTranslator::body(std::string_view attr,
                                             std::span<const TypeOfValue> types, bool open_shapes) {
  poacl::onnx::Graph* file = subgraph(attr);
  const std::string path = name_of(current_) + "/" + std::string(attr) + "/";
  if (file == nullptr) {
    return import_error(kInvalidTag, "node \"{}\" ({}) lacks the subgraph \"{}\"",
                        name_of(current_), file_.node(current_).op_type(), attr);
  }
  if (depth_ >= kMostBodyDepth) {
    return import_error(kInvalidTag, "the subgraph {} is nested more than {} deep", path,
                        kMostBodyDepth);
  }
  POACL_RETURN_IF_ERROR(session_.charge_body(file->node_size()));
  TranslatedBody result{std::make_shared<Graph>(), {}};
  result.graph->name = path.substr(0, path.size() - 1);
  GraphTranslator inner(session_, *file, *result.graph, this, path);
  inner.open_shapes_ = open_shapes;
  const auto in_place = [&](const Status& status) {
    return status.with_context(fmt::format("subgraph {}", result.graph->name));
  };
  if (const Status status = inner.build_index(); !status.ok()) return in_place(status);
  const Result<std::vector<int>> order = inner.needed_here();
  if (!order.ok()) return in_place(order.status());
  if (const Status status = inner.bind_declared(types); !status.ok()) return in_place(status);
  const size_t refused = session_.refused();
  inner.judge(*order);
  POACL_RETURN_IF_ERROR(inner.translate(*order));
  if (session_.refused() != refused) {
    return import_error(kToldTag, "the subgraph {} has nodes that cannot be converted",
                        result.graph->name);
  }
  for (const auto& output : file->output()) {
    Result<ValueId> value =
        inner.output_of(output.name(), fmt::format("subgraph {}: its output", result.graph->name));
    if (!value.ok()) {
      if (session_.refused() == 0) return value.status();
      return import_error(kToldTag, "{}", value.status().message());
    }
    result.graph->outputs.push_back(*value);
    result.graph->output_names.push_back(output.name());
  }
  POACL_RETURN_IF_ERROR(result.graph->compact());
  result.captured = std::move(inner.captured_);
  return result;
}

Status GraphTranslator::bind_declared(std::span<const TypeOfValue> types) {
  if (types.size() != static_cast<size_t>(file_.input_size())) {
    return import_error(kInvalidTag, "it declares {} inputs, but gets {}", file_.input_size(),
                        types.size());
  }
  for (int i = 0; i < file_.input_size(); ++i) {
    const TypeOfValue& type = types[static_cast<size_t>(i)];
    const auto& info = file_.input(i);
    if (info.has_type()) {
      const DataType declared = info.type().has_tensor_type()
                                    ? data_type_from_onnx(info.type().tensor_type().elem_type())
                                    : DataType::kUndefined;
      const bool open = info.type().has_tensor_type() && info.type().tensor_type().elem_type() == 0;
      if (!open && declared != type.dtype) {
        return import_error(
            kInvalidTag, "its input \"{}\" is declared as {}, but gets {}", info.name(),
            info.type().has_tensor_type() ? onnx_type_name(info.type().tensor_type().elem_type())
                                          : "something that is no tensor",
            data_type_name(type.dtype));
      }
    }
    const ValueId input = graph_.add_input(info.name(), type.dtype, type.dims);
    graph_.value(input).shape_known = type.rank_known;
    bind(info.name(), input);
  }
  return {};
}

Result<ValueId> GraphTranslator::capture(const std::string& tensor) {
  POACL_ASSIGN_OR_RETURN(const ValueId outer, parent_->value_of(tensor));
  if (outer == kNoValue) return kNoValue;
  const SequenceValue* list = parent_->sequence(outer);
  if (list == nullptr) return values_[tensor] = capture_value(outer);
  SequenceValue here = *list;
  for (ValueId& element : here.elements) element = capture_value(element);
  return values_[tensor] = add_sequence(std::move(here));
}

ValueId GraphTranslator::capture_value(ValueId outer) {
  if (const auto it = captured_here_.find(outer); it != captured_here_.end()) return it->second;
  const Value& value = parent_->graph_.value(outer);
  ValueId here = kNoValue;
  if (value.is_constant()) {
    here = graph_.add_constant(value.name, *value.constant);
  } else {
    here = graph_.add_input(value.name, value.dtype, value.dims);
    graph_.value(here).shape_known = value.shape_known;
    graph_.value(here).max_dims = value.max_dims;
    if (open_shapes_) {
      graph_.value(here).dims.assign(value.dims.size(), -1);
      graph_.value(here).max_dims.clear();
    }
    captured_.push_back(outer);
  }
  captured_here_.emplace(outer, here);
  return here;
}

}  // namespace poacl::onnx_frontend
