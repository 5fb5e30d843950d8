#include "kernels/layout/trans_data_geometry.h"

#include <fmt/format.h>

namespace poacl {

Result<TransDataGeometry> trans_data_geometry(const OpInstance& op) {
  if (op.inputs.size() != 1 || op.outputs.size() != 1) {
    return declined(fmt::format("TransData has {} inputs and {} outputs instead of 1 and 1",
                                op.inputs.size(), op.outputs.size()));
  }
  const Dims& dims = op.inputs[0].dims;
  const int64_t src = op.attrs->get_int("src_layout");
  const int64_t dst = op.attrs->get_int("dst_layout");
  const auto last = static_cast<int64_t>(kLayoutCount) - 1;
  if (src < 0 || src > last || dst < 0 || dst > last) {
    return declined(fmt::format("layouts {} and {}: 0 to {} wanted", src, dst, last));
  }
  TransDataGeometry g{};
  g.src_block = block_of(static_cast<Layout>(src));
  g.dst_block = block_of(static_cast<Layout>(dst));
  g.element = static_cast<int64_t>(data_type_size(op.inputs[0].dtype));
  if (op.outputs[0].dims != dims || op.outputs[0].dtype != op.inputs[0].dtype || g.element == 0) {
    return declined(fmt::format("x is {} {}, y is {} {}: the same wanted",
                                data_type_name(op.inputs[0].dtype), dims_to_string(dims),
                                data_type_name(op.outputs[0].dtype),
                                dims_to_string(op.outputs[0].dims)));
  }
  g.src_bf16 = is_bf16(static_cast<Layout>(src));
  g.dst_bf16 = is_bf16(static_cast<Layout>(dst));
  if ((g.src_bf16 || g.dst_bf16) && op.inputs[0].dtype != DataType::kFloat) {
    return declined(
        fmt::format("bfloat16 storage of {}, float wanted", data_type_name(op.inputs[0].dtype)));
  }
  constexpr int64_t kMostElements = int64_t{1} << 40;
  const int64_t count = element_count(dims);
  if (count < 0 || count > kMostElements) {
    return declined(fmt::format("tensor {} is out of range", dims_to_string(dims)));
  }
  if (dims.size() < 2 && (g.src_block != 1 || g.dst_block != 1)) {
    return declined(fmt::format("tensor {} has no channel dimension", dims_to_string(dims)));
  }
  if (count == 0) return g;  // n = 0: nothing to do, and the other sizes may be anything
  g.n = dims.empty() ? 1 : dims[0];
  g.c = dims.size() < 2 ? 1 : dims[1];
  g.inner = 1;
  for (size_t d = 2; d < dims.size(); ++d) g.inner *= dims[d];
  return g;
}

}  // namespace poacl
