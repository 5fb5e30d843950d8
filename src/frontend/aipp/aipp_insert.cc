#include "frontend/aipp/aipp_insert.h"

#include <algorithm>

#include "frontend/aipp/aipp_error.h"
#include "frontend/aipp/aipp_target.h"
#include "graph/shape_inference.h"
#include "kernels/aipp/aipp_block.h"

namespace poacl {
namespace {

AttrMap node_attrs(const AippTarget& target) {
  AttrMap attrs;
  const AippOp& op = target.op;
  attrs.set("aipp_mode", static_cast<int64_t>(op.mode));
  attrs.set("channels", target.channels);
  attrs.set("data_format", std::string(target.channels_last ? "NHWC" : "NCHW"));
  attrs.set("output_dtype", target.dtype);
  attrs.set("origin_dtype", target.dtype);
  if (op.mode == AippMode::kStatic) {
    aipp::write_attrs(op.picture, &attrs);
    return attrs;
  }
  attrs.set("batch", target.batch);
  attrs.set("out_height", target.height);
  attrs.set("out_width", target.width);
  attrs.set("max_src_image_size", op.max_src_image_size);
  return attrs;
}

// Of the bytes for a model input of these sizes, -1 where open.
Dims stored_dims_of(const AippOp& op, int64_t batch, int64_t width, int64_t height) {
  const aipp::Picture& picture = op.picture;
  return aipp::stored_dims(picture.format, batch, picture.width != 0 ? picture.width : width,
                           picture.height != 0 ? picture.height : height);
}

// The input of parameters, named after the node unless it is the first.
ValueId add_parameters(Graph& graph, const AippTarget& target, const std::string& node,
                       int64_t most_batch) {
  const bool first = std::none_of(graph.inputs.begin(), graph.inputs.end(), [&](ValueId id) {
    return graph.value(id).name == kAippParameterInput;
  });
  const auto batch = static_cast<uint64_t>(std::max(most_batch, target.batch));
  return graph.add_input(
      first ? kAippParameterInput : std::string(kAippParameterInput) + "_" + node, DataType::kUint8,
      {static_cast<int64_t>(aipp::block_bytes(batch))});
}

Status insert_one(Graph& graph, const AippTarget& target, const AippPlace& place) {
  const ValueId input = graph.inputs[target.input];
  const std::string name = graph.value(input).name;
  const AippOp& op = target.op;
  std::vector<ValueId> operands = {input};
  const NodeId id =
      graph.add_node("aipp_" + name, "Aipp", operands, {name + "_aipp"}, node_attrs(target));
  graph.replace_uses(input, graph.node(id).outputs[0]);
  Value& bytes = graph.value(input);
  bytes.dtype = DataType::kUint8;
  const auto most = most_dims(bytes.dims, bytes.max_dims);
  bytes.max_dims.clear();
  if (op.mode == AippMode::kStatic) {
    bytes.dims = stored_dims_of(op, target.batch, target.width, target.height);
    if (most && element_count(bytes.dims) < 0) {
      bytes.max_dims = stored_dims_of(op, (*most)[0], (*most)[target.channels_last ? 2 : 3],
                                      (*most)[target.channels_last ? 1 : 2]);
    }
  } else {
    bytes.dims = {op.max_src_image_size};
    operands.push_back(add_parameters(graph, target, graph.node(id).name, place.most_batch));
  }
  graph.node(id).inputs = operands;
  return {};
}

}  // namespace

Status insert_aipp(Graph& graph, const AippConfig& config, const AippPlace& place) {
  std::vector<AippTarget> targets;
  for (const AippOp& op : config.ops) {
    auto target = find_aipp_target(graph, op, place);
    if (!target.ok()) return target.status().with_context(config.source);
    targets.push_back(*std::move(target));
  }
  for (const AippTarget& target : targets) {
    POACL_RETURN_IF_ERROR(insert_one(graph, target, place));
  }
  // The nodes were appended behind those that read what they make.
  POACL_RETURN_IF_ERROR(graph.compact());
  return infer_shapes(graph);
}

}  // namespace poacl
