// Concat, Split, Pad.
#include <algorithm>
#include <cmath>

#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

Status translate_concat(TranslateContext& context) {
  const size_t count = context.input_count();
  POACL_RETURN_IF_ERROR(need_inputs(context, count == 0 ? 1 : count));
  const int64_t* axis = context.node().attrs.find<int64_t>("axis");
  if (axis == nullptr) return graph_error("the attribute axis is missing");
  AttrMap attrs;
  attrs.set("concat_dim", *axis);
  attrs.set("N", static_cast<int64_t>(count));
  std::vector<ValueId> inputs;
  for (size_t i = 0; i < count; ++i) inputs.push_back(context.input(i));
  return emit(context, "ConcatD", std::move(inputs), std::move(attrs));
}

// `extent` in `parts` pieces, the last one smaller when it does not divide.
std::vector<int64_t> even_pieces(int64_t extent, int64_t parts) {
  const int64_t piece = (extent + parts - 1) / parts;
  std::vector<int64_t> sizes;
  for (int64_t i = 0; i < parts; ++i) {
    sizes.push_back(std::clamp<int64_t>(extent - i * piece, 0, piece));
  }
  return sizes;
}

Status translate_split(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  const int64_t parts = static_cast<int64_t>(context.node().outputs.size());
  if (parts == 0) return graph_error("the node has no outputs");
  POACL_ASSIGN_OR_RETURN(const int64_t rank, rank_of(context, 0));
  const int64_t given_axis = context.node().attrs.get_int("axis", 0);
  const int64_t axis = given_axis < 0 ? given_axis + rank : given_axis;
  if (axis < 0 || axis >= rank) {
    return graph_error("axis is {}, but an input of rank {} allows {} to {}", given_axis, rank,
                       -rank, rank - 1);
  }
  POACL_ASSIGN_OR_RETURN(auto sizes, attr_or_input(context, "split", 1, 12));
  if (!sizes) {
    const int64_t extent = context.input_value(0).dims[static_cast<size_t>(axis)];
    if (extent < 0) {
      return context.unsupported(fmt::format("the size of dimension {} is not known", axis));
    }
    const int64_t wanted = context.node().attrs.get_int("num_outputs", parts);
    if (wanted != parts) return graph_error("num_outputs is {}, but there are {}", wanted, parts);
    if (context.node().opset < 18 && extent % parts != 0) {
      return graph_error("dimension {} of size {} cannot be split into {} equal parts", axis,
                         extent, parts);
    }
    sizes = even_pieces(extent, parts);
  }
  AttrMap attrs;
  attrs.set("size_splits", *sizes);
  attrs.set("split_dim", axis);
  attrs.set("num_split", parts);
  POACL_RETURN_IF_ERROR(
      context.add("SplitVD", {context.input(0)}, std::move(attrs), static_cast<int>(parts))
          .status());
  for (int i = 0; i < static_cast<int>(parts); ++i) {
    context.set_output(static_cast<size_t>(i), context.last_output(i));
  }
  return {};
}

// Pairs (before, after) for every dimension, from ONNX's all-begins, all-ends over `axes`.
Result<std::vector<int64_t>> paired_pads(const TranslateContext& context,
                                         const std::vector<int64_t>& pads, int64_t rank) {
  std::vector<int64_t> axes;
  POACL_ASSIGN_OR_RETURN(const auto given, constant_input(context, 3, "axes"));
  if (given) {
    axes = *given;
  } else {
    for (int64_t d = 0; d < rank; ++d) axes.push_back(d);
  }
  if (pads.size() != 2 * axes.size()) {
    return graph_error("pads {} must have {} numbers for {} dimensions", dims_to_string(pads),
                       2 * axes.size(), axes.size());
  }
  std::vector<int64_t> pairs(2 * static_cast<size_t>(rank), 0);
  for (size_t i = 0; i < axes.size(); ++i) {
    const int64_t axis = axes[i] < 0 ? axes[i] + rank : axes[i];
    if (axis < 0 || axis >= rank) {
      return graph_error("axes {} do not fit an input of rank {}", dims_to_string(axes), rank);
    }
    pairs[2 * static_cast<size_t>(axis)] = pads[i];
    pairs[2 * static_cast<size_t>(axis) + 1] = pads[i + axes.size()];
  }
  return pairs;
}

Status translate_pad(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  const std::string mode = context.node().attrs.get_string("mode", "constant");
  if (mode != "constant" && mode != "reflect" && mode != "edge") {
    return context.unsupported("mode '" + mode + "'");
  }
  POACL_ASSIGN_OR_RETURN(const int64_t rank, rank_of(context, 0));
  const DataType dtype = context.input_value(0).dtype;
  POACL_ASSIGN_OR_RETURN(const auto pads, attr_or_input(context, "pads", 1, 10));
  if (!pads) return graph_error("pads is missing");
  POACL_ASSIGN_OR_RETURN(const auto pairs, paired_pads(context, *pads, rank));
  std::vector<ValueId> inputs = {context.input(0), add_ints(context, "paddings", {rank, 2}, pairs)};
  if (context.node().opset < 11) {
    const float value = context.node().attrs.get_float("value", 0.0f);
    if (value != 0.0f) inputs.push_back(add_scalar(context, "value", dtype, value));
  } else if (context.has_input(2)) {
    inputs.push_back(context.input(2));
  }
  AttrMap attrs;
  attrs.set("mode", mode);
  return emit(context, "PadV3", std::move(inputs), std::move(attrs));
}

}  // namespace

std::span<const TranslatorEntry> join_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"Concat", translate_concat},
      {"Split", translate_split},
      {"Pad", translate_pad},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
