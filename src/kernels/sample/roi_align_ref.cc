// ROIAlign: each cell of a region is the mean, or the greatest part, of samples between four
// pixels each.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "kernels/sample/sample_kernels.h"

namespace poacl {
namespace {

constexpr double kMostSamples = 4096;  // along one side of a cell

struct Params {
  int64_t regions, n, c, h, w, oh, ow;
  int64_t samples;  // along one side of a cell; 0: as many as it has pixels
  double scale;
  bool half_pixel;
  bool maximum;
  bool wide;        // double
  bool long_index;  // rois_n is int64
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  const Dims& x = op.inputs[0].dims;
  const Dims& y = op.outputs[0].dims;
  const DataType type = op.inputs[0].dtype;
  p.wide = type == DataType::kDouble;
  if ((!p.wide && type != DataType::kFloat) || op.inputs[1].dtype != type) {
    return declined(fmt::format("features of type {}, rois of type {}", data_type_name(type),
                                data_type_name(op.inputs[1].dtype)));
  }
  if (x.size() != 4 || y.size() != 4 || op.inputs[1].dims != Dims{y[0], 4} ||
      op.inputs[2].dims != Dims{y[0]} || y[1] != x[1]) {
    return declined(fmt::format("features {}, rois {}, y {}", dims_to_string(x),
                                dims_to_string(op.inputs[1].dims), dims_to_string(y)));
  }
  p.regions = y[0], p.oh = y[2], p.ow = y[3];
  p.n = x[0], p.c = x[1], p.h = x[2], p.w = x[3];
  p.samples = op.attrs->get_int("sample_num");
  p.scale = static_cast<double>(op.attrs->get_float("spatial_scale", 1.0f));
  p.half_pixel = op.attrs->get_bool("half_pixel", true);
  p.maximum = op.attrs->get_string("pool_mode", "avg") == "max";
  p.long_index = op.inputs[2].dtype == DataType::kInt64;
  plan->set_params(p);
  return {};
}

// The four pixels around a place.
struct Corners {
  int64_t at[4] = {0, 0, 0, 0};
  double weight[4] = {0, 0, 0, 0};

  Corners(const Params& p, double y, double x) {
    const auto h = static_cast<double>(p.h);
    const auto w = static_cast<double>(p.w);
    // Beyond one pixel outside nothing is left; up to there the edge is repeated.
    if (!(y >= -1 && y <= h && x >= -1 && x <= w)) return;
    y = std::clamp(y, 0.0, h - 1);
    x = std::clamp(x, 0.0, w - 1);
    const auto top = static_cast<int64_t>(y);
    const auto left = static_cast<int64_t>(x);
    const int64_t bottom = std::min(top + 1, p.h - 1);
    const int64_t right = std::min(left + 1, p.w - 1);
    const double dy = y - static_cast<double>(top);
    const double dx = x - static_cast<double>(left);
    at[0] = top * p.w + left, weight[0] = (1 - dy) * (1 - dx);
    at[1] = top * p.w + right, weight[1] = (1 - dy) * dx;
    at[2] = bottom * p.w + left, weight[2] = dy * (1 - dx);
    at[3] = bottom * p.w + right, weight[3] = dy * dx;
  }
};

template <typename T>
void align_region(const Params& p, const T* image, const T* roi, T* y) {
  const double shift = p.half_pixel ? 0.5 : 0.0;
  const double x1 = static_cast<double>(roi[0]) * p.scale - shift;
  const double y1 = static_cast<double>(roi[1]) * p.scale - shift;
  double width = static_cast<double>(roi[2]) * p.scale - shift - x1;
  double height = static_cast<double>(roi[3]) * p.scale - shift - y1;
  if (!p.half_pixel) {
    width = std::max(width, 1.0);
    height = std::max(height, 1.0);
  }
  const double cell_h = height / static_cast<double>(p.oh);
  const double cell_w = width / static_cast<double>(p.ow);
  const auto count = [&](double cell) -> int64_t {
    if (p.samples > 0) return p.samples;
    return static_cast<int64_t>(std::clamp(std::ceil(cell), 0.0, kMostSamples));
  };
  // Not-a-number compares false: no samples.
  const int64_t rows = cell_h == cell_h ? count(cell_h) : 0;
  const int64_t cols = cell_w == cell_w ? count(cell_w) : 0;
  const auto total = static_cast<double>(std::max<int64_t>(rows * cols, 1));
  for (int64_t i = 0; i < p.oh * p.ow; ++i) {
    const double top = y1 + static_cast<double>(i / p.ow) * cell_h;
    const double left = x1 + static_cast<double>(i % p.ow) * cell_w;
    for (int64_t c = 0; c < p.c; ++c) y[c * p.oh * p.ow + i] = 0;
    for (int64_t s = 0; s < rows * cols; ++s) {
      const double dy = (static_cast<double>(s / cols) + 0.5) * cell_h / static_cast<double>(rows);
      const double dx = (static_cast<double>(s % cols) + 0.5) * cell_w / static_cast<double>(cols);
      const Corners k(p, top + dy, left + dx);
      for (int64_t c = 0; c < p.c; ++c) {
        const T* plane = image + c * p.h * p.w;
        T& result = y[c * p.oh * p.ow + i];
        double part[4];
        for (int j = 0; j < 4; ++j) part[j] = k.weight[j] * static_cast<double>(plane[k.at[j]]);
        if (p.maximum) {
          const T most = static_cast<T>(std::max({part[0], part[1], part[2], part[3]}));
          result = s == 0 ? most : std::max(result, most);
        } else {
          result += static_cast<T>((part[0] + part[1] + part[2] + part[3]) / total);
        }
      }
    }
  }
}

template <typename T>
void run_typed(const Params& p, const KernelArgs& args) {
  const auto* x = static_cast<const T*>(args.inputs[0]);
  const auto* rois = static_cast<const T*>(args.inputs[1]);
  auto* y = static_cast<T*>(args.outputs[0]);
  (*args.parallel)(p.regions, [&](int64_t r, int) {
    const int64_t n = p.long_index ? static_cast<const int64_t*>(args.inputs[2])[r]
                                   : static_cast<const int32_t*>(args.inputs[2])[r];
    T* to = y + r * p.c * p.oh * p.ow;
    if (n < 0 || n >= p.n) {
      // There is no such image.
      std::fill(to, to + p.c * p.oh * p.ow, T{0});
      return;
    }
    align_region(p, x + n * p.c * p.h * p.w, rois + 4 * r, to);
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  p.wide ? run_typed<double>(p, args) : run_typed<float>(p, args);
}

}  // namespace

const KernelImpl kRoiAlignRef = {"ROIAlign", "roi_align.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
