// AffineGrid: theta times the homogeneous coordinates of every place.
#include <fmt/format.h>

#include "kernels/sample/sample_kernels.h"

namespace poacl {
namespace {

struct Params {
  int64_t n;
  int64_t size[3];  // depth (1 for two dimensions), height, width
  int spatial;
  bool align_corners;
  bool wide;  // double
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  const Dims& theta = op.inputs[0].dims;
  const Dims& y = op.outputs[0].dims;
  p.wide = op.inputs[0].dtype == DataType::kDouble;
  if (!p.wide && op.inputs[0].dtype != DataType::kFloat) return declined("type of theta");
  p.spatial = y.size() == 5 ? 3 : 2;
  if ((y.size() != 4 && y.size() != 5) || theta != Dims{y[0], p.spatial, p.spatial + 1} ||
      y.back() != p.spatial) {
    return declined(fmt::format("theta {}, y {}", dims_to_string(theta), dims_to_string(y)));
  }
  p.n = y[0];
  p.size[0] = p.spatial == 3 ? y[1] : 1;
  p.size[1] = y[y.size() - 3], p.size[2] = y[y.size() - 2];
  p.align_corners = op.attrs->get_bool("align_corners");
  plan->set_params(p);
  return {};
}

// In [-1, 1]: between the centres of the outer cells, or between their outer edges.
double coordinate(const Params& p, int dim, int64_t i) {
  const auto n = static_cast<double>(p.size[dim]);
  const auto at = static_cast<double>(i);
  if (p.align_corners) return p.size[dim] == 1 ? -1.0 : 2 * at / (n - 1) - 1;
  return (2 * at + 1) / n - 1;
}

template <typename T>
void make_grid(const Params& p, const KernelArgs& args) {
  const auto* theta = static_cast<const T*>(args.inputs[0]);
  auto* y = static_cast<T*>(args.outputs[0]);
  const int64_t rows = p.size[0] * p.size[1];
  (*args.parallel)(p.n * rows, [&](int64_t chunk, int) {
    const T* matrix = theta + chunk / rows * p.spatial * (p.spatial + 1);
    const int64_t row = chunk % rows;
    T* to = y + chunk * p.size[2] * p.spatial;
    for (int64_t w = 0; w < p.size[2]; ++w) {
      const double at[3] = {coordinate(p, 2, w), coordinate(p, 1, row % p.size[1]),
                            coordinate(p, 0, row / p.size[1])};
      for (int i = 0; i < p.spatial; ++i) {
        const T* line = matrix + i * (p.spatial + 1);
        double sum = static_cast<double>(line[p.spatial]);
        for (int j = 0; j < p.spatial; ++j) sum += static_cast<double>(line[j]) * at[j];
        *to++ = static_cast<T>(sum);
      }
    }
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  p.wide ? make_grid<double>(p, args) : make_grid<float>(p, args);
}

}  // namespace

const KernelImpl kAffineGridRef = {"AffineGrid", "affine_grid.ref", Isa::kGeneric,
                                   plan,         nullptr,           run};

}  // namespace poacl
