// One number out of a tensor of indices.
#pragma once

#include <algorithm>

#include "kernels/kernel.h"

namespace poacl {

inline constexpr int64_t kOutOfRange = -1;

// Whether a tensor of this type can hold indices.
inline bool is_index_type(DataType type) {
  return type == DataType::kInt64 || type == DataType::kInt32;
}

inline int64_t raw_index(const void* indices, bool wide, int64_t i) {
  return wide ? static_cast<const int64_t*>(indices)[i] : static_cast<const int32_t*>(indices)[i];
}

// A negative index counts from the end. kOutOfRange when it does not fit into `extent`.
inline int64_t checked_index(const void* indices, bool wide, int64_t i, int64_t extent) {
  int64_t index = raw_index(indices, wide, i);
  if (index < 0) index += extent;
  return index < 0 || index >= extent ? kOutOfRange : index;
}

// The same, but an index beyond an end means that end: a run cannot fail. `extent` is not 0.
inline int64_t clamped_index(const void* indices, bool wide, int64_t i, int64_t extent) {
  int64_t index = raw_index(indices, wide, i);
  if (index < 0) index += extent;
  return std::clamp<int64_t>(index, 0, extent - 1);
}

}  // namespace poacl
