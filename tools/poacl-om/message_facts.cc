#include "message_facts.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/dtype.h"
#include "base/utf8.h"
#include "om/om_attrs.h"
#include "om/om_dtype.h"

namespace poacl::show {
namespace {

constexpr std::string_view kModelAttrs[] = {
    "atc_cmdline",      "atc_version", "soc_version",
    "framework_type",   "producer",    "poacl_revision",
    "memory_size",      "weight_size", "zero_copy_memory_size",
    "stream_num",       "event_num",   "opp_version",
    "compiler_version", "arch_type",   "host_env_os",
    "host_env_cpu",     "core_type",   "poacl_packed_isa"};

bool starts_with_aipp(const std::string& type) {
  return type.starts_with("Aipp") || type.starts_with("aipp");
}

bool is_input(const om::OpDef& op) {
  return op.type() == "Data" || op.type() == "AippData";
}

template <typename List>
std::string joined(const List& list) {
  return fmt::format("{}", fmt::join(list.begin(), list.end(), ","));
}

std::string value_text(const om::AttrDef& value) {
  switch (value.value_case()) {
    case om::AttrDef::kS:
      return printable(value.s());
    case om::AttrDef::kI:
      return std::to_string(value.i());
    case om::AttrDef::kF:
      return fmt::format("{:g}", value.f());
    case om::AttrDef::kB:
      return value.b() ? "true" : "false";
    case om::AttrDef::kDt: {
      const auto dtype = om::dtype_from_acl(value.dt());
      return dtype ? std::string(data_type_name(*dtype)) : std::to_string(value.dt());
    }
    case om::AttrDef::kList: {
      const auto& list = value.list();
      std::vector<std::string> texts;
      for (const std::string& text : list.s()) texts.push_back(printable(text));
      std::vector<std::string> parts;
      for (std::string part :
           {joined(texts), joined(list.i()), joined(list.f()), joined(list.b())}) {
        if (!part.empty()) parts.push_back(std::move(part));
      }
      return "[" + joined(parts) + "]";
    }
    default:
      return "...";
  }
}

Dims ints_of(const om::AttrList& attrs, std::string_view name) {
  const om::AttrDef* attr = om::find_attr(attrs, name);
  if (attr == nullptr || !attr->has_list()) return {};
  return Dims(attr->list().i().begin(), attr->list().i().end());
}

// "1..8, any" for the open dimensions.
std::string range_text(const om::AttrList& attrs, const Dims& dims) {
  const om::AttrDef* attr = om::find_attr(attrs, "shape_range");
  if (attr == nullptr || !attr->has_list_list_int()) return "";
  const auto& rows = attr->list_list_int().list();
  std::vector<std::string> parts;
  for (int i = 0; i < rows.size() && static_cast<size_t>(i) < dims.size(); ++i) {
    if (dims[static_cast<size_t>(i)] >= 0 || rows.Get(i).i_size() != 2) continue;
    const int64_t most = rows.Get(i).i(1);
    parts.push_back(most < 0 ? fmt::format("from {}", rows.Get(i).i(0))
                             : fmt::format("{}..{}", rows.Get(i).i(0), most));
  }
  return joined(parts);
}

PortFacts port_of(const std::string& name, const om::TensorDescriptor& desc) {
  PortFacts port;
  port.name = printable(name);
  const auto dtype = om::dtype_from_message(desc.dtype());
  if (dtype && *dtype != DataType::kUndefined) port.type = data_type_name(*dtype);
  port.dims.assign(desc.shape().dim().begin(), desc.shape().dim().end());
  port.format = printable(desc.layout());
  // Compiled operands are in the chip's own order; the original one is an attribute.
  if (const Dims origin = ints_of(desc.attr(), "origin_shape"); !origin.empty()) {
    port.dims = origin;
    const std::string format = om::attr_string(desc.attr(), "origin_format");
    if (!format.empty()) port.format = printable(format);
  }
  port.range = range_text(desc.attr(), port.dims);
  const int64_t count = element_count(port.dims);
  if (count >= 0 && dtype) port.bytes = static_cast<uint64_t>(count) * data_type_size(*dtype);
  return port;
}

void add_inputs(const om::GraphDef& graph, Contents& contents) {
  std::map<int64_t, PortFacts> by_index;
  for (const om::OpDef& op : graph.op()) {
    if (!is_input(op) || op.output_desc_size() == 0) continue;
    PortFacts port = port_of(op.name(), op.output_desc(0));
    if (const Dims open = ints_of(op.attr(), "_mbatch_origin_input_dims"); !open.empty()) {
      port.dims = open;
      if (element_count(open) < 0) port.bytes = 0;
    }
    by_index.emplace(om::attr_int(op.attr(), "index", static_cast<int64_t>(by_index.size())),
                     std::move(port));
  }
  for (auto& [index, port] : by_index) contents.inputs.push_back(std::move(port));
}

void add_outputs(const om::ModelDef& model, const om::GraphDef& graph, Contents& contents) {
  const om::AttrDef* names = om::find_attr(model.attr(), "attr_model_out_nodes_name");
  for (const om::OpDef& op : graph.op()) {
    if (op.type() != "NetOutput") continue;
    for (int i = 0; i < op.input_desc_size(); ++i) {
      std::string name = i < op.input_size() ? op.input(i) : "";
      if (names != nullptr && i < names->list().s_size()) name = names->list().s(i);
      contents.outputs.push_back(port_of(name, op.input_desc(i)));
    }
  }
}

void add_gears(const om::GraphDef& graph, Contents& contents) {
  constexpr std::string_view kKinds[] = {"", "batch", "image", "dims"};
  for (const om::OpDef& op : graph.op()) {
    const int64_t kind = om::attr_int(op.attr(), "mbatch_dynamic_type");
    if (op.type() != "Case" || kind < 1 || kind > 3) continue;
    contents.gear_kind = kKinds[kind];
    for (size_t i = 0;; ++i) {
      Dims gear = ints_of(op.attr(), fmt::format("_pred_value_{}", i));
      if (gear.empty()) return;
      contents.gears.push_back(std::move(gear));
    }
  }
}

void add_aipp(const om::GraphDef& graph, Contents& contents) {
  for (const om::OpDef& op : graph.op()) {
    const om::AttrDef* own = om::find_attr(op.attr(), "aipp");
    if (!starts_with_aipp(op.type()) && own == nullptr) continue;
    OpFacts facts{printable(op.name()), printable(op.type()), {}};
    for (const om::NamedAttr& attr : op.attr()) {
      facts.attrs.emplace_back(printable(attr.key()), value_text(attr.value()));
    }
    contents.aipp.push_back(std::move(facts));
  }
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result = valid_utf8(text);
  for (char& c : result) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) c = '?';
  }
  return result;
}

void add_message_facts(const om::ModelDef& model, Contents& contents) {
  contents.model = printable(model.name());
  for (const std::string_view name : kModelAttrs) {
    const om::AttrDef* attr = om::find_attr(model.attr(), name);
    if (attr != nullptr) contents.attributes.emplace_back(name, value_text(*attr));
  }
  if (model.graph_size() == 0) return;
  add_inputs(model.graph(0), contents);
  add_outputs(model, model.graph(0), contents);
  add_gears(model.graph(0), contents);
  std::map<std::string, size_t> counts;
  for (const om::GraphDef& graph : model.graph()) {
    if (contents.aipp.empty()) add_aipp(graph, contents);
    for (const om::OpDef& op : graph.op()) ++counts[printable(op.type())];
  }
  contents.op_counts.assign(counts.begin(), counts.end());
  std::stable_sort(contents.op_counts.begin(), contents.op_counts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
}

}  // namespace poacl::show
