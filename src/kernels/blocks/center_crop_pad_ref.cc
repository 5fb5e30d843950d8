// CenterCropPad: the middle of each dimension, or zeros on both sides of it.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "kernels/blocks/block_kernels.h"

namespace poacl {
namespace {

constexpr size_t kMostDims = 8;

// Rows run along the last dimension.
struct Params {
  int rank;
  int64_t in[kMostDims], out[kMostDims];
  int64_t shift[kMostDims];  // position in y of x's first cell; negative: cells are cut off
  int64_t rows;
  int64_t size;  // of an element
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  const Dims& x = op.inputs[0].dims;
  const Dims& y = op.outputs[0].dims;
  Params p{};
  p.size = static_cast<int64_t>(data_type_size(op.inputs[0].dtype));
  if (x.size() != y.size() || x.size() > kMostDims || p.size == 0) {
    return declined(fmt::format("x {}, y {}", dims_to_string(x), dims_to_string(y)));
  }
  p.rank = static_cast<int>(x.size());
  p.rows = 1;
  for (size_t i = 0; i < x.size(); ++i) {
    p.in[i] = x[i], p.out[i] = y[i];
    // Of an odd number of cells the greater half is added, and cut off, behind.
    p.shift[i] = y[i] >= x[i] ? (y[i] - x[i]) / 2 : -((x[i] - y[i]) / 2);
    if (i + 1 < x.size()) p.rows *= y[i];
  }
  plan->set_params(p);
  return {};
}

// First cell in x of y's row, or -1 when the row lies outside.
int64_t source_row(const Params& p, int64_t row) {
  int64_t at = 0;
  int64_t step = p.in[p.rank - 1];
  for (int i = p.rank - 2; i >= 0; --i) {
    const int64_t pos = row % p.out[i] - p.shift[i];
    if (pos < 0 || pos >= p.in[i]) return -1;
    at += pos * step;
    step *= p.in[i];
    row /= p.out[i];
  }
  return at;
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  const auto* x = static_cast<const std::byte*>(args.inputs[0]);
  auto* y = static_cast<std::byte*>(args.outputs[0]);
  if (p.rank == 0) {
    std::memcpy(y, x, static_cast<size_t>(p.size));
    return;
  }
  const int64_t width = p.out[p.rank - 1];
  const int64_t shift = p.shift[p.rank - 1];
  const int64_t begin = std::max<int64_t>(0, shift);
  const int64_t end = std::min(width, p.in[p.rank - 1] + shift);
  (*args.parallel)(p.rows, [&](int64_t row, int) {
    std::byte* to = y + row * width * p.size;
    const int64_t from = source_row(p, row);
    std::memset(to, 0, static_cast<size_t>(width * p.size));
    if (from < 0 || begin >= end) return;
    std::memcpy(to + begin * p.size, x + (from + begin - shift) * p.size,
                static_cast<size_t>((end - begin) * p.size));
  });
}

}  // namespace

const KernelImpl kCenterCropPadRef = {
    "CenterCropPad", "center_crop_pad.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
