// References of the pools over two or three dimensions that have no kernel of their own: 3-D
// maximum and average, maximum with positions, power means.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "kernels/pool/pool_kernels.h"

namespace poacl {
namespace {

enum class Kind { kMax, kAverage, kPower };

// Two-dimensional pools have a depth of 1.
struct Params {
  int64_t planes;  // images times channels
  int64_t in[3], out[3], kernel[3], stride[3], dilation[3], pad_begin[3], pad_end[3];
  Kind kind;
  bool exclusive;  // averages count only cells inside the image
  bool columns;    // positions count down the first spatial dimension fastest
  bool has_argmax;
  double power;
  DataType dtype;
};

bool in_range(const std::vector<int64_t>& values, size_t count, int64_t low) {
  return values.size() == count && std::all_of(values.begin(), values.end(), [low](int64_t v) {
           return v >= low && v < int64_t{1} << 31;
         });
}

Status read_window(const OpInstance& op, size_t rank, Params* p) {
  const std::vector<int64_t> ones(rank, 1);
  const auto ksize = op.attrs->get_ints("ksize");
  const auto strides = op.attrs->get_ints("strides", ones);
  const auto dilations = op.attrs->get_ints("dilations", ones);
  const auto pads = op.attrs->get_ints("pads", std::vector<int64_t>(2 * rank - 4, 0));
  if (!in_range(ksize, rank, 1) || !in_range(strides, rank, 1) || !in_range(dilations, rank, 1) ||
      !in_range(pads, 2 * rank - 4, 0)) {
    return declined(
        fmt::format("ksize {}, strides {}, dilations {}, pads {}: numbers in range "
                    "wanted",
                    dims_to_string(ksize), dims_to_string(strides), dims_to_string(dilations),
                    dims_to_string(pads)));
  }
  for (size_t d = 2; d < rank; ++d) {
    const size_t i = d + 3 - rank;
    p->kernel[i] = ksize[d], p->stride[i] = strides[d], p->dilation[i] = dilations[d];
    p->pad_begin[i] = pads[2 * d - 4], p->pad_end[i] = pads[2 * d - 3];
  }
  return {};
}

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  const Dims& x = op.inputs[0].dims;
  const Dims& y = op.outputs[0].dims;
  p.dtype = op.inputs[0].dtype;
  const bool global = op.type == "GlobalLpPool" || op.attrs->get_bool("global_pooling");
  p.kind = op.type.starts_with("Max")   ? Kind::kMax
           : op.type.starts_with("Avg") ? Kind::kAverage
                                        : Kind::kPower;
  const bool real = p.dtype == DataType::kFloat || p.dtype == DataType::kDouble;
  const bool small = p.dtype == DataType::kInt8 || p.dtype == DataType::kUint8;
  if (!real && (p.kind != Kind::kMax || !small)) {
    return declined(fmt::format("tensors of type {}", data_type_name(p.dtype)));
  }
  if (x.size() < 2 || y.size() != x.size() || x[0] != y[0] || x[1] != y[1] ||
      (!global && x.size() != 4 && x.size() != 5)) {
    return declined(fmt::format("x {} and y {}", dims_to_string(x), dims_to_string(y)));
  }
  p.exclusive = op.attrs->get_bool("exclusive", true);
  p.columns = op.attrs->get_int("storage_order") != 0;
  p.has_argmax = op.outputs.size() > 1;
  p.power = static_cast<double>(op.attrs->get_float("p", 2.0f));
  p.planes = x[0] * x[1];
  for (size_t i = 0; i < 3; ++i) p.in[i] = p.out[i] = p.kernel[i] = p.stride[i] = p.dilation[i] = 1;
  if (global) {
    p.in[2] = p.kernel[2] = element_count({x.data() + 2, x.size() - 2});
  } else {
    POACL_RETURN_IF_ERROR(read_window(op, x.size(), &p));
    for (size_t d = 2; d < x.size(); ++d) {
      p.in[d + 3 - x.size()] = x[d];
      p.out[d + 3 - x.size()] = y[d];
    }
  }
  plan->set_params(p);
  return {};
}

// Taps [begin, end) of a window that starts at `first` lie inside; `counted` inside or in padding.
struct Reach {
  int64_t first, begin, end, counted;
};
Reach reach_of(const Params& p, int dim, int64_t out) {
  const int64_t first = out * p.stride[dim] - p.pad_begin[dim];
  const int64_t step = p.dilation[dim];
  const auto taps_below = [&](int64_t limit) {
    return std::clamp<int64_t>((limit - first + step - 1) / step, 0, p.kernel[dim]);
  };
  const int64_t begin = first >= 0 ? 0 : (-first + step - 1) / step;
  // What ceil_mode adds beyond the padding does not count.
  return {first, std::min(begin, p.kernel[dim]), first >= p.in[dim] ? 0 : taps_below(p.in[dim]),
          taps_below(p.in[dim] + p.pad_end[dim])};
}

template <typename T>
struct Found {
  T best;
  int64_t at[3] = {0, 0, 0};
  double sum = 0;
};

template <typename T, Kind K>
Found<T> look(const Params& p, const T* image, const Reach r[3]) {
  using Limits = std::numeric_limits<T>;
  Found<T> found{Limits::has_infinity ? -Limits::infinity() : Limits::lowest()};
  bool any = false;
  for (int64_t i = r[0].begin; i < r[0].end; ++i) {
    const int64_t d = r[0].first + i * p.dilation[0];
    for (int64_t j = r[1].begin; j < r[1].end; ++j) {
      const int64_t h = r[1].first + j * p.dilation[1];
      const T* row = image + (d * p.in[1] + h) * p.in[2];
      for (int64_t k = r[2].begin; k < r[2].end; ++k) {
        const int64_t w = r[2].first + k * p.dilation[2];
        const T v = row[w];
        if constexpr (K == Kind::kMax) {
          if (any && !(v > found.best || (v != v && found.best == found.best))) continue;
          any = true;
          found.best = v;
          found.at[0] = d, found.at[1] = h, found.at[2] = w;
        } else if constexpr (K == Kind::kAverage) {
          found.sum += static_cast<double>(v);
        } else {
          found.sum += std::pow(std::fabs(static_cast<double>(v)), p.power);
        }
      }
    }
  }
  return found;
}

template <typename T, Kind K>
void pool(const Params& p, const KernelArgs& args) {
  const auto* x = static_cast<const T*>(args.inputs[0]);
  auto* y = static_cast<T*>(args.outputs[0]);
  auto* argmax = p.has_argmax ? static_cast<int64_t*>(args.outputs[1]) : nullptr;
  const int64_t in_plane = p.in[0] * p.in[1] * p.in[2];
  (*args.parallel)(p.planes * p.out[0], [&](int64_t chunk, int) {
    const int64_t plane = chunk / p.out[0];
    int64_t at = chunk * p.out[1] * p.out[2];
    Reach r[3] = {reach_of(p, 0, chunk % p.out[0])};
    for (int64_t h = 0; h < p.out[1]; ++h) {
      r[1] = reach_of(p, 1, h);
      for (int64_t w = 0; w < p.out[2]; ++w, ++at) {
        r[2] = reach_of(p, 2, w);
        const Found<T> found = look<T, K>(p, x + plane * in_plane, r);
        if constexpr (K == Kind::kMax) {
          y[at] = found.best;
        } else if constexpr (K == Kind::kPower) {
          y[at] = static_cast<T>(std::pow(found.sum, 1.0 / p.power));
        } else {
          int64_t cells = 1;
          for (const Reach& one : r) {
            cells *= p.exclusive ? std::max<int64_t>(one.end - one.begin, 0) : one.counted;
          }
          y[at] = cells == 0 ? T{0} : static_cast<T>(found.sum / static_cast<double>(cells));
        }
        if (argmax == nullptr) continue;
        const int64_t* f = found.at;
        // Two-dimensional images have no depth to count.
        const int64_t inside = p.columns ? (f[2] * p.in[1] + f[1]) * p.in[0] + f[0]
                                         : (f[0] * p.in[1] + f[1]) * p.in[2] + f[2];
        argmax[at] = plane * in_plane + inside;
      }
    }
  });
}

template <typename T>
void run_typed(const Params& p, const KernelArgs& args) {
  if (p.kind == Kind::kMax) return pool<T, Kind::kMax>(p, args);
  if constexpr (std::is_floating_point_v<T>) {
    if (p.kind == Kind::kAverage) return pool<T, Kind::kAverage>(p, args);
    return pool<T, Kind::kPower>(p, args);
  }
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  switch (p.dtype) {
    case DataType::kDouble:
      return run_typed<double>(p, args);
    case DataType::kInt8:
      return run_typed<int8_t>(p, args);
    case DataType::kUint8:
      return run_typed<uint8_t>(p, args);
    default:
      return run_typed<float>(p, args);
  }
}

}  // namespace

const KernelImpl kMaxPool3dRef = {"MaxPool3D", "max_pool3d.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kMaxPoolArgmaxRef = {
    "MaxPoolWithArgmaxV2", "max_pool_argmax.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kMaxPool3dArgmaxRef = {
    "MaxPool3DWithArgmaxV2", "max_pool3d_argmax.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kAvgPool3dRef = {"AvgPool3D", "avg_pool3d.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kLpPool2dRef = {"LpPool2D", "lp_pool2d.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kLpPool3dRef = {"LpPool3D", "lp_pool3d.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kGlobalLpPoolRef = {
    "GlobalLpPool", "global_lp_pool.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
