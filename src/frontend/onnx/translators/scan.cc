// Scan: version 9 and later, and version 8, whose values have a batch dimension.
#include <algorithm>

#include "frontend/onnx/translators/control_util.h"
#include "frontend/onnx/translators/translate_util.h"
#include "graph/graph_error.h"
#include "graph/ops/control_attrs.h"
#include "graph/shape_inference.h"

namespace poacl::onnx_frontend {
namespace {

// One Scan in the form of version 9.
struct Scan {
  TranslatedBody body;
  std::vector<ValueId> inputs;  // states and lists
  AttrMap attrs;
  ScanShape shape;
  int64_t length = -1;
};

AttrMap scan_attrs(const GraphPtr& body, size_t states, size_t scanned) {
  AttrMap attrs;
  attrs.set("body", body);
  attrs.set("states", static_cast<int64_t>(states));
  attrs.set("num_scan_inputs", static_cast<int64_t>(scanned));
  return attrs;
}

void copy_list(const AttrMap& from, const char* name, AttrMap& to) {
  if (const auto* list = from.find<std::vector<int64_t>>(name)) to.set(name, *list);
}

Result<size_t> scanned_inputs(const TranslateContext& context, size_t values) {
  const int64_t given = context.node().attrs.get_int("num_scan_inputs", -1);
  if (given < 1 || static_cast<uint64_t>(given) > values) {
    return graph_error("num_scan_inputs is {}, but the node has {} inputs", given, values);
  }
  return static_cast<size_t>(given);
}

// What one iteration sees of a list: no dimension `axis`; its size goes to *length when known.
Result<TypeOfValue> item_type(TypeOfValue list, int64_t axis, int64_t* length) {
  if (!list.rank_known) return list;
  const int64_t rank = static_cast<int64_t>(list.dims.size());
  if (axis < -rank || axis >= rank) {
    return graph_error("scan_input_axes has {}, but the list has shape {}", axis,
                       dims_to_string(list.dims));
  }
  const auto at = list.dims.begin() + (axis < 0 ? axis + rank : axis);
  if (*at >= 0) *length = *at;
  list.dims.erase(at);
  return list;
}

Status unroll(TranslateContext& context, const Scan& scan) {
  const ScanShape& shape = scan.shape;
  std::vector<ValueId> values(scan.inputs.begin(),
                              scan.inputs.begin() + static_cast<ptrdiff_t>(shape.states));
  std::vector<std::vector<ValueId>> stacks(shape.stacked);
  for (int64_t i = 0; i < scan.length; ++i) {
    std::vector<ValueId> arguments = values;
    for (size_t k = 0; k < shape.scanned; ++k) {
      const int64_t index = shape.input_backward[k] != 0 ? scan.length - 1 - i : i;
      const ValueId at = add_ints(context, "index", {}, {index});
      const ValueId axis = add_ints(context, "axis", {}, {shape.input_axes[k]});
      POACL_ASSIGN_OR_RETURN(const ValueId item,
                             context.add("GatherV2", {scan.inputs[shape.states + k], at, axis}));
      arguments.push_back(item);
    }
    arguments.insert(arguments.end(), scan.body.captured.begin(), scan.body.captured.end());
    POACL_ASSIGN_OR_RETURN(const auto results,
                           inline_body(context.graph(), *scan.body.graph, arguments));
    std::copy_n(results.begin(), shape.states, values.begin());
    for (size_t k = 0; k < shape.stacked; ++k) stacks[k].push_back(results[shape.states + k]);
  }
  for (size_t k = 0; k < shape.stacked; ++k) {
    if (shape.output_backward[k] != 0) std::reverse(stacks[k].begin(), stacks[k].end());
    POACL_ASSIGN_OR_RETURN(const ValueId list,
                           stack_values(context, stacks[k], shape.output_axes[k]));
    values.push_back(list);
  }
  for (size_t i = 0; i < values.size(); ++i) context.set_output(i, values[i]);
  return {};
}

Status translate_scan9(TranslateContext& context) {
  Scan scan;
  POACL_RETURN_IF_ERROR(need_inputs(context, context.input_count()));
  POACL_ASSIGN_OR_RETURN(const size_t scanned, scanned_inputs(context, context.input_count()));
  const size_t states = context.input_count() - scanned;
  std::vector<int64_t> axes = context.node().attrs.get_ints("scan_input_axes");
  axes.resize(std::max(axes.size(), scanned), 0);
  std::vector<TypeOfValue> types;
  for (size_t i = 0; i < context.input_count(); ++i) {
    scan.inputs.push_back(context.input(i));
    types.push_back(TypeOfValue::of(context.input_value(i)));
    if (i < states) continue;
    POACL_ASSIGN_OR_RETURN(types[i], item_type(types[i], axes[i - states], &scan.length));
  }
  POACL_ASSIGN_OR_RETURN(scan.body, repeated_body(context, std::move(types), 0, 0, states));
  scan.attrs = scan_attrs(scan.body.graph, states, scanned);
  for (const char* name :
       {"scan_input_axes", "scan_output_axes", "scan_input_directions", "scan_output_directions"}) {
    copy_list(context.node().attrs, name, scan.attrs);
  }
  std::vector<ValueId> inputs = scan.inputs;
  inputs.insert(inputs.end(), scan.body.captured.begin(), scan.body.captured.end());
  POACL_ASSIGN_OR_RETURN(scan.shape, ScanShape::of(scan.attrs, *scan.body.graph, inputs.size()));
  const size_t outputs = scan.body.graph->outputs.size();
  if (scan.length > 0 && worth_unrolling(*scan.body.graph, scan.length) &&
      outputs >= context.node().outputs.size()) {
    return unroll(context, scan);
  }
  return add_control_node(context, "Scan", std::move(inputs), std::move(scan.attrs), outputs);
}

// Version 8 is a Scan over the batch whose body is the Scan over the sequence: each image has
// states of its own, and they and the lists lose the batch dimension.
Status translate_scan8(TranslateContext& context) {
  if (context.has_input(0)) {
    return context.unsupported(
        "sequence_lens, which lets each sequence of a batch end elsewhere, is not supported");
  }
  const size_t values = context.input_count() < 1 ? 0 : context.input_count() - 1;
  POACL_ASSIGN_OR_RETURN(const size_t scanned, scanned_inputs(context, values));
  const size_t states = values - scanned;
  std::vector<TypeOfValue> images;
  std::vector<TypeOfValue> items;
  std::vector<ValueId> inputs;
  int64_t batch = -1;
  int64_t length = -1;
  for (size_t i = 0; i < values; ++i) {
    if (!context.has_input(1 + i)) return graph_error("its input {} is absent", 1 + i);
    inputs.push_back(context.input(1 + i));
    POACL_ASSIGN_OR_RETURN(TypeOfValue image,
                           item_type(TypeOfValue::of(context.input_value(1 + i)), 0, &batch));
    images.push_back(image);
    if (i >= states) {
      POACL_ASSIGN_OR_RETURN(image, item_type(std::move(image), 0, &length));
    }
    items.push_back(std::move(image));
  }
  POACL_ASSIGN_OR_RETURN(TranslatedBody body,
                         repeated_body(context, std::move(items), 0, 0, states));

  auto image = std::make_shared<Graph>();
  image->name = body.graph->name + "/image";
  std::vector<ValueId> inner_inputs;
  for (const TypeOfValue& type : images) {
    inner_inputs.push_back(image->add_input("image", type.dtype, type.dims));
    image->value(inner_inputs.back()).shape_known = type.rank_known;
  }
  for (const ValueId captured : body.captured) {
    const Value& value = context.graph().value(captured);
    inner_inputs.push_back(image->add_input(value.name, value.dtype, value.dims));
    image->value(inner_inputs.back()).shape_known = value.shape_known;
  }
  AttrMap inner = scan_attrs(GraphPtr(body.graph), states, scanned);
  if (const auto* directions = context.node().attrs.find<std::vector<int64_t>>("directions")) {
    inner.set("scan_input_directions", *directions);
  }
  const size_t outputs = body.graph->outputs.size();
  const NodeId node =
      image->add_node(context.node().name + "/sequence", "Scan", std::move(inner_inputs),
                      std::vector<std::string>(outputs, "sequence"), std::move(inner));
  image->node(node).origins = {context.node().name};
  POACL_RETURN_IF_ERROR(infer_node(*image, image->node(node)));
  image->outputs = image->node(node).outputs;
  image->output_names.assign(outputs, "sequence");
  inputs.insert(inputs.end(), body.captured.begin(), body.captured.end());
  // Final states come out as lists over the batch, like the stacked outputs.
  return add_control_node(context, "Scan", std::move(inputs),
                          scan_attrs(GraphPtr(std::move(image)), 0, values), outputs);
}

}  // namespace

Status translate_scan(TranslateContext& context) {
  return context.node().opset >= 9 ? translate_scan9(context) : translate_scan8(context);
}

}  // namespace poacl::onnx_frontend
