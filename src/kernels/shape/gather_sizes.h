// What the kernels of GatherV2 read off the operator.
#pragma once

#include "kernels/shape/index_value.h"
#include "kernels/shape/shape_util.h"

namespace poacl {

struct GatherSizes {
  int64_t outer;      // repetitions of the gathered axis
  int64_t extent;     // its length
  int64_t row_bytes;  // behind one index
  int64_t picks;      // indices
  bool wide;          // int64 indices, else int32
};

inline Status read_gather(const OpInstance& op, GatherSizes* sizes) {
  const size_t size = data_type_size(op.inputs[0].dtype);
  if (size == 0) return declined("elements without a size");
  std::vector<int64_t> axis_values;
  POACL_RETURN_IF_ERROR(read_ints(op, 2, &axis_values));
  const Dims& dims = op.inputs[0].dims;
  int64_t axis = axis_values.empty() ? 0 : axis_values[0];
  if (axis < 0) axis += static_cast<int64_t>(dims.size());
  if (axis < 0 || axis >= static_cast<int64_t>(dims.size())) return declined("axis out of range");
  if (!is_index_type(op.inputs[1].dtype)) return declined("indices are not int32 or int64");
  sizes->wide = op.inputs[1].dtype == DataType::kInt64;
  const std::span<const int64_t> all(dims);
  sizes->outer = element_count(all.first(static_cast<size_t>(axis)));
  sizes->extent = dims[static_cast<size_t>(axis)];
  sizes->row_bytes =
      element_count(all.subspan(static_cast<size_t>(axis) + 1)) * static_cast<int64_t>(size);
  sizes->picks = element_count(op.inputs[1].dims);
  if (sizes->extent == 0 && sizes->picks != 0) return declined("nothing to pick from");
  return {};
}

}  // namespace poacl
