#include "kernels/matmul/matmul_geometry.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

namespace poacl {
namespace {

constexpr int64_t kLargestDim = int64_t{1} << 31;
constexpr int64_t kMostElements = int64_t{1} << 40;

Status check_tensors(const OpInstance& op) {
  if (op.inputs.size() < 2 || op.outputs.size() != 1) {
    return declined(fmt::format("{} has {} inputs and {} outputs instead of 2 to 4 and 1", op.type,
                                op.inputs.size(), op.outputs.size()));
  }
  for (const auto tensors : {op.inputs, op.outputs}) {
    for (const TensorDesc& t : tensors) {
      if (t.absent()) continue;
      if (t.dtype != op.inputs[0].dtype) {
        return declined(fmt::format("tensors of types {} and {}, one type wanted",
                                    data_type_name(op.inputs[0].dtype), data_type_name(t.dtype)));
      }
      const bool small = std::all_of(t.dims.begin(), t.dims.end(),
                                     [](int64_t d) { return d >= 0 && d < kLargestDim; });
      const int64_t count = element_count(t.dims);
      if (!small || count < 0 || count > kMostElements) {
        return declined(fmt::format("tensor {} is out of range", dims_to_string(t.dims)));
      }
    }
  }
  return {};
}

// Size of dimension `d` of `dims` seen as a batch of rank `rank`; 1 where it has none.
int64_t batch_dim(const Dims& dims, size_t rank, size_t d) {
  const size_t own = dims.size() - 2;
  return d + own < rank ? 1 : dims[d + own - rank];
}

Status set_batch(const Dims& a, const Dims& b, const Dims& y, MatMulGeometry* g) {
  const size_t rank = std::max(a.size(), b.size()) - 2;
  if (rank > kMatMulBatchRank || y.size() != rank + 2) {
    return declined(fmt::format("x1 {}, x2 {}, y {}: at most {} batch dimensions, the same in y",
                                dims_to_string(a), dims_to_string(b), dims_to_string(y),
                                kMatMulBatchRank));
  }
  g->batch_rank = static_cast<int>(rank);
  g->batch = 1;
  int64_t a_matrices = 1;
  int64_t b_matrices = 1;
  for (size_t i = rank; i-- > 0;) {
    const int64_t da = batch_dim(a, rank, i);
    const int64_t db = batch_dim(b, rank, i);
    const int64_t dy = da == 1 ? db : da;
    if ((da != dy && da != 1) || (db != dy && db != 1) || y[i] != dy) {
      return declined(fmt::format("batch dimensions of x1 {}, x2 {} and y {} do not fit",
                                  dims_to_string(a), dims_to_string(b), dims_to_string(y)));
    }
    g->batch_dims[i] = dy;
    g->x1_stride[i] = da == 1 ? 0 : a_matrices;
    g->x2_stride[i] = db == 1 ? 0 : b_matrices;
    g->batch *= dy;
    a_matrices *= da;
    b_matrices *= db;
  }
  return {};
}

}  // namespace

Result<MatMulGeometry> matmul_geometry(const OpInstance& op) {
  POACL_RETURN_IF_ERROR(check_tensors(op));
  const Dims& a = op.inputs[0].dims;
  const Dims& b = op.inputs[1].dims;
  const Dims& y = op.outputs[0].dims;
  if (a.size() < 2 || b.size() < 2) {
    return declined(
        fmt::format("x1 {}, x2 {}: rank 2 or more wanted", dims_to_string(a), dims_to_string(b)));
  }
  const bool batched = op.type == "BatchMatMulV2";
  MatMulGeometry g{};
  g.transpose_x1 = op.attrs->get_bool(batched ? "adj_x1" : "transpose_x1");
  g.transpose_x2 = op.attrs->get_bool(batched ? "adj_x2" : "transpose_x2");
  const size_t ra = a.size();
  const size_t rb = b.size();
  g.m = a[ra - (g.transpose_x1 ? 1 : 2)];
  g.k = a[ra - (g.transpose_x1 ? 2 : 1)];
  g.n = b[rb - (g.transpose_x2 ? 2 : 1)];
  const int64_t k2 = b[rb - (g.transpose_x2 ? 1 : 2)];
  g.dtype = op.inputs[0].dtype;
  g.has_bias = op.inputs.size() > 2 && !op.inputs[2].absent();
  g.has_residual = op.inputs.size() > 3 && !op.inputs[3].absent();
  g.activation = activation_of(*op.attrs);
  POACL_RETURN_IF_ERROR(set_batch(a, b, y, &g));
  if (g.k != k2 || y[y.size() - 2] != g.m || y[y.size() - 1] != g.n) {
    return declined(fmt::format("x1 {}{} times x2 {}{} does not give y {}", dims_to_string(a),
                                g.transpose_x1 ? " transposed" : "", dims_to_string(b),
                                g.transpose_x2 ? " transposed" : "", dims_to_string(y)));
  }
  if (g.has_bias && op.inputs[2].dims != Dims{g.n}) {
    return declined(fmt::format("bias is {}, [{}] wanted", dims_to_string(op.inputs[2].dims), g.n));
  }
  if (g.has_residual && op.inputs[3].dims != y) {
    return declined(fmt::format("residual is {}, y is {}", dims_to_string(op.inputs[3].dims),
                                dims_to_string(y)));
  }
  return g;
}

}  // namespace poacl
