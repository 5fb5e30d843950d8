// What the translators share.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "frontend/onnx/translator.h"

namespace poacl::onnx_frontend {

// The node has inputs [0, count), none absent.
Status need_inputs(const TranslateContext& context, size_t count);

// Adds a node and makes its first output ONNX output 0.
Status emit(TranslateContext& context, std::string type, std::vector<ValueId> inputs,
            AttrMap attrs = {});

// A constant of the graph, named after the node.
ValueId add_ints(TranslateContext& context, std::string_view role, Dims dims,
                 const std::vector<int64_t>& values);
// One number in a floating-point type; kNoValue for other types.
ValueId add_scalar(TranslateContext& context, std::string_view role, DataType dtype, double value);

// A type given by ONNX's number; `fallback` when the attribute is absent or 0, "unsupported" for
// types that PoACL does not compute with.
Result<DataType> type_attr(const TranslateContext& context, const char* name, DataType fallback);

// Values of an int32 or int64 input: nullopt when it is absent, "unsupported" when its value is
// not known before run time.
Result<std::optional<std::vector<int64_t>>> constant_input(const TranslateContext& context,
                                                           size_t input, std::string_view what);

// A list that is an attribute up to `last_attr_opset` and input `input` from then on.
Result<std::optional<std::vector<int64_t>>> attr_or_input(const TranslateContext& context,
                                                          const char* attr, size_t input,
                                                          int64_t last_attr_opset);

// The value with `count` dimensions of 1 behind its own; itself when count is not positive.
Result<ValueId> stretched(TranslateContext& context, ValueId value, int64_t count);

// Rank of an input; "unsupported" when unknown.
Result<int64_t> rank_of(const TranslateContext& context, size_t input);

// Attributes strides, dilations, pads, auto_pad of a window over two or three dimensions, from
// those of a window over `spatial` (1 to 3); one dimension becomes the width of two.
Status window_attrs(const TranslateContext& context, size_t spatial, AttrMap* attrs);

// Runs body(x, flat) on an image of rank 4 or 5; an input of rank 3 gets a height of 1 (flat) that
// is removed again.
template <typename Body>
Status with_image(TranslateContext& context, int64_t rank, Body&& body) {
  if (rank != 3) return body(context.input(0), false);
  AttrMap attrs;
  attrs.set("axes", std::vector<int64_t>{2});
  POACL_ASSIGN_OR_RETURN(const ValueId image,
                         context.add("Unsqueeze", {context.input(0)}, std::move(attrs)));
  POACL_RETURN_IF_ERROR(body(image, true));
  AttrMap squeeze;
  squeeze.set("axis", std::vector<int64_t>{2});
  return emit(context, "Squeeze", {context.outputs()[0]}, std::move(squeeze));
}

}  // namespace poacl::onnx_frontend
