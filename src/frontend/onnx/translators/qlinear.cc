// MatMulInteger, ConvInteger, QLinearMatMul, QLinearConv: exact int32 sums, then one step back.
#include <algorithm>

#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

Result<ValueId> with_axes(TranslateContext& context, ValueId value, std::vector<int64_t> axes) {
  AttrMap attrs;
  attrs.set("axes", std::move(axes));
  return context.add("Unsqueeze", {value}, std::move(attrs));
}

Result<ValueId> squeezed(TranslateContext& context, ValueId value, std::vector<int64_t> axes) {
  if (axes.empty()) return value;
  AttrMap attrs;
  attrs.set("axis", std::move(axes));
  return context.add("Squeeze", {value}, std::move(attrs));
}

Result<ValueId> as_float(TranslateContext& context, ValueId value) {
  if (context.graph().value(value).dtype == DataType::kFloat) return value;
  AttrMap attrs;
  attrs.set("dst_type", DataType::kFloat);
  return context.add("Cast", {value}, std::move(attrs));
}

// The int32 product, and which dimensions a vector operand made too many.
struct Product {
  ValueId sums;
  std::vector<int64_t> extra;
};
Result<Product> integer_matmul(TranslateContext& context, size_t a, size_t b, size_t a_zero,
                               size_t b_zero) {
  POACL_ASSIGN_OR_RETURN(const int64_t rank_a, rank_of(context, a));
  POACL_ASSIGN_OR_RETURN(const int64_t rank_b, rank_of(context, b));
  ValueId x1 = context.input(a);
  ValueId x2 = context.input(b);
  Product product{};
  if (rank_a == 1) {
    POACL_ASSIGN_OR_RETURN(x1, with_axes(context, x1, {0}));
    product.extra.push_back(-2);
  }
  if (rank_b == 1) {
    POACL_ASSIGN_OR_RETURN(x2, with_axes(context, x2, {1}));
    product.extra.push_back(-1);
  }
  POACL_ASSIGN_OR_RETURN(
      product.sums,
      context.add("QuantBatchMatmul", {x1, x2, context.input(a_zero), context.input(b_zero)}));
  return product;
}

Status translate_matmul_integer(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  POACL_ASSIGN_OR_RETURN(const Product product, integer_matmul(context, 0, 1, 2, 3));
  POACL_ASSIGN_OR_RETURN(const ValueId y, squeezed(context, product.sums, product.extra));
  context.set_output(0, y);
  return {};
}

// scale_a * scale_b / scale_y.
Result<ValueId> combined_scale(TranslateContext& context, ValueId a, ValueId b, ValueId y) {
  POACL_ASSIGN_OR_RETURN(a, as_float(context, a));
  POACL_ASSIGN_OR_RETURN(b, as_float(context, b));
  POACL_ASSIGN_OR_RETURN(y, as_float(context, y));
  POACL_ASSIGN_OR_RETURN(const ValueId product, context.add("Mul", {a, b}));
  return context.add("RealDiv", {product, y});
}

// Numbers per row, [M], as [M,1].
Result<ValueId> per_row(TranslateContext& context, ValueId value) {
  const Value& v = context.graph().value(value);
  if (!v.shape_known || v.dims.size() != 1 || v.dims[0] == 1) return value;
  return with_axes(context, value, {1});
}

Status translate_qlinear_matmul(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 8));
  POACL_ASSIGN_OR_RETURN(const Product product, integer_matmul(context, 0, 3, 2, 5));
  POACL_ASSIGN_OR_RETURN(const ValueId a_scale, per_row(context, context.input(1)));
  POACL_ASSIGN_OR_RETURN(const ValueId y_scale, per_row(context, context.input(6)));
  POACL_ASSIGN_OR_RETURN(const ValueId y_zero, per_row(context, context.input(7)));
  POACL_ASSIGN_OR_RETURN(const ValueId scale,
                         combined_scale(context, a_scale, context.input(4), y_scale));
  POACL_ASSIGN_OR_RETURN(const ValueId y,
                         context.add("AscendRequant", {product.sums, scale, y_zero}));
  POACL_ASSIGN_OR_RETURN(const ValueId result, squeezed(context, y, product.extra));
  context.set_output(0, result);
  return {};
}

Result<ValueId> integer_conv(TranslateContext& context, std::vector<ValueId> inputs) {
  const AttrMap& given = context.node().attrs;
  AttrMap attrs;
  for (const char* name : {"strides", "dilations", "pads"}) {
    const auto list = given.get_ints(name);
    if (!list.empty()) attrs.set(name, list);
  }
  attrs.set("groups", given.get_int("group", 1));
  const std::string auto_pad = given.get_string("auto_pad", "NOTSET");
  attrs.set("auto_pad", auto_pad.empty() ? std::string("NOTSET") : auto_pad);
  const auto kernel = given.get_ints("kernel_shape");
  const Value& filter = context.graph().value(inputs[1]);
  if (!kernel.empty() && filter.fully_known() && filter.dims.size() == kernel.size() + 2 &&
      !std::equal(kernel.begin(), kernel.end(), filter.dims.begin() + 2)) {
    return graph_error("kernel_shape {} does not fit the weights {}", dims_to_string(kernel),
                       dims_to_string(filter.dims));
  }
  return context.add("QuantConv2D", std::move(inputs), std::move(attrs));
}

Status translate_conv_integer(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  POACL_ASSIGN_OR_RETURN(
      const ValueId y, integer_conv(context, {context.input(0), context.input(1), context.input(2),
                                              context.input(3)}));
  context.set_output(0, y);
  return {};
}

Status translate_qlinear_conv(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 8));
  POACL_ASSIGN_OR_RETURN(const ValueId scale, combined_scale(context, context.input(1),
                                                             context.input(4), context.input(6)));
  POACL_ASSIGN_OR_RETURN(
      const ValueId y,
      integer_conv(context, {context.input(0), context.input(3), context.input(2), context.input(5),
                             context.input(8), scale, context.input(7)}));
  context.set_output(0, y);
  return {};
}

}  // namespace

std::span<const TranslatorEntry> qlinear_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"MatMulInteger", translate_matmul_integer},
      {"QLinearMatMul", translate_qlinear_matmul},
      {"ConvInteger", translate_conv_integer},
      {"QLinearConv", translate_qlinear_conv},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
