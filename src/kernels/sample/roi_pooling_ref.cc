// ROIPooling: the maximum of each part of a region of whole pixels.
#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "kernels/sample/sample_kernels.h"

namespace poacl {
namespace {

struct Params {
  int64_t regions, n, c, h, w, oh, ow;
  double scale;
  bool wide;  // double
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  const Dims& x = op.inputs[0].dims;
  const Dims& y = op.outputs[0].dims;
  const DataType type = op.inputs[0].dtype;
  p.wide = type == DataType::kDouble;
  if ((!p.wide && type != DataType::kFloat) || op.inputs[1].dtype != type || x.size() != 4 ||
      y.size() != 4 || op.inputs[1].dims != Dims{y[0], 5} || y[1] != x[1]) {
    return declined(fmt::format("{} x {}, rois {}, y {}", data_type_name(type), dims_to_string(x),
                                dims_to_string(op.inputs[1].dims), dims_to_string(y)));
  }
  p.regions = y[0], p.oh = y[2], p.ow = y[3];
  p.n = x[0], p.c = x[1], p.h = x[2], p.w = x[3];
  p.scale = static_cast<double>(op.attrs->get_float("spatial_scale", 1.0f));
  plan->set_params(p);
  return {};
}

// First and last whole pixel of a side; anything that is no number is 0.
int64_t pixel(double at) {
  return at == at ? static_cast<int64_t>(std::round(std::clamp(at, -1e9, 1e9))) : 0;
}

// Pixels [begin, end) of part `i` of `count` of [first, first + length), within [0, size).
struct Part {
  int64_t begin, end;
};
Part part_of(int64_t first, int64_t length, int64_t i, int64_t count, int64_t size) {
  const double step = static_cast<double>(length) / static_cast<double>(count);
  const auto begin = static_cast<int64_t>(std::floor(static_cast<double>(i) * step));
  const auto end = static_cast<int64_t>(std::ceil(static_cast<double>(i + 1) * step));
  return {std::clamp<int64_t>(first + begin, 0, size), std::clamp<int64_t>(first + end, 0, size)};
}

template <typename T>
void run_typed(const Params& p, const KernelArgs& args) {
  const auto* x = static_cast<const T*>(args.inputs[0]);
  const auto* rois = static_cast<const T*>(args.inputs[1]);
  auto* y = static_cast<T*>(args.outputs[0]);
  (*args.parallel)(p.regions * p.c, [&](int64_t chunk, int) {
    const T* roi = rois + chunk / p.c * 5;
    T* to = y + chunk * p.oh * p.ow;
    const int64_t n = pixel(static_cast<double>(roi[0]));
    const int64_t x1 = pixel(static_cast<double>(roi[1]) * p.scale);
    const int64_t y1 = pixel(static_cast<double>(roi[2]) * p.scale);
    const int64_t width =
        std::max<int64_t>(pixel(static_cast<double>(roi[3]) * p.scale) - x1 + 1, 1);
    const int64_t height =
        std::max<int64_t>(pixel(static_cast<double>(roi[4]) * p.scale) - y1 + 1, 1);
    if (n < 0 || n >= p.n) {
      // There is no such image.
      std::fill(to, to + p.oh * p.ow, T{0});
      return;
    }
    const T* plane = x + (n * p.c + chunk % p.c) * p.h * p.w;
    for (int64_t i = 0; i < p.oh * p.ow; ++i) {
      const Part rows = part_of(y1, height, i / p.ow, p.oh, p.h);
      const Part cols = part_of(x1, width, i % p.ow, p.ow, p.w);
      const bool empty = rows.begin >= rows.end || cols.begin >= cols.end;
      T best = empty ? T{0} : -std::numeric_limits<T>::infinity();
      for (int64_t r = rows.begin; r < rows.end; ++r) {
        for (int64_t k = cols.begin; k < cols.end; ++k) best = std::max(best, plane[r * p.w + k]);
      }
      to[i] = best;
    }
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  p.wide ? run_typed<double>(p, args) : run_typed<float>(p, args);
}

}  // namespace

const KernelImpl kRoiPoolingRef = {"ROIPooling", "roi_pooling.ref", Isa::kGeneric,
                                   plan,         nullptr,           run};

}  // namespace poacl
