// Slices of tensors along one axis, as Scan and Loop take and join them.
#pragma once

#include <span>
#include <vector>

#include "graph/eager_op.h"

namespace poacl {

// Slice `index` along `axis` of the tensor, without that dimension. Axis and index must be valid.
Result<Tensor> take_slice(const Tensor& tensor, size_t axis, int64_t index, EagerContext& context);

// The items side by side along a new dimension `axis` (from [-rank-1, rank]); `backward` puts the
// last one first. `none` tells type and dims when there is no item (unknown dimensions count as 0).
// Fails when the items differ in shape or the axis is out of range.
Result<Tensor> stack_items(std::span<const Tensor> items, int64_t axis, bool backward,
                           const Value& none, EagerContext& context);

}  // namespace poacl
