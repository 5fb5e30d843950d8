// Sequences and optionals whose elements are known one by one at conversion time. They exist in the
// translator only; the graph gets the elements.
#include <algorithm>

#include "frontend/onnx/tensor_decode.h"
#include "frontend/onnx/translators/control_util.h"
#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

constexpr int64_t kMostElements = 4096;

Status set_sequence(TranslateContext& context, SequenceValue sequence) {
  context.set_output(0, context.surroundings().add_sequence(std::move(sequence)));
  return {};
}

// Input 0 as a sequence; refuses tensors and empty optionals.
Result<SequenceValue> sequence_input(const TranslateContext& context) {
  const SequenceValue* sequence = context.sequence(0);
  if (sequence == nullptr || sequence->nothing) {
    return graph_error("its input 0 must be a sequence, but is {}",
                       sequence == nullptr ? "a tensor" : "an empty optional");
  }
  return *sequence;
}

Result<ValueId> tensor_input(const TranslateContext& context, size_t i) {
  if (!context.has_input(i)) return graph_error("its input {} is missing", i);
  if (context.sequence(i) == nullptr) return context.input(i);
  return context.unsupported(fmt::format(
      "its input {} is a sequence or an optional; only sequences of tensors are supported", i));
}

Status add_element(const TranslateContext& context, SequenceValue& sequence, size_t position,
                   ValueId element, const Graph& graph) {
  const DataType dtype = graph.value(element).dtype;
  if (sequence.dtype != DataType::kUndefined && sequence.dtype != dtype) {
    return graph_error("the sequence is of {}, but a tensor of {} is added",
                       data_type_name(sequence.dtype), data_type_name(dtype));
  }
  if (sequence.elements.size() >= static_cast<size_t>(kMostElements)) {
    return context.unsupported(
        fmt::format("the sequence has more than {} elements", kMostElements));
  }
  sequence.dtype = dtype;
  sequence.elements.insert(sequence.elements.begin() + static_cast<ptrdiff_t>(position), element);
  return {};
}

Status translate_construct(TranslateContext& context) {
  SequenceValue sequence;
  for (size_t i = 0; i < context.input_count(); ++i) {
    POACL_ASSIGN_OR_RETURN(const ValueId element, tensor_input(context, i));
    POACL_RETURN_IF_ERROR(add_element(context, sequence, i, element, context.graph()));
  }
  return set_sequence(context, std::move(sequence));
}

Status translate_empty(TranslateContext& context) {
  SequenceValue sequence;
  sequence.dtype =
      data_type_from_onnx(static_cast<int32_t>(context.node().attrs.get_int("dtype", 1)));
  if (sequence.dtype == DataType::kUndefined) {
    return context.unsupported(fmt::format(
        "sequences of {} are not supported",
        onnx_type_name(static_cast<int32_t>(context.node().attrs.get_int("dtype", 1)))));
  }
  return set_sequence(context, std::move(sequence));
}

// A position from the input, in [0, size), or `fallback` without the input.
Result<size_t> constant_position(TranslateContext& context, size_t input, size_t size,
                                 size_t fallback) {
  if (!context.has_input(input)) return fallback;
  POACL_ASSIGN_OR_RETURN(const auto given, constant_input(context, input, "position"));
  if (given->size() != 1) return graph_error("its position must be one number");
  int64_t position = given->front();
  if (position < 0) position += static_cast<int64_t>(size);
  if (position < 0 || position >= static_cast<int64_t>(size)) {
    return graph_error("position {} is not one of the {} there are", given->front(), size);
  }
  return static_cast<size_t>(position);
}

