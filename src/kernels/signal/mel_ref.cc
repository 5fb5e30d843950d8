// MelWeightMatrix: triangles over the bins of a spectrum, evenly spaced on the mel scale.
#include <cmath>

#include "kernels/eltwise/type_dispatch.h"
#include "kernels/shape/index_value.h"
#include "kernels/signal/signal_kernels.h"

namespace poacl {
namespace {

struct Params {
  DataType out_type, edge_type;
  bool wide_length, wide_rate;
  int64_t bins, bands;
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  p.out_type = op.outputs[0].dtype;
  p.edge_type = op.inputs[3].dtype;
  if (!is_arithmetic_type(p.out_type) || op.inputs[4].dtype != p.edge_type ||
      (p.edge_type != DataType::kFloat && p.edge_type != DataType::kDouble)) {
    return declined("type");
  }
  if (!is_index_type(op.inputs[1].dtype) || !is_index_type(op.inputs[2].dtype)) {
    return declined("type");
  }
  p.wide_length = op.inputs[1].dtype == DataType::kInt64;
  p.wide_rate = op.inputs[2].dtype == DataType::kInt64;
  p.bins = op.outputs[0].dims[0];
  p.bands = op.outputs[0].dims[1];
  plan->set_params(p);
  return {};
}

double mel(double hertz) {
  return 2595.0 * std::log10(1.0 + hertz / 700.0);
}

double edge(const Params& p, const void* value) {
  return p.edge_type == DataType::kFloat ? static_cast<double>(*static_cast<const float*>(value))
                                         : *static_cast<const double*>(value);
}

template <typename T>
void fill(const Params& p, const KernelArgs& args, T* out) {
  const auto length = static_cast<double>(raw_index(args.inputs[1], p.wide_length, 0));
  const auto rate = static_cast<double>(raw_index(args.inputs[2], p.wide_rate, 0));
  const double low = mel(edge(p, args.inputs[3]));
  const double step = (mel(edge(p, args.inputs[4])) - low) / static_cast<double>(p.bands + 2);
  // Bin of the band's edge number i; edges outside of the spectrum (a rate of 0) end at its ends.
  const auto bin_of = [&](int64_t i) {
    const double hertz =
        700.0 * (std::pow(10.0, (low + static_cast<double>(i) * step) / 2595.0) - 1.0);
    const double bin = std::floor((length + 1) * hertz / rate);
    return bin >= 0 && bin < 1e15 ? static_cast<int64_t>(bin) : bin > 0 ? p.bins : int64_t{0};
  };
  const auto put = [&](int64_t bin, int64_t band, double value) {
    if (bin < p.bins) out[bin * p.bands + band] = static_cast<T>(value);
  };
  std::fill(out, out + p.bins * p.bands, T{0});
  for (int64_t band = 0; band < p.bands; ++band) {
    const int64_t lower = bin_of(band);
    const int64_t centre = bin_of(band + 1);
    const int64_t upper = bin_of(band + 2);
    if (centre == lower) put(centre, band, 1.0);
    for (int64_t j = lower; j <= centre && j < p.bins && centre > lower; ++j) {
      put(j, band, static_cast<double>(j - lower) / static_cast<double>(centre - lower));
    }
    for (int64_t j = centre; j < upper && j < p.bins; ++j) {
      put(j, band, static_cast<double>(upper - j) / static_cast<double>(upper - centre));
    }
  }
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  dispatch_arithmetic(
      p.out_type, [&](auto zero) { fill(p, args, static_cast<decltype(zero)*>(args.outputs[0])); });
}

}  // namespace

const KernelImpl kMelWeightMatrixRef = {
    "MelWeightMatrix", "mel_weight_matrix.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
