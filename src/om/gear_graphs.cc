#include "om/gear_graphs.h"

#include <cstring>
#include <limits>

#include <fmt/format.h>

#include "om/om_attrs.h"
#include "om/om_codes.h"
#include "om/om_dtype.h"

namespace poacl::om {
namespace {

constexpr std::string_view kTable = "ascend_mbatch_shape_const";
constexpr std::string_view kIndex = "ascend_mbatch_shape_mapindex";
constexpr std::string_view kCase = "ascend_mbatch_shape_case";
constexpr std::string_view kOpenDims = "_mbatch_origin_input_dims";
constexpr std::string_view kKind = "mbatch_dynamic_type";
constexpr std::string_view kOrder = "user_designate_shape_order";

template <typename... Args>
Status broken(fmt::format_string<Args...> format, Args&&... args) {
  return Status(kParamInvalid, fmt::format(format, std::forward<Args>(args)...));
}

std::string suffix_of(size_t gear) {
  return fmt::format("_ascend_mbatch_batch_{}", gear);
}

class MainGraph {
 public:
  MainGraph(const OmModel& model, GraphDef* out)
      : gears_(model.gears),
        largest_(gears_.graphs[largest_gear(gears_.values)]),
        input_format_(model.info.input_format),
        out_(*out) {}

  void write(const ModelDef& def) {
    out_.set_name(largest_.name);
    const size_t count = gears_.values[0].size();
    for (size_t i = 0; i < largest_.inputs.size(); ++i) add_input(i);
    const Dims one_gear = {static_cast<int64_t>(count)};
    OpDef* chooser = add_op(kGearInput, "Data");
    add_int(chooser->mutable_attr(), "index", static_cast<int64_t>(largest_.inputs.size()));
    describe(kGearInput, DataType::kInt32, one_gear, "ND", chooser->add_output_desc());
    out_.add_input(fmt::format("{}:0", kGearInput));
    add_table(count);
    OpDef* index = add_op(kIndex, "MapIndex");
    connect(index, kGearInput, chooser->output_desc(0));
    connect(index, kTable, table_->output_desc(0));
    describe(kIndex, DataType::kInt32, {}, "ND", index->add_output_desc());
    add_case(*index, def);
    add_net_output();
  }

 private:
  OpDef* add_op(std::string_view name, std::string_view type) {
    OpDef* op = out_.add_op();
    op->set_name(std::string(name));
    op->set_type(std::string(type));
    op->set_id(out_.op_size() - 1);
    return op;
  }

  static void describe(std::string_view name, DataType dtype, const Dims& dims,
                       std::string_view layout, TensorDescriptor* desc) {
    desc->set_name(std::string(name));
    desc->set_dtype(message_dtype(dtype));
    desc->mutable_shape()->mutable_dim()->Add(dims.begin(), dims.end());
    desc->set_layout(std::string(layout));
    desc->set_device_type("CPU");
    desc->set_size(static_cast<int64_t>(storage_bytes(TensorDesc{dtype, dims})));
  }

  static void connect(OpDef* reader, std::string_view source, const TensorDescriptor& desc) {
    reader->add_input(fmt::format("{}:0", source));
    reader->add_is_input_const(source == kTable);
    *reader->add_input_desc() = desc;
  }

  void add_input(size_t index) {
    const Value& value = largest_.value(largest_.inputs[index]);
    const bool image = value.dims.size() == 4 && !input_format_.empty();
    OpDef* op = add_op(value.name, "Data");
    add_int(op->mutable_attr(), "index", static_cast<int64_t>(index));
    add_ints(op->mutable_attr(), kOpenDims, gears_.input_dims[index]);
    describe(value.name, value.dtype, value.dims, image ? input_format_ : "ND",
             op->add_output_desc());
    out_.add_input(fmt::format("{}:0", value.name));
  }

  void add_table(size_t count) {
    std::vector<int32_t> numbers;
    for (const auto& values : gears_.values)
      numbers.insert(numbers.end(), values.begin(), values.end());
    table_ = add_op(kTable, "Const");
    TensorDef* tensor = add_attr(table_->mutable_attr(), "value").mutable_t();
    const Dims dims = {static_cast<int64_t>(gears_.count()), static_cast<int64_t>(count)};
    describe(kTable, DataType::kInt32, dims, "ND", tensor->mutable_desc());
    tensor->set_data(numbers.data(), numbers.size() * sizeof(int32_t));
    *table_->add_output_desc() = tensor->desc();
  }

  void add_case(const OpDef& index, const ModelDef& def) {
    case_ = add_op(kCase, "Case");
    connect(case_, kIndex, index.output_desc(0));
    for (int i = 0; i < static_cast<int>(largest_.inputs.size()); ++i) {
      connect(case_, out_.op(i).name(), out_.op(i).output_desc(0));
    }
    auto* attrs = case_->mutable_attr();
    add_int(attrs, "batch_num", static_cast<int64_t>(gears_.count()));
    for (size_t i = 0; i < gears_.count(); ++i) {
      add_ints(attrs, fmt::format("_pred_value_{}", i), gears_.values[i]);
      case_->add_subgraph_name(def.graph(static_cast<int>(i) + 1).name());
    }
    std::vector<std::string> names;
    for (const size_t i : gears_.order) names.push_back(largest_.value(largest_.inputs[i]).name);
    add_strings(attrs, kOrder, names);
    add_int(attrs, kKind, static_cast<int64_t>(gears_.kind));
  }