Status translate_insert(TranslateContext& context) {
  POACL_ASSIGN_OR_RETURN(SequenceValue sequence, sequence_input(context));
  POACL_ASSIGN_OR_RETURN(const ValueId element, tensor_input(context, 1));
  const size_t end = sequence.elements.size();
  // Behind the last element is a place too, and -1 is before the last one.
  size_t position = end;
  if (context.has_input(2)) {
    POACL_ASSIGN_OR_RETURN(const auto given, constant_input(context, 2, "position"));
    if (given->size() == 1 && given->front() != static_cast<int64_t>(end)) {
      POACL_ASSIGN_OR_RETURN(position, constant_position(context, 2, end, end));
    }
  }
  POACL_RETURN_IF_ERROR(add_element(context, sequence, position, element, context.graph()));
  return set_sequence(context, std::move(sequence));
}

// Elements of one known shape can be picked at run time from all of them side by side.
bool same_shapes(const Graph& graph, const SequenceValue& sequence) {
  return !sequence.elements.empty() &&
         std::all_of(sequence.elements.begin(), sequence.elements.end(), [&](ValueId id) {
           return graph.value(id).fully_known() &&
                  graph.value(id).dims == graph.value(sequence.elements[0]).dims;
         });
}

// The position (input 1) as an index from 0, computed at run time: a negative one counts from the
// end. Kept within the list, since a run cannot fail on it.
Result<ValueId> run_time_position(TranslateContext& context, size_t size) {
  AttrMap to_int64;
  to_int64.set("dst_type", DataType::kInt64);
  POACL_ASSIGN_OR_RETURN(const ValueId given,
                         context.add("Cast", {context.input(1)}, std::move(to_int64)));
  const auto number = [&](int64_t value) { return add_ints(context, "number", {}, {value}); };
  const int64_t count = static_cast<int64_t>(size);
  POACL_ASSIGN_OR_RETURN(const ValueId negative, context.add("Less", {given, number(0)}));
  POACL_ASSIGN_OR_RETURN(const ValueId from_end, context.add("Add", {given, number(count)}));
  POACL_ASSIGN_OR_RETURN(const ValueId position,
                         context.add("SelectV2", {negative, from_end, given}));
  POACL_ASSIGN_OR_RETURN(const ValueId at_least, context.add("Maximum", {position, number(0)}));
  return context.add("Minimum", {at_least, number(count - 1)});
}

Status check_run_time_position(const TranslateContext& context, const Graph& graph,
                               const SequenceValue& sequence) {
  if (same_shapes(graph, sequence)) return {};
  return context.unsupported(
      "the position is known only at run time, and the elements have not all the same known shape");
}

Status translate_at(TranslateContext& context) {
  POACL_ASSIGN_OR_RETURN(const SequenceValue sequence, sequence_input(context));
  POACL_ASSIGN_OR_RETURN(const ValueId given, tensor_input(context, 1));
  if (context.graph().value(given).is_constant()) {
    POACL_ASSIGN_OR_RETURN(const size_t position,
                           constant_position(context, 1, sequence.elements.size(), 0));
    context.set_output(0, sequence.elements[position]);
    return {};
  }
  POACL_RETURN_IF_ERROR(check_run_time_position(context, context.graph(), sequence));
  POACL_ASSIGN_OR_RETURN(const ValueId position,
                         run_time_position(context, sequence.elements.size()));
  POACL_ASSIGN_OR_RETURN(const ValueId all, stack_values(context, sequence.elements, 0));
  return emit(context, "GatherV2", {all, position, add_ints(context, "axis", {}, {0})});
}

