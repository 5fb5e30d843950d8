// Small things the family's kernels share.
#pragma once

#include <vector>

#include "kernels/kernel.h"

namespace poacl {

inline constexpr int kMaxShapeRank = 10;

// Values of a constant int32 or int64 input; empty when it is absent, declined when not constant.
inline Status read_ints(const OpInstance& op, size_t input, std::vector<int64_t>* values) {
  values->clear();
  if (input >= op.inputs.size() || op.inputs[input].absent()) return {};
  const Tensor* tensor = op.constants[input];
  if (tensor == nullptr) return declined("input " + std::to_string(input) + " is not constant");
  if (tensor->dtype == DataType::kInt64) {
    const auto data = tensor->as<int64_t>();
    values->assign(data.begin(), data.end());
  } else if (tensor->dtype == DataType::kInt32) {
    const auto data = tensor->as<int32_t>();
    values->assign(data.begin(), data.end());
  } else {
    return declined("input " + std::to_string(input) + " is not int32 or int64");
  }
  return {};
}

// PadV3's paddings as pairs (before, after) of each of `rank` dimensions.
inline Status read_pads(const OpInstance& op, size_t rank, std::vector<int64_t>* pairs) {
  std::vector<int64_t> given;
  POACL_RETURN_IF_ERROR(read_ints(op, 1, &given));
  if (given.size() != 2 * rank) return declined("paddings do not fit x");
  if (op.attrs->get_bool("paddings_contiguous", true)) {
    *pairs = std::move(given);
    return {};
  }
  pairs->clear();
  for (size_t d = 0; d < rank; ++d) {
    pairs->push_back(given[d]);
    pairs->push_back(given[d + rank]);
  }
  return {};
}

// The axis of ConcatD, SplitVD (attributes) or SplitV (input 2), as given.
inline Status join_axis(const OpInstance& op, int64_t* axis) {
  if (op.type != "SplitV") {
    *axis = op.attrs->get_int(op.type == "ConcatD" ? "concat_dim" : "split_dim");
    return {};
  }
  std::vector<int64_t> given;
  POACL_RETURN_IF_ERROR(read_ints(op, 2, &given));
  if (given.size() != 1) return declined("split_dim is not one number");
  *axis = given[0];
  return {};
}

// Dimensions of a tensor in fixed storage.
struct FixedDims {
  int rank = 0;
  int64_t dims[kMaxShapeRank] = {};
  int64_t stride[kMaxShapeRank] = {};  // row-major

  int64_t count() const {
    int64_t total = 1;
    for (int d = 0; d < rank; ++d) total *= dims[d];
    return total;
  }
};

// False when the rank is too high.
inline bool fix_dims(const Dims& dims, FixedDims* fixed) {
  if (dims.size() > static_cast<size_t>(kMaxShapeRank)) return false;
  fixed->rank = static_cast<int>(dims.size());
  int64_t stride = 1;
  for (int d = fixed->rank - 1; d >= 0; --d) {
    fixed->dims[d] = dims[static_cast<size_t>(d)];
    fixed->stride[d] = stride;
    stride *= fixed->dims[d];
  }
  return true;
}

// Coordinates of element `index`.
inline void unravel(const FixedDims& shape, int64_t index, int64_t* coordinates) {
  for (int d = shape.rank - 1; d >= 0; --d) {
    coordinates[d] = index % shape.dims[d];
    index /= shape.dims[d];
  }
}

}  // namespace poacl
