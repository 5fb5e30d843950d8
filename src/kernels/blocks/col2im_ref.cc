// Col2im: every column's cells are added to the places its window covers.
#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "kernels/blocks/block_kernels.h"
#include "kernels/eltwise/type_dispatch.h"

namespace poacl {
namespace {

constexpr size_t kMostDims = 6;

struct Params {
  int rank;
  int64_t image[kMostDims], kernel[kMostDims], windows[kMostDims];
  int64_t stride[kMostDims], dilation[kMostDims], pad[kMostDims];
  int64_t planes, taps, columns, plane;  // n * c, cells of a window, windows, cells of an image
  DataType dtype;
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  const Dims& x = op.inputs[0].dims;
  const Dims& y = op.outputs[0].dims;
  Params p{};
  p.dtype = op.inputs[0].dtype;
  const Tensor* kernel = op.constants[2];
  if (x.size() != 3 || y.size() < 3 || y.size() > kMostDims + 2 || kernel == nullptr ||
      kernel->count() != static_cast<int64_t>(y.size()) - 2 || !is_arithmetic_type(p.dtype)) {
    return declined(fmt::format("x {}, y {}; a constant kernel_size is wanted", dims_to_string(x),
                                dims_to_string(y)));
  }
  const size_t rank = y.size() - 2;
  const std::vector<int64_t> ones(rank, 1);
  const auto strides = op.attrs->get_ints("stride", ones);
  const auto dilations = op.attrs->get_ints("dilation", ones);
  const auto pads = op.attrs->get_ints("padding", std::vector<int64_t>(2 * rank, 0));
  if (strides.size() != rank || dilations.size() != rank || pads.size() != 2 * rank) {
    return declined("stride, dilation or padding do not fit y");
  }
  p.rank = static_cast<int>(rank);
  p.planes = y[0] * y[1];
  p.taps = p.columns = p.plane = 1;
  for (size_t i = 0; i < rank; ++i) {
    p.image[i] = y[i + 2];
    p.kernel[i] =
        kernel->dtype == DataType::kInt64 ? kernel->as<int64_t>()[i] : kernel->as<int32_t>()[i];
    p.stride[i] = strides[i], p.dilation[i] = dilations[i], p.pad[i] = pads[2 * i];
    const int64_t room =
        p.image[i] + pads[2 * i] + pads[2 * i + 1] - (p.kernel[i] - 1) * p.dilation[i] - 1;
    if (p.kernel[i] < 1 || p.stride[i] < 1 || room < 0) return declined("windows do not fit y");
    p.windows[i] = room / p.stride[i] + 1;
    p.taps *= p.kernel[i];
    p.columns *= p.windows[i];
    p.plane *= p.image[i];
  }
  if (x != Dims{y[0], y[1] * p.taps, p.columns}) {
    return declined(
        fmt::format("x {} does not follow from y {}", dims_to_string(x), dims_to_string(y)));
  }
  plan->set_params(p);
  return {};
}

// Place that tap `tap` of window `window` covers; -1 in the padding.
int64_t place(const Params& p, int64_t tap, int64_t window) {
  int64_t at = 0;
  int64_t step = 1;
  for (int i = p.rank - 1; i >= 0; --i) {
    const int64_t pos =
        window % p.windows[i] * p.stride[i] + tap % p.kernel[i] * p.dilation[i] - p.pad[i];
    if (pos < 0 || pos >= p.image[i]) return -1;
    at += pos * step;
    step *= p.image[i];
    tap /= p.kernel[i];
    window /= p.windows[i];
  }
  return at;
}

template <typename T>
void add_up(const Params& p, const KernelArgs& args) {
  const auto* x = static_cast<const T*>(args.inputs[0]);
  auto* y = static_cast<T*>(args.outputs[0]);
  (*args.parallel)(p.planes, [&](int64_t plane, int) {
    const T* cells = x + plane * p.taps * p.columns;
    T* image = y + plane * p.plane;
    std::memset(image, 0, static_cast<size_t>(p.plane) * sizeof(T));
    for (int64_t t = 0; t < p.taps; ++t) {
      for (int64_t w = 0; w < p.columns; ++w) {
        const int64_t at = place(p, t, w);
        if (at >= 0) image[at] = static_cast<T>(image[at] + cells[t * p.columns + w]);
      }
    }
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  dispatch_arithmetic(p.dtype, [&](auto zero) { add_up<decltype(zero)>(p, args); });
}

}  // namespace

const KernelImpl kCol2imRef = {"Col2im", "col2im.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