Status translate_erase(TranslateContext& context) {
  POACL_ASSIGN_OR_RETURN(SequenceValue sequence, sequence_input(context));
  const size_t count = sequence.elements.size();
  if (count == 0) return graph_error("nothing can be taken out of an empty sequence");
  if (!context.has_input(1) || context.constant(1) != nullptr) {
    POACL_ASSIGN_OR_RETURN(const size_t position, constant_position(context, 1, count, count - 1));
    sequence.elements.erase(sequence.elements.begin() + static_cast<ptrdiff_t>(position));
    return set_sequence(context, std::move(sequence));
  }
  POACL_RETURN_IF_ERROR(check_run_time_position(context, context.graph(), sequence));
  POACL_ASSIGN_OR_RETURN(const ValueId position, run_time_position(context, count));
  SequenceValue rest;
  rest.dtype = sequence.dtype;
  for (size_t i = 0; i + 1 < count; ++i) {
    // What stands behind the position moves forward.
    const ValueId index = add_ints(context, "index", {}, {static_cast<int64_t>(i)});
    POACL_ASSIGN_OR_RETURN(const ValueId before, context.add("Less", {index, position}));
    POACL_ASSIGN_OR_RETURN(
        const ValueId element,
        context.add("SelectV2", {before, sequence.elements[i], sequence.elements[i + 1]}));
    rest.elements.push_back(element);
  }
  return set_sequence(context, std::move(rest));
}

Status translate_length(TranslateContext& context) {
  POACL_ASSIGN_OR_RETURN(const SequenceValue sequence, sequence_input(context));
  context.set_output(
      0, add_ints(context, "length", {}, {static_cast<int64_t>(sequence.elements.size())}));
  return {};
}

Status translate_concat(TranslateContext& context) {
  POACL_ASSIGN_OR_RETURN(const SequenceValue sequence, sequence_input(context));
  if (sequence.elements.empty()) return graph_error("its sequence is empty");
  if (!context.node().attrs.has("axis")) return graph_error("its attribute \"axis\" is missing");
  const int64_t axis = context.node().attrs.get_int("axis");
  if (context.node().attrs.get_int("new_axis") != 0) {
    POACL_ASSIGN_OR_RETURN(const ValueId all, stack_values(context, sequence.elements, axis));
    context.set_output(0, all);
    return {};
  }
  AttrMap attrs;
  attrs.set("concat_dim", axis);
  return emit(context, "ConcatD", sequence.elements, std::move(attrs));
}

// Sizes of the parts along an axis of `extent`: "split" is a list, one size for all (the last part
// may be smaller), or absent for parts of 1.
Result<std::vector<int64_t>> part_sizes(const TranslateContext& context, int64_t extent) {
  POACL_ASSIGN_OR_RETURN(const auto given, constant_input(context, 1, "split"));
  const bool one_size = given && context.input_value(1).dims.empty();
  if (given && !one_size) return *given;
  const int64_t size = given ? given->front() : 1;
  if (size < 1) return graph_error("split is {}; parts have at least 1", size);
  if ((extent + size - 1) / size > kMostElements) {
    return context.unsupported(fmt::format("it makes more than {} parts", kMostElements));
  }
  std::vector<int64_t> sizes;
  for (int64_t from = 0; from < extent; from += size) {
    sizes.push_back(std::min(size, extent - from));
  }
  return sizes;
}

// As many parts as the list of sizes is long; the sizes, or what they add up to, come at run time.
Status split_at_run_time(TranslateContext& context, int64_t parts, int64_t axis) {
  AttrMap attrs;
  attrs.set("num_split", parts);
  POACL_RETURN_IF_ERROR(
      context
          .add("SplitV",
               {context.input(0), context.input(1), add_ints(context, "axis", {}, {axis})},
               std::move(attrs), static_cast<int>(parts))
          .status());
  SequenceValue sequence;
  sequence.dtype = context.input_value(0).dtype;
  for (int64_t i = 0; i < parts; ++i) {
    sequence.elements.push_back(context.last_output(static_cast<int>(i)));
  }
  return set_sequence(context, std::move(sequence));
}

