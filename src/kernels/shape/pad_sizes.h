// What the kernels of PadV3 for any mode read off the operator.
#pragma once

#include "kernels/shape/pad_source.h"
#include "kernels/shape/shape_util.h"

namespace poacl {

struct PadSizes {
  size_t size;  // of an element
  PadMode mode;
  bool has_value;  // input 2 holds the constant
  FixedDims in, out;
  int64_t before[kMaxShapeRank];
  int64_t after[kMaxShapeRank];
};

inline Status read_pad_sizes(const OpInstance& op, PadSizes* sizes) {
  sizes->size = data_type_size(op.inputs[0].dtype);
  if (sizes->size == 0) return declined("elements without a size");
  if (!fix_dims(op.inputs[0].dims, &sizes->in) || !fix_dims(op.outputs[0].dims, &sizes->out)) {
    return declined("too many dimensions");
  }
  sizes->mode = pad_mode_named(op.attrs->get_string("mode", "constant"));
  std::vector<int64_t> pads;
  POACL_RETURN_IF_ERROR(read_pads(op, op.inputs[0].dims.size(), &pads));
  for (int d = 0; d < sizes->in.rank; ++d) {
    sizes->before[d] = pads[2 * static_cast<size_t>(d)];
    sizes->after[d] = pads[2 * static_cast<size_t>(d) + 1];
  }
  sizes->has_value =
      op.inputs.size() > 2 && !op.inputs[2].absent() && element_count(op.inputs[2].dims) == 1;
  return {};
}

}  // namespace poacl