  void add_net_output() {
    OpDef* op = add_op("Node_Output", "NetOutput");
    for (size_t i = 0; i < largest_.outputs.size(); ++i) {
      const Value& value = largest_.value(largest_.outputs[i]);
      TensorDescriptor* desc = case_->add_output_desc();
      describe(value.name, value.dtype, value.dims, "ND", desc);
      op->add_input(fmt::format("{}:{}", kCase, i));
      op->add_is_input_const(false);
      *op->add_input_desc() = *desc;
      op->add_src_name(std::string(kCase));
      op->add_src_index(static_cast<int64_t>(i));
      out_.add_output(op->input(static_cast<int>(i)));
    }
    add_strings(out_.mutable_attr(), "_poacl_output_names", largest_.output_names);
  }

  const OmGears& gears_;
  const Graph& largest_;
  const std::string& input_format_;
  GraphDef& out_;
  OpDef* table_ = nullptr;
  OpDef* case_ = nullptr;
};

const OpDef* find_op(const GraphDef& graph, std::string_view name) {
  for (const OpDef& op : graph.op()) {
    if (op.name() == name) return &op;
  }
  return nullptr;
}

// Every gear's values are in the table, flattened.
Status read_values(const GraphDef& main, size_t count, const ReadContext& context, OmGears* gears) {
  const OpDef* table = find_op(main, kTable);
  const AttrDef* value = table == nullptr ? nullptr : find_attr(table->attr(), "value");
  if (value == nullptr || !value->has_t()) return broken("the gears have no table of their values");
  POACL_ASSIGN_OR_RETURN(const Tensor tensor, decode_tensor(value->t(), context));
  if (tensor.dtype != DataType::kInt32 || tensor.dims.size() != 2 ||
      tensor.dims[0] != static_cast<int64_t>(count)) {
    return broken("the table of gears is {} {} for {} of them", data_type_name(tensor.dtype),
                  dims_to_string(tensor.dims), count);
  }
  const auto numbers = tensor.as<int32_t>();
  const auto each = static_cast<size_t>(tensor.dims[1]);
  for (size_t i = 0; i < count; ++i) {
    const auto begin = numbers.begin() + static_cast<ptrdiff_t>(i * each);
    gears->values.emplace_back(begin, begin + static_cast<ptrdiff_t>(each));
  }
  return {};
}

// By the operators' numbers, as the gears' own graphs have them.
Status read_open_dims(const GraphDef& main, size_t inputs, OmGears* gears) {
  gears->input_dims.assign(inputs, {});
  for (const OpDef& op : main.op()) {
    const auto index = static_cast<uint64_t>(attr_int(op.attr(), "index", -1));
    if (op.type() != "Data" || index >= inputs) continue;
    const AttrDef* dims = find_attr(op.attr(), kOpenDims);
    if (dims == nullptr || !dims->has_list()) return broken("input {} has no open shape", index);
    gears->input_dims[index].assign(dims->list().i().begin(), dims->list().i().end());
  }
  return {};
}

Status read_order(const OpDef& choice, const Graph& graph, OmGears* gears) {
  const AttrDef* order = find_attr(choice.attr(), kOrder);
  if (order == nullptr || !order->has_list()) return broken("the gears have no order of inputs");
  for (const std::string& name : order->list().s()) {
    size_t at = 0;
    while (at < graph.inputs.size() && graph.value(graph.inputs[at]).name != name) ++at;
    if (at == graph.inputs.size()) return broken("the gears' order names an input there is not");
    gears->order.push_back(at);
  }
  return {};
}

}  // namespace

Status encode_gears(const OmModel& model, WeightsOut& weights, ModelDef* out) {
  const OmGears& gears = model.gears;
  POACL_RETURN_IF_ERROR(check_gears(gears));
  for (const auto& values : gears.values) {
    for (const int64_t value : values) {
      if (value > std::numeric_limits<int32_t>::max()) {
        return broken("a gear has the size {}, which the file cannot hold", value);
      }
    }
  }
  out->add_graph();  // the main one, which names the others
  for (size_t i = 0; i < gears.count(); ++i) {
    const std::string suffix = suffix_of(i);
    POACL_RETURN_IF_ERROR(encode_graph(gears.graphs[i], {model.info.input_format, suffix, {}},
                                       weights, out->add_graph()));
  }
  MainGraph(model, out->mutable_graph(0)).write(*out);
  return {};
}

Status decode_gears(const ModelDef& def, const ReadContext& context, OmModel* model) {
  const GraphDef& main = def.graph(0);
  OmGears& gears = model->gears;
  const OpDef* choice = find_op(main, kCase);
  if (choice == nullptr)
    return broken("it has {} graphs and nothing that chooses one of them", def.graph_size());
  const auto count = static_cast<size_t>(def.graph_size()) - 1;
  gears.kind = static_cast<GearKind>(static_cast<int32_t>(attr_int(choice->attr(), kKind)));
  POACL_RETURN_IF_ERROR(read_values(main, count, context, &gears));
  for (size_t i = 0; i < count; ++i) {
    const std::string suffix = suffix_of(i);
    ReadContext inner = context;
    inner.suffix = suffix;
    const Status status =
        decode_graph(def.graph(static_cast<int>(i) + 1), inner, 0, &gears.graphs.emplace_back());
    if (!status.ok()) return status.with_context(gear_label(gears, i));
  }
  const Graph& first = gears.graphs[0];
  POACL_RETURN_IF_ERROR(read_open_dims(main, first.inputs.size(), &gears));
  POACL_RETURN_IF_ERROR(read_order(*choice, first, &gears));
  POACL_RETURN_IF_ERROR(check_gears(gears));
  model->graph = gears.graphs[largest_gear(gears.values)];
  return {};
}

}  // namespace poacl::om
