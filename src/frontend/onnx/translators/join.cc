// Concat, Split.
#include <algorithm>
#include <numeric>

#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

Status translate_concat(TranslateContext& context) {
  const size_t count = context.input_count();
  POACL_RETURN_IF_ERROR(need_inputs(context, count == 0 ? 1 : count));
  const int64_t* axis = context.node().attrs.find<int64_t>("axis");
  if (axis == nullptr && context.node().opset >= 4) {
    return graph_error("the attribute axis is missing");
  }
  AttrMap attrs;
  attrs.set("concat_dim", axis != nullptr ? *axis : int64_t{1});
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

Status emit_parts(TranslateContext& context, std::string type, std::vector<ValueId> inputs,
                  AttrMap attrs) {
  const auto parts = static_cast<int>(context.node().outputs.size());
  attrs.set("num_split", static_cast<int64_t>(parts));
  POACL_RETURN_IF_ERROR(
      context.add(std::move(type), std::move(inputs), std::move(attrs), parts).status());
  for (int i = 0; i < parts; ++i) {
    context.set_output(static_cast<size_t>(i), context.last_output(i));
  }
  return {};
}

// Sizes that follow from the extent alone.
Result<std::vector<int64_t>> equal_pieces(const TranslateContext& context, int64_t axis) {
  const int64_t parts = static_cast<int64_t>(context.node().outputs.size());
  const int64_t extent = context.input_value(0).dims[static_cast<size_t>(axis)];
  const int64_t wanted = context.node().attrs.get_int("num_outputs", parts);
  if (wanted != parts) return graph_error("num_outputs is {}, but there are {}", wanted, parts);
  if (context.node().opset < 18 && extent % parts != 0) {
    return graph_error("dimension {} of size {} cannot be split into {} equal parts", axis, extent,
                       parts);
  }
  return even_pieces(extent, parts);
}

// The same pieces computed at run time: piece i reaches from min(i * piece, extent) to where the
// next one begins. The axis may be negative.
Status emit_equal_parts(TranslateContext& context, int64_t axis) {
  const int64_t parts = static_cast<int64_t>(context.node().outputs.size());
  AttrMap one;
  one.set("start", axis);
  one.set("end", axis == -1 ? INT64_MAX : axis + 1);
  POACL_ASSIGN_OR_RETURN(const ValueId extent,
                         context.add("Shape", {context.input(0)}, std::move(one)));
  std::vector<int64_t> numbers(static_cast<size_t>(parts) + 1);
  std::iota(numbers.begin(), numbers.end(), int64_t{0});
  const auto list = [&](size_t first) {
    const auto from = numbers.begin() + static_cast<ptrdiff_t>(first);
    return add_ints(context, "part", {parts}, {from, from + parts});
  };
  POACL_ASSIGN_OR_RETURN(
      const ValueId sum,
      context.add("Add", {extent, add_ints(context, "rounding", {1}, {parts - 1})}));
  POACL_ASSIGN_OR_RETURN(const ValueId piece,
                         context.add("RealDiv", {sum, add_ints(context, "parts", {1}, {parts})}));
  ValueId edges[2];
  for (size_t i = 0; i < 2; ++i) {
    POACL_ASSIGN_OR_RETURN(const ValueId far, context.add("Mul", {list(i), piece}));
    POACL_ASSIGN_OR_RETURN(edges[i], context.add("Minimum", {far, extent}));
  }
  POACL_ASSIGN_OR_RETURN(const ValueId sizes, context.add("Sub", {edges[1], edges[0]}));
  return emit_parts(context, "SplitV",
                    {context.input(0), sizes, add_ints(context, "axis", {}, {axis})}, {});
}

Status translate_split(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  if (context.node().outputs.empty()) return graph_error("the node has no outputs");
  const int64_t given_axis = context.node().attrs.get_int("axis", 0);
  const int64_t opset = context.node().opset;
  // Opset 1 had both forms, opsets 2 to 12 the attribute, later ones the input.
  const bool by_input = context.has_input(1) && (opset >= 13 || opset == 1);
  if (by_input && context.constant(1) == nullptr) {
    return emit_parts(
        context, "SplitV",
        {context.input(0), context.input(1), add_ints(context, "axis", {}, {given_axis})}, {});
  }
  POACL_ASSIGN_OR_RETURN(auto sizes, attr_or_input(context, "split", 1, by_input ? 0 : 12));
  if (!context.input_value(0).shape_known) {
    if (!sizes) return emit_equal_parts(context, given_axis);
    const ValueId list = add_ints(context, "split", {static_cast<int64_t>(sizes->size())}, *sizes);
    return emit_parts(context, "SplitV",
                      {context.input(0), list, add_ints(context, "axis", {}, {given_axis})}, {});
  }
  POACL_ASSIGN_OR_RETURN(const int64_t rank, rank_of(context, 0));
  const int64_t axis = given_axis < 0 ? given_axis + rank : given_axis;
  if (axis < 0 || axis >= rank) {
    return graph_error("axis is {}, but an input of rank {} allows {} to {}", given_axis, rank,
                       -rank, rank - 1);
  }
  if (!sizes) {
    if (context.input_value(0).dims[static_cast<size_t>(axis)] < 0) {
      return emit_equal_parts(context, axis);
    }
    POACL_ASSIGN_OR_RETURN(sizes, equal_pieces(context, axis));
  }
  AttrMap attrs;
  attrs.set("size_splits", *sizes);
  attrs.set("split_dim", axis);
  return emit_parts(context, "SplitVD", {context.input(0)}, std::move(attrs));
}

}  // namespace

std::span<const TranslatorEntry> join_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"Concat", translate_concat},
      {"Split", translate_split},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
