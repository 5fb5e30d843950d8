// PadV3 in any mode, row by row: the middle of a row is one copy, its pads are few elements.
#include <algorithm>

#include "kernels/eltwise/type_dispatch.h"
#include "kernels/shape/pad_sizes.h"
#include "kernels/shape/shape_kernels.h"

namespace poacl {
namespace {

constexpr int64_t kChunkElements = 8192;

struct Params {
  PadSizes pad;
  int64_t rows, row_chunk;
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  POACL_RETURN_IF_ERROR(read_pad_sizes(op, &p.pad));
  const FixedDims& out = p.pad.out;
  if (out.rank == 0) return declined("a scalar");
  const int64_t width = out.dims[out.rank - 1];
  p.rows = width == 0 ? 0 : out.count() / width;
  p.row_chunk = std::max<int64_t>(1, kChunkElements / std::max<int64_t>(1, width));
  plan->set_params(p);
  return {};
}

// Where the input row behind output row `row` begins; kPadValue when it lies outside.
int64_t source_row(const PadSizes& p, int64_t row) {
  int64_t from = 0;
  for (int d = p.out.rank - 2; d >= 0; --d) {
    const int64_t c =
        pad_source(p.mode, row % p.out.dims[d], p.before[d], p.after[d], p.in.dims[d]);
    if (c == kPadValue) return kPadValue;
    row /= p.out.dims[d];
    from += c * p.in.stride[d];
  }
  return from;
}

template <typename T>
void pad_row(const PadSizes& p, const T* in, T value, int64_t row, T* out) {
  const int last = p.out.rank - 1;
  const int64_t width = p.out.dims[last];
  T* to = out + row * width;
  const int64_t start = source_row(p, row);
  if (start == kPadValue) {
    std::fill(to, to + width, value);
    return;
  }
  const T* from = in + start;
  const int64_t begin = std::max<int64_t>(0, p.before[last]);
  const int64_t end = width - std::max<int64_t>(0, p.after[last]);
  const auto pad = [&](int64_t i) {
    const int64_t c = pad_source(p.mode, i, p.before[last], p.after[last], p.in.dims[last]);
    to[i] = c == kPadValue ? value : from[c];
  };
  for (int64_t i = 0; i < begin; ++i) pad(i);
  for (int64_t i = end; i < width; ++i) pad(i);
  if (end > begin) {
    std::memcpy(to + begin, from + std::max<int64_t>(0, -p.before[last]),
                static_cast<size_t>(end - begin) * sizeof(T));
  }
}

void run(const KernelArgs& args) {
  const Params p = args.get_params<Params>();
  dispatch_size(p.pad.size, [&](auto zero) {
    using T = decltype(zero);
    const T value = p.pad.has_value ? *static_cast<const T*>(args.inputs[2]) : T{};
    (*args.parallel)((p.rows + p.row_chunk - 1) / p.row_chunk, [&](int64_t chunk, int) {
      const int64_t end = std::min(p.rows, (chunk + 1) * p.row_chunk);
      for (int64_t row = chunk * p.row_chunk; row < end; ++row) {
        pad_row(p.pad, static_cast<const T*>(args.inputs[0]), value, row,
                static_cast<T*>(args.outputs[0]));
      }
    });
  });
}

}  // namespace

const KernelImpl kPadRows = {"PadV3", "pad.rows", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
