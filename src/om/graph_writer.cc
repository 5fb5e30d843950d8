#include "om/graph_writer.h"

#include <string>
#include <unordered_set>

#include <fmt/format.h>

#include "om/input_ranges.h"
#include "om/om_attrs.h"
#include "om/om_codes.h"
#include "om/om_dtype.h"

namespace poacl::om {
namespace {

constexpr uint64_t kConstantAlign = 64;
constexpr size_t kSmallConstant = size_t{64} << 10;
constexpr int64_t kUnknownRank = -2;

// One graph on its way into the message.
class GraphEncoder {
 public:
  GraphEncoder(const Graph& graph, const GraphLabels& labels, WeightsOut& weights, GraphDef* out)
      : graph_(graph), labels_(labels), weights_(weights), out_(out) {
    places_.resize(graph.value_count());
  }

  Status run() {
    out_->set_name(graph_.name + std::string(labels_.suffix));
    // Node names are what users see; inputs and constants give way when they clash.
    for (const Node& node : graph_.nodes()) names_.insert(node.name);
    const std::string net_output = unique_name("Node_Output");
    for (size_t i = 0; i < graph_.inputs.size(); ++i) add_input(i);
    const std::vector<int> uses = graph_.use_counts();
    place_small_constants(uses);
    for (size_t i = 0; i < graph_.value_count(); ++i) {
      const auto id = static_cast<ValueId>(i);
      if (graph_.value(id).is_constant() && uses[i] > 0) add_constant(id);
    }
    for (const Node& node : graph_.nodes()) POACL_RETURN_IF_ERROR(add_node(node));
    return add_net_output(net_output);
  }

 private:
  // Small constants lie beside each other, in front of the large ones. Execution uses them where
  // they are, and each would otherwise bring in a huge page of weights that are used packed only.
  void place_small_constants(const std::vector<int>& uses) {
    if (weights_.external() != nullptr) return;
    for (size_t i = 0; i < uses.size(); ++i) {
      const Value& value = graph_.value(static_cast<ValueId>(i));
      if (!value.is_constant() || uses[i] == 0) continue;
      if (value.constant->buffer.size() <= kSmallConstant) weights_.add(value.constant->buffer);
    }
  }

  // Where a value comes from: operator name and output number.
  struct Place {
    std::string op;
    int64_t index = 0;
  };

  std::string unique_name(const std::string& wanted) {
    std::string name = wanted.empty() ? "value" : wanted;
    for (int n = 1; !names_.insert(name).second; ++n) name = fmt::format("{}_{}", wanted, n);
    return name;
  }

  OpDef* add_op(const std::string& name, const std::string& type) {
    OpDef* op = out_->add_op();
    op->set_name(name + std::string(labels_.suffix));
    op->set_type(type);
    op->set_id(out_->op_size() - 1);
    return op;
  }

  void describe(const Value& value, std::string_view layout, TensorDescriptor* desc) const {
    desc->set_name(value.name);
    desc->set_dtype(message_dtype(value.dtype));
    if (value.shape_known) {
      desc->mutable_shape()->mutable_dim()->Add(value.dims.begin(), value.dims.end());
      const int64_t count = element_count(value.dims);
      if (count >= 0) desc->set_size(count * static_cast<int64_t>(data_type_size(value.dtype)));
    } else {
      desc->mutable_shape()->add_dim(kUnknownRank);
    }
    desc->set_layout(std::string(layout));
    desc->set_device_type("CPU");
  }

  void add_input(size_t index) {
    const ValueId id = graph_.inputs[index];
    const Value& value = graph_.value(id);
    const std::string name = unique_name(value.name);
    OpDef* op = add_op(name, "Data");
    add_int(op->mutable_attr(), "index", static_cast<int64_t>(index));
    const std::string_view format = labels_.input_format;
    const bool image = value.shape_known && value.dims.size() == 4 && !format.empty();
    describe(value, image ? format : std::string_view("ND"), op->add_output_desc());
    if (index < labels_.input_ranges.size()) {
      write_ranges(labels_.input_ranges[index], op->mutable_output_desc(0));
    }
    out_->add_input(fmt::format("{}:0", op->name()));
    places_[static_cast<size_t>(id)] = Place{op->name(), 0};
  }

  void add_constant(ValueId id) {
    const Value& value = graph_.value(id);
    const Tensor& tensor = *value.constant;
    const std::string name = unique_name(value.name);
    OpDef* op = add_op(name, "Const");
    if (weights_.external() != nullptr && tensor.buffer.size() != 0) {
      set_file_constant(weights_.external()->add(tensor.buffer), tensor.buffer.size(), op);
    } else {
      set_const_value(value, op);
    }
    TensorDescriptor* output = op->add_output_desc();
    output->set_name(value.name);
    output->set_dtype(message_dtype(tensor.dtype));
    output->mutable_shape()->mutable_dim()->Add(tensor.dims.begin(), tensor.dims.end());
    output->set_layout("ND");
    output->set_size(static_cast<int64_t>(tensor.buffer.size()));
    places_[static_cast<size_t>(id)] = Place{op->name(), 0};
  }

