// Pad.
#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

// Pairs (before, after) for every dimension, from ONNX's all-begins, all-ends over `axes`.
Result<std::vector<int64_t>> paired_pads(const std::vector<int64_t>& pads,
                                         const std::optional<std::vector<int64_t>>& given,
                                         int64_t rank) {
  std::vector<int64_t> axes = given.value_or(std::vector<int64_t>());
  for (int64_t d = 0; !given && d < rank; ++d) axes.push_back(d);
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

// Pads that come at run time, all begins and then all ends. With axes, each number is put at its
// place in a list of zeros.
Result<ValueId> open_pads(TranslateContext& context) {
  if (!context.has_input(3)) return context.input(1);
  POACL_ASSIGN_OR_RETURN(const int64_t rank, rank_of(context, 0));
  std::vector<int64_t> begins, ends;
  for (int64_t d = 0; d < rank; ++d) {
    begins.push_back(d);
    ends.push_back(d + rank);
  }
  // Picking the places by the axes makes negative axes right as well.
  const ValueId zero = add_ints(context, "zero", {}, {0});
  std::vector<ValueId> places;
  for (const auto& list : {begins, ends}) {
    const ValueId all = add_ints(context, "places", {rank}, list);
    POACL_ASSIGN_OR_RETURN(const ValueId picked,
                           context.add("GatherV2", {all, context.input(3), zero}));
    places.push_back(picked);
  }
  AttrMap concat;
  concat.set("concat_dim", int64_t{0});
  POACL_ASSIGN_OR_RETURN(const ValueId indices,
                         context.add("ConcatD", std::move(places), std::move(concat)));
  const ValueId none =
      add_ints(context, "none", {2 * rank}, std::vector<int64_t>(2 * static_cast<size_t>(rank), 0));
  AttrMap scatter;
  scatter.set("axis", int64_t{0});
  return context.add("ScatterElements", {none, indices, context.input(1)}, std::move(scatter));
}

Status translate_pad(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  const std::string mode = context.node().attrs.get_string("mode", "constant");
  if (mode != "constant" && mode != "reflect" && mode != "edge" && mode != "wrap") {
    return context.unsupported("mode '" + mode + "'");
  }
  const int64_t opset = context.node().opset;
  AttrMap attrs;
  attrs.set("mode", mode);
  std::vector<ValueId> inputs = {context.input(0)};
  const bool open = opset >= 11 && ((context.has_input(1) && context.constant(1) == nullptr) ||
                                    (context.has_input(3) && context.constant(3) == nullptr));
  if (open) {
    POACL_ASSIGN_OR_RETURN(const ValueId pads, open_pads(context));
    inputs.push_back(pads);
    attrs.set("paddings_contiguous", false);
  } else {
    POACL_ASSIGN_OR_RETURN(const int64_t rank, rank_of(context, 0));
    POACL_ASSIGN_OR_RETURN(const auto pads,
                           attr_or_input(context, opset == 1 ? "paddings" : "pads", 1, 10));
    if (!pads) return graph_error("pads is missing");
    POACL_ASSIGN_OR_RETURN(const auto axes, constant_input(context, 3, "axes"));
    POACL_ASSIGN_OR_RETURN(const auto pairs, paired_pads(*pads, axes, rank));
    inputs.push_back(add_ints(context, "paddings", {rank, 2}, pairs));
  }
  if (opset < 11) {
    const float value = context.node().attrs.get_float("value", 0.0f);
    if (value != 0.0f) {
      const DataType type = context.input_value(0).dtype;
      const ValueId constant = add_scalar(context, "value", type, static_cast<double>(value));
      if (constant == kNoValue) {
        return context.unsupported(
            fmt::format("a value of {} for {}", value, data_type_name(type)));
      }
      inputs.push_back(constant);
    }
  } else if (context.has_input(2)) {
    inputs.push_back(context.input(2));
  }
  return emit(context, "PadV3", std::move(inputs), std::move(attrs));
}

}  // namespace

std::span<const TranslatorEntry> pad_translators() {
  static constexpr TranslatorEntry kTable[] = {{"Pad", translate_pad}};
  return kTable;
}

}  // namespace poacl::onnx_frontend
