// Scatter: rows of `updates` written into the cache `var`, each batch element at its own index.
#include <cstring>

#include <fmt/format.h>

#include "kernels/attention/attention_kernels.h"

namespace poacl {
namespace {

struct Params {
  size_t bytes;            // of the cache
  int64_t batch, middle;   // slices of a batch element before the axis
  int64_t rows, new_rows;  // along the axis, of the cache and of the updates
  int64_t row_bytes;
  bool has_indices, wide_indices, circular;
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  const Dims& cache = op.inputs[0].dims;
  const Dims& updates = op.inputs[2].dims;
  const auto rank = static_cast<int64_t>(cache.size());
  int64_t axis = op.attrs->get_int("axis", -2);
  if (axis < 0) axis += rank;
  if (axis < 1 || axis >= rank || updates.size() != cache.size() ||
      op.inputs[2].dtype != op.inputs[0].dtype) {
    return declined(fmt::format("cache {}, updates {}, axis {}", dims_to_string(cache),
                                dims_to_string(updates), axis));
  }
  for (int64_t d = 0; d < rank; ++d) {
    const auto i = static_cast<size_t>(d);
    if (d == axis ? updates[i] > cache[i] : updates[i] != cache[i]) {
      return declined(fmt::format("updates {} do not fit the cache {}", dims_to_string(updates),
                                  dims_to_string(cache)));
    }
  }
  const auto split = static_cast<size_t>(axis);
  const std::span<const int64_t> dims(cache);
  p.batch = cache[0];
  p.middle = element_count(dims.subspan(1, split - 1));
  p.rows = cache[split];
  p.new_rows = updates[split];
  p.row_bytes = element_count(dims.subspan(split + 1)) *
                static_cast<int64_t>(data_type_size(op.inputs[0].dtype));
  p.bytes = static_cast<size_t>(p.batch * p.middle * p.rows * p.row_bytes);
  p.has_indices = !op.inputs[1].absent();
  if (p.has_indices) {
    p.wide_indices = op.inputs[1].dtype == DataType::kInt64;
    if ((!p.wide_indices && op.inputs[1].dtype != DataType::kInt32) ||
        element_count(op.inputs[1].dims) != p.batch) {
      return declined("indices are not one integer per batch element");
    }
  }
  p.circular = op.attrs->get_bool("circular");
  plan->set_params(p);
  plan->in_place = true;
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  auto* y = static_cast<std::byte*>(args.outputs[0]);
  if (p.bytes != 0 && args.outputs[0] != args.inputs[0]) {
    std::memcpy(y, args.inputs[0], p.bytes);
  }
  const auto* updates = static_cast<const std::byte*>(args.inputs[2]);
  for (int64_t slice = 0; slice < p.batch * p.middle; ++slice) {
    const int64_t b = slice / p.middle;
    const int64_t start = !p.has_indices   ? 0
                          : p.wide_indices ? static_cast<const int64_t*>(args.inputs[1])[b]
                                           : static_cast<const int32_t*>(args.inputs[1])[b];
    for (int64_t i = 0; i < p.new_rows; ++i) {
      // Rows past the end have no place, except in a ring.
      if (!p.circular && (start < 0 || start >= p.rows || i >= p.rows - start)) continue;
      const int64_t ring = ((start % p.rows + p.rows) % p.rows + i) % p.rows;
      std::memcpy(y + (slice * p.rows + ring) * p.row_bytes,
                  updates + (slice * p.new_rows + i) * p.row_bytes,
                  static_cast<size_t>(p.row_bytes));
    }
  }
}

}  // namespace

const KernelImpl kCacheScatterRef = {"Scatter", "cache_scatter.ref", Isa::kGeneric, plan, nullptr,
                                     run};

}  // namespace poacl