  // The value of a Const, in the partition of weights.
  void set_const_value(const Value& value, OpDef* op) {
    const Tensor& tensor = *value.constant;
    const uint64_t offset = weights_.add(tensor.buffer);
    TensorDescriptor* desc = add_attr(op->mutable_attr(), "value").mutable_t()->mutable_desc();
    desc->set_name(value.name);
    desc->set_dtype(message_dtype(tensor.dtype));
    desc->mutable_shape()->mutable_dim()->Add(tensor.dims.begin(), tensor.dims.end());
    desc->set_layout("ND");
    desc->set_weight_size(static_cast<int64_t>(tensor.buffer.size()));
    desc->set_data_offset(static_cast<int64_t>(offset));
    add_int(desc->mutable_attr(), "merged_offset", static_cast<int64_t>(offset));
  }

  Status connect(ValueId id, std::string_view reader, OpDef* op) const {
    if (id == kNoValue) {
      op->add_input("");
      op->add_input_desc();
      op->add_is_input_const(false);
      return {};
    }
    const bool valid = id >= 0 && static_cast<size_t>(id) < places_.size();
    if (!valid || places_[static_cast<size_t>(id)].op.empty()) {
      return Status(kInternal, fmt::format("graph {}: {} reads value {} ({}), which nothing before "
                                           "it makes",
                                           graph_.name, reader, id,
                                           valid ? graph_.value(id).name : "out of range"));
    }
    const Place& place = places_[static_cast<size_t>(id)];
    const Value& value = graph_.value(id);
    op->add_input(fmt::format("{}:{}", place.op, place.index));
    op->add_is_input_const(value.is_constant());
    describe(value, "ND", op->add_input_desc());
    return {};
  }

  Status add_node(const Node& node) {
    OpDef* op = add_op(node.name, node.type);
    for (const ValueId id : node.inputs) POACL_RETURN_IF_ERROR(connect(id, node.name, op));
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      const ValueId id = node.outputs[i];
      if (id < 0 || static_cast<size_t>(id) >= places_.size()) {
        return Status(kInternal, fmt::format("graph {}: output {} of {} is value {}, which does "
                                             "not exist",
                                             graph_.name, i, node.name, id));
      }
      describe(graph_.value(id), "ND", op->add_output_desc());
      // A value that was folded has its Const op already.
      Place& place = places_[static_cast<size_t>(id)];
      if (place.op.empty()) place = Place{op->name(), static_cast<int64_t>(i)};
    }
    for (const auto& [name, value] : node.attrs) {
      const Status status = encode_attr(value, weights_, &add_attr(op->mutable_attr(), name));
      if (!status.ok()) return status.with_context(node.name);
    }
    if (!node.origins.empty()) {
      add_strings(op->mutable_attr(), "_datadump_original_op_names", node.origins);
    }
    return {};
  }

  Status add_net_output(const std::string& name) {
    OpDef* op = add_op(name, "NetOutput");
    for (const ValueId id : graph_.outputs) {
      if (id == kNoValue) {
        return Status(kInternal, fmt::format("graph {}: an output has no value", graph_.name));
      }
      POACL_RETURN_IF_ERROR(connect(id, "the model's output", op));
      const Place& place = places_[static_cast<size_t>(id)];
      op->add_src_name(place.op);
      op->add_src_index(place.index);
      out_->add_output(fmt::format("{}:{}", place.op, place.index));
    }
    // Subgraphs need theirs too; the model attribute of this name is the main graph's.
    add_strings(out_->mutable_attr(), "_poacl_output_names", graph_.output_names);
    return {};
  }

  const Graph& graph_;
  const GraphLabels& labels_;
  WeightsOut& weights_;
  GraphDef* out_;
  std::vector<Place> places_;
  std::unordered_set<std::string> names_;
};

}  // namespace

uint64_t WeightsOut::add(const ConstBuffer& bytes) {
  if (bytes.size() == 0) return 0;
  const ConstBuffer shared = pool_.share(bytes);
  const auto [it, fresh] = offset_of_.try_emplace({shared.data(), shared.size()}, 0);
  if (!fresh) return it->second;
  const uint64_t offset = (size_ + kConstantAlign - 1) / kConstantAlign * kConstantAlign;
  items_.push_back(Item{offset, shared});
  size_ = offset + shared.size();
  it->second = offset;
  return offset;
}

Status encode_graph(const Graph& graph, const GraphLabels& labels, WeightsOut& weights,
                    GraphDef* out) {
  return GraphEncoder(graph, labels, weights, out).run();
}

}  // namespace poacl::om
