#include <cmath>

#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"

namespace poacl::onnx_frontend {
namespace {

// A whole number in an integer type; kNoValue for fractions and other types.
ValueId add_whole(TranslateContext& context, std::string_view role, DataType dtype, float value) {
  if (value != std::nearbyint(value) || std::fabs(value) > 1e6f) return kNoValue;
  const auto constant = [&](auto number) {
    return context.graph().add_constant(
        context.node().name + "/" + std::string(role),
        Tensor::from<decltype(number)>(dtype, {}, std::span<const decltype(number)>(&number, 1)));
  };
  const auto whole = static_cast<int64_t>(value);
  switch (dtype) {
    case DataType::kInt64:
    case DataType::kUint64:
      return constant(whole);
    case DataType::kInt32:
    case DataType::kUint32:
      return constant(static_cast<int32_t>(whole));
    default:
      return kNoValue;
  }
}

// value * factor; the value itself when the factor is 1.
Result<ValueId> scaled(TranslateContext& context, ValueId value, float factor,
                       std::string_view role) {
  if (factor == 1.0f) return value;
  const DataType dtype = context.graph().value(value).dtype;
  ValueId scalar = add_scalar(context, role, dtype, static_cast<double>(factor));
  if (scalar == kNoValue) scalar = add_whole(context, role, dtype, factor);
  if (scalar == kNoValue) {
    return context.unsupported(
        fmt::format("{} of {} with type {}", role, factor, data_type_name(dtype)));
  }
  return context.add("Mul", {value, scalar});
}

// C as the operator's own bias: one number per column.
bool is_row(const Dims& c, int64_t columns) {
  return columns > 0 && !c.empty() && c.size() <= 2 && c.back() == columns &&
         (c.size() == 1 || c[0] == 1);
}

Status translate_gemm(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  const AttrMap& given = context.node().attrs;
  const float alpha = given.get_float("alpha", 1.0f);
  const float beta = given.get_float("beta", 1.0f);
  const bool transpose_b = given.get_int("transB") != 0;
  AttrMap attrs;
  attrs.set("transpose_x1", given.get_int("transA") != 0);
  attrs.set("transpose_x2", transpose_b);
  // Scaling the weights costs nothing when they are constant.
  POACL_ASSIGN_OR_RETURN(const ValueId b, scaled(context, context.input(1), alpha, "alpha"));
  std::vector<ValueId> inputs = {context.input(0), b};
  if (!context.has_input(2) || beta == 0.0f) {
    return emit(context, "MatMulV2", std::move(inputs), std::move(attrs));
  }
  POACL_ASSIGN_OR_RETURN(ValueId c, scaled(context, context.input(2), beta, "beta"));
  const Dims b_dims = context.graph().value(b).dims;
  const Dims c_dims = context.graph().value(c).dims;
  const int64_t columns = b_dims.size() == 2 ? b_dims[transpose_b ? 0 : 1] : -1;
  if (is_row(c_dims, columns)) {
    if (c_dims.size() == 2) {
      AttrMap squeeze;
      squeeze.set("axis", std::vector<int64_t>{0});
      POACL_ASSIGN_OR_RETURN(c, context.add("Squeeze", {c}, std::move(squeeze)));
    }
    inputs.push_back(c);
    return emit(context, "MatMulV2", std::move(inputs), std::move(attrs));
  }
  POACL_ASSIGN_OR_RETURN(const ValueId product,
                         context.add("MatMulV2", std::move(inputs), std::move(attrs)));
  return emit(context, "Add", {product, c});
}

Result<ValueId> with_axis(TranslateContext& context, ValueId value, int64_t axis) {
  AttrMap attrs;
  attrs.set("axes", std::vector<int64_t>{axis});
  return context.add("Unsqueeze", {value}, std::move(attrs));
}

Status translate_matmul(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 2));
  // A rank that only running tells is taken to be that of a batch; a vector is refused then.
  constexpr int64_t kBatch = 3;
  const auto rank = [&](size_t i) {
    const Value& value = context.input_value(i);
    return value.shape_known ? static_cast<int64_t>(value.dims.size()) : kBatch;
  };
  const int64_t rank_a = rank(0);
  const int64_t rank_b = rank(1);
  ValueId a = context.input(0);
  ValueId b = context.input(1);
  // A vector is a row on the left and a column on the right; that dimension goes away again.
  if (rank_a == 1) {
    POACL_ASSIGN_OR_RETURN(a, with_axis(context, a, 0));
  }
  if (rank_b == 1) {
    POACL_ASSIGN_OR_RETURN(b, with_axis(context, b, 1));
  }
  const std::string type = rank_a <= 2 && rank_b <= 2 ? "MatMulV2" : "BatchMatMulV2";
  if (rank_a != 1 && rank_b != 1) return emit(context, type, {a, b});
  POACL_ASSIGN_OR_RETURN(const ValueId product, context.add(type, {a, b}));
  std::vector<int64_t> axes;
  if (rank_a == 1) axes.push_back(-2);
  if (rank_b == 1) axes.push_back(-1);
  AttrMap squeeze;
  squeeze.set("axis", std::move(axes));
  return emit(context, "Squeeze", {product}, std::move(squeeze));
}

}  // namespace

std::span<const TranslatorEntry> matmul_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"Gemm", translate_gemm},
      {"MatMul", translate_matmul},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