Status translate_split(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  const Value x = context.input_value(0);
  if (context.has_input(1) && context.constant(1) == nullptr) {
    const Value& split = context.input_value(1);
    if (split.fully_known() && split.dims.size() == 1 && split.dims[0] >= 1 &&
        split.dims[0] <= kMostElements) {
      return split_at_run_time(context, split.dims[0], context.node().attrs.get_int("axis"));
    }
  }
  POACL_ASSIGN_OR_RETURN(const int64_t rank, rank_of(context, 0));
  int64_t axis = context.node().attrs.get_int("axis");
  if (axis < -rank || axis >= rank) {
    return graph_error("axis is {}, but its input has shape {}", axis, dims_to_string(x.dims));
  }
  if (axis < 0) axis += rank;
  const int64_t extent = x.dims[static_cast<size_t>(axis)];
  if (extent < 0) {
    return context.unsupported(
        fmt::format("the size of dimension {} of its input is not known before run time, and so "
                    "the number of parts",
                    axis));
  }
  POACL_ASSIGN_OR_RETURN(const std::vector<int64_t> sizes, part_sizes(context, extent));
  const bool squeeze = !context.has_input(1) && context.node().attrs.get_int("keepdims", 1) == 0;
  SequenceValue parts;
  int64_t from = 0;
  for (const int64_t size : sizes) {
    if (size < 0 || size > extent - from) {
      return graph_error("split {} does not fit dimension {} of size {}", dims_to_string(sizes),
                         axis, extent);
    }
    POACL_ASSIGN_OR_RETURN(
        ValueId part,
        context.add("StridedSliceV2", {context.input(0), add_ints(context, "begin", {1}, {from}),
                                       add_ints(context, "end", {1}, {from + size}),
                                       add_ints(context, "axes", {1}, {axis})}));
    from += size;
    if (squeeze) {
      AttrMap attrs;
      attrs.set("axis", std::vector<int64_t>{axis});
      POACL_ASSIGN_OR_RETURN(part, context.add("Squeeze", {part}, std::move(attrs)));
    }
    POACL_RETURN_IF_ERROR(
        add_element(context, parts, parts.elements.size(), part, context.graph()));
  }
  if (from != extent) {
    return graph_error("split {} covers {} of dimension {} of size {}", dims_to_string(sizes), from,
                       axis, extent);
  }
  parts.dtype = x.dtype;
  return set_sequence(context, std::move(parts));
}

// An optional that has an element is that element.
Status translate_optional(TranslateContext& context) {
  if (context.has_input(0)) {
    context.set_output(0, context.input(0));
    return {};
  }
  SequenceValue empty;
  empty.nothing = true;
  return set_sequence(context, std::move(empty));
}

Status translate_has_element(TranslateContext& context) {
  const bool there =
      context.has_input(0) && (context.sequence(0) == nullptr || !context.sequence(0)->nothing);
  const uint8_t value = there ? 1 : 0;
  context.set_output(0, context.graph().add_constant(
                            context.node().name + "/has",
                            Tensor::from<uint8_t>(DataType::kBool, {}, std::span(&value, 1))));
  return {};
}

Status translate_get_element(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  if (context.sequence(0) != nullptr && context.sequence(0)->nothing) {
    return graph_error("the optional it asks for its element has none");
  }
  context.set_output(0, context.input(0));
  return {};
}

}  // namespace

std::span<const TranslatorEntry> tensor_list_translators() {
  static constexpr int64_t kNew = kMostOpset;
  static constexpr TranslatorEntry kTable[] = {
      {"SequenceConstruct", translate_construct, 11, kNew, true},
      {"SequenceEmpty", translate_empty, 11, kNew, true},
      {"SequenceInsert", translate_insert, 11, kNew, true},
      {"SequenceErase", translate_erase, 11, kNew, true},
      {"SequenceAt", translate_at, 11, kNew, true},
      {"SequenceLength", translate_length, 11, kNew, true},
      {"ConcatFromSequence", translate_concat, 11, kNew, true},
      {"SplitToSequence", translate_split, 11, kNew},
      {"Optional", translate_optional, 15, kNew, true},
      {"OptionalHasElement", translate_has_element, 15, kNew, true},
      {"OptionalGetElement", translate_get_element, 15, kNew, true},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
