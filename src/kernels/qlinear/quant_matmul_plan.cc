#include <fmt/format.h>

#include "kernels/qlinear/qlinear_kernels.h"
#include "kernels/qlinear/quant_matmul.h"

namespace poacl {
namespace {

// Zero points are one number, one per line (row of x1, column of x2), or one per line and matrix.
Status read_offset(const OpInstance& op, size_t input, int64_t lines, int64_t matrices,
                   int64_t* matrix_step, int64_t* line_step) {
  const TensorDesc& offset = op.inputs[input];
  if (offset.dtype != op.inputs[input - 2].dtype) {
    return declined(fmt::format("x{}_offset is {}, x{} is {}", input - 1,
                                data_type_name(offset.dtype), input - 1,
                                data_type_name(op.inputs[input - 2].dtype)));
  }
  const int64_t count = element_count(offset.dims);
  *matrix_step = *line_step = 0;
  if (count == 1) return {};
  if (count != lines && count != lines * matrices) {
    return declined(fmt::format("x{}_offset {}: 1, {} or {} numbers wanted", input - 1,
                                dims_to_string(offset.dims), lines, lines * matrices));
  }
  *line_step = 1;
  *matrix_step = count == lines ? 0 : lines;
  return {};
}

int64_t matrices_of(const Dims& dims) {
  return element_count({dims.data(), dims.size() - 2});
}

}  // namespace

Status read_quant_matmul(const OpInstance& op, QuantMatmulParams* params) {
  QuantMatmulParams p{};
  for (size_t i = 0; i < 2; ++i) {
    if (!is_quant_type(op.inputs[i].dtype)) {
      return declined(fmt::format("x{} is {}; int8 or uint8 wanted", i + 1,
                                  data_type_name(op.inputs[i].dtype)));
    }
  }
  // The geometry of the product is that of a BatchMatMulV2 of one type.
  const TensorDesc same[] = {{DataType::kInt32, op.inputs[0].dims},
                             {DataType::kInt32, op.inputs[1].dims}};
  const Tensor* const none[] = {nullptr, nullptr};
  const TensorDesc sums{DataType::kInt32, op.outputs[0].dims};
  const AttrMap attrs;
  POACL_ASSIGN_OR_RETURN(
      p.g, matmul_geometry(OpInstance{"BatchMatMulV2", &attrs, same, none, {&sums, 1}}));
  p.signed1 = op.inputs[0].dtype == DataType::kInt8;
  p.signed2 = op.inputs[1].dtype == DataType::kInt8;
  p.has_offset1 = op.inputs.size() > 2 && !op.inputs[2].absent();
  p.has_offset2 = op.inputs.size() > 3 && !op.inputs[3].absent();
  if (p.has_offset1) {
    POACL_RETURN_IF_ERROR(read_offset(op, 2, p.g.m, matrices_of(op.inputs[0].dims),
                                      &p.offset1_matrix, &p.offset1_row));
  }
  if (p.has_offset2) {
    POACL_RETURN_IF_ERROR(read_offset(op, 3, p.g.n, matrices_of(op.inputs[1].dims),
                                      &p.offset2_matrix, &p.offset2_column));
  }
  p.has_bias = op.inputs.size() > 4 && !op.inputs[4].absent();
  if (p.has_bias && (op.inputs[4].dtype != DataType::kInt32 || op.inputs[4].dims != Dims{p.g.n})) {
    return declined(fmt::format("bias {}{}: {} numbers of int32 wanted",
                                data_type_name(op.inputs[4].dtype),
                                dims_to_string(op.inputs[4].dims), p.g.n));
  }
  POACL_RETURN_IF_ERROR(read_quant_result(op, 5, p.g.n, &p.result));
  *params = p;
  return {};
}

}  // namespace poacl
