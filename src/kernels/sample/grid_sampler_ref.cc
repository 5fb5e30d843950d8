// GridSampler2D and GridSampler3D: cells and weights of a place are found once for all channels.
#include <algorithm>
#include <limits>
#include <type_traits>

#include <fmt/format.h>

#include "kernels/eltwise/type_dispatch.h"
#include "kernels/sample/grid_position.h"
#include "kernels/sample/sample_kernels.h"

namespace poacl {
namespace {

// Two-dimensional images have a depth of 1.
struct Params {
  int64_t n, c;
  int64_t in[3];
  int64_t rows, width;  // y's places of an image
  int spatial;
  GridMode mode;
  GridPadding padding;
  bool align_corners;
  DataType dtype, grid_dtype;
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  const Dims& x = op.inputs[0].dims;
  const Dims& grid = op.inputs[1].dims;
  const Dims& y = op.outputs[0].dims;
  p.spatial = op.type == "GridSampler3D" ? 3 : 2;
  const auto rank = static_cast<size_t>(p.spatial) + 2;
  p.dtype = op.inputs[0].dtype;
  p.grid_dtype = op.inputs[1].dtype;
  if (x.size() != rank || grid.size() != rank || y.size() != rank || grid.back() != p.spatial ||
      grid[0] != x[0] || y[0] != x[0] || y[1] != x[1] ||
      !std::equal(y.begin() + 2, y.end(), grid.begin() + 1)) {
    return declined(fmt::format("x {}, grid {}, y {}", dims_to_string(x), dims_to_string(grid),
                                dims_to_string(y)));
  }
  if (!is_arithmetic_type(p.dtype) ||
      (p.grid_dtype != DataType::kFloat && p.grid_dtype != DataType::kDouble)) {
    return declined(fmt::format("x of type {}, grid of type {}", data_type_name(p.dtype),
                                data_type_name(p.grid_dtype)));
  }
  p.n = x[0], p.c = x[1];
  p.in[0] = p.spatial == 3 ? x[2] : 1;
  p.in[1] = x[rank - 2], p.in[2] = x[rank - 1];
  p.width = y.back();
  p.rows = element_count({y.data() + 2, y.size() - 3});
  const std::string mode = op.attrs->get_string("interpolation_mode");
  p.mode = mode == "nearest"   ? GridMode::kNearest
           : mode == "bicubic" ? GridMode::kCubic
                               : GridMode::kLinear;
  const std::string padding = op.attrs->get_string("padding_mode");
  p.padding = padding == "border"       ? GridPadding::kBorder
              : padding == "reflection" ? GridPadding::kReflection
                                        : GridPadding::kZeros;
  p.align_corners = op.attrs->get_bool("align_corners");
  plan->set_params(p);
  return {};
}

// The cells of one place, those that are zero left out.
struct Place {
  int count = 0;
  int64_t cell[64];
  double weight[64];
};

Place place_of(const Params& p, const double* coordinates) {
  GridTaps taps[3];
  taps[0].cell[0] = 0;
  taps[0].weight[0] = 1;
  for (int i = 3 - p.spatial; i < 3; ++i) {
    // The grid names the innermost dimension first.
    taps[i] = grid_taps({p.in[i], p.align_corners, p.padding}, p.mode, coordinates[2 - i]);
  }
  Place place;
  for (int d = 0; d < taps[0].count; ++d) {
    for (int h = 0; h < taps[1].count; ++h) {
      for (int w = 0; w < taps[2].count; ++w) {
        if (taps[0].cell[d] < 0 || taps[1].cell[h] < 0 || taps[2].cell[w] < 0) continue;
        place.cell[place.count] =
            (taps[0].cell[d] * p.in[1] + taps[1].cell[h]) * p.in[2] + taps[2].cell[w];
        place.weight[place.count++] = taps[0].weight[d] * taps[1].weight[h] * taps[2].weight[w];
      }
    }
  }
  return place;
}

template <typename T>
T narrowed(double value) {
  if constexpr (std::is_integral_v<T>) {
    constexpr auto kLow = static_cast<double>(std::numeric_limits<T>::lowest());
    constexpr auto kHigh = static_cast<double>(std::numeric_limits<T>::max());
    if (value >= kHigh) return std::numeric_limits<T>::max();
    if (!(value > kLow)) return std::numeric_limits<T>::lowest();
  }
  return static_cast<T>(value);
}

template <typename T, typename G>
void sample(const Params& p, const KernelArgs& args) {
  const auto* x = static_cast<const T*>(args.inputs[0]);
  const auto* grid = static_cast<const G*>(args.inputs[1]);
  auto* y = static_cast<T*>(args.outputs[0]);
  const int64_t plane = p.in[0] * p.in[1] * p.in[2];
  (*args.parallel)(p.n * p.rows, [&](int64_t chunk, int) {
    const int64_t n = chunk / p.rows;
    for (int64_t i = 0; i < p.width; ++i) {
      double coordinates[3] = {0, 0, 0};
      for (int d = 0; d < p.spatial; ++d) {
        coordinates[d] = static_cast<double>(grid[(chunk * p.width + i) * p.spatial + d]);
      }
      const Place place = place_of(p, coordinates);
      const T* image = x + n * p.c * plane;
      T* to = y + (n * p.c * p.rows + chunk % p.rows) * p.width + i;
      for (int64_t c = 0; c < p.c; ++c, image += plane, to += p.rows * p.width) {
        if (p.mode == GridMode::kNearest) {
          *to = place.count == 0 ? T{0} : image[place.cell[0]];
          continue;
        }
        double sum = 0;
        for (int t = 0; t < place.count; ++t) {
          sum += place.weight[t] * static_cast<double>(image[place.cell[t]]);
        }
        *to = narrowed<T>(sum);
      }
    }
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  dispatch_arithmetic(p.dtype, [&](auto zero) {
    using T = decltype(zero);
    p.grid_dtype == DataType::kDouble ? sample<T, double>(p, args) : sample<T, float>(p, args);
  });
}

}  // namespace

const KernelImpl kGridSampler2dRef = {
    "GridSampler2D", "grid_sampler2d.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kGridSampler3dRef = {
    "GridSampler3D", "grid_sampler3d.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
