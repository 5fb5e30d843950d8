// Slice, Gather, Expand, Tile.
#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

Status translate_slice(TranslateContext& context) {
  if (context.node().opset >= 10) {
    std::vector<ValueId> inputs;
    for (size_t i = 0; i < 5; ++i) inputs.push_back(context.input(i));
    return emit(context, "StridedSliceV2", std::move(inputs));
  }
  const AttrMap& given = context.node().attrs;
  const auto starts = given.get_ints("starts");
  const auto ends = given.get_ints("ends");
  const auto axes = given.get_ints("axes");
  if (starts.empty() || starts.size() != ends.size() ||
      (!axes.empty() && axes.size() != starts.size())) {
    return graph_error("starts {}, ends {} and axes {} must have as many numbers",
                       dims_to_string(starts), dims_to_string(ends), dims_to_string(axes));
  }
  const Dims dims = {static_cast<int64_t>(starts.size())};
  std::vector<ValueId> inputs = {context.input(0), add_ints(context, "starts", dims, starts),
                                 add_ints(context, "ends", dims, ends)};
  if (!axes.empty()) inputs.push_back(add_ints(context, "axes", dims, axes));
  return emit(context, "StridedSliceV2", std::move(inputs));
}

Status translate_gather(TranslateContext& context) {
  const ValueId axis = add_ints(context, "axis", {}, {context.node().attrs.get_int("axis", 0)});
  return emit(context, "GatherV2", {context.input(0), context.input(1), axis});
}

Status translate_expand(TranslateContext& context) {
  return emit(context, "Expand", {context.input(0), context.input(1)});
}

// Up to opset 5 one axis is repeated, and both numbers are inputs.
Status translate_old_tile(TranslateContext& context) {
  POACL_ASSIGN_OR_RETURN(const int64_t rank, rank_of(context, 0));
  POACL_ASSIGN_OR_RETURN(const auto tiles, constant_input(context, 1, "tiles"));
  POACL_ASSIGN_OR_RETURN(const auto axis, constant_input(context, 2, "axis"));
  if (!tiles || !axis || tiles->size() != 1 || axis->size() != 1 || (*axis)[0] < 0 ||
      (*axis)[0] >= rank) {
    return graph_error("tiles and axis must be one number each, the axis below the rank {}", rank);
  }
  std::vector<int64_t> multiples(static_cast<size_t>(rank), 1);
  multiples[static_cast<size_t>((*axis)[0])] = (*tiles)[0];
  return emit(context, "Tile",
              {context.input(0), add_ints(context, "multiples", {rank}, multiples)});
}

Status translate_tile(TranslateContext& context) {
  if (context.node().opset < 6) return translate_old_tile(context);
  return emit(context, "Tile", {context.input(0), context.input(1)});
}

}  // namespace

std::span<const TranslatorEntry> index_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"Slice", translate_slice},
      {"Gather", translate_gather},
      {"Expand", translate_expand, 8},
      {"Tile", translate_tile},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
