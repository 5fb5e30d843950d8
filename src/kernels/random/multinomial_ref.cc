// Multinomial: classes drawn from the unnormalised log-probabilities of each row.
#include <cmath>

#include "kernels/random/random_kernels.h"
#include "kernels/random/random_source.h"

namespace poacl {
namespace {

struct Params {
  RandomSeed seed;
  int64_t rows, classes, samples;
  bool real64;  // logits are double
  bool wide;    // int64 result, else int32
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  p.seed = read_seed(*op.attrs);
  p.rows = op.inputs[0].dims[0];
  p.classes = op.inputs[0].dims[1];
  p.samples = op.outputs[0].dims[1];
  p.real64 = op.inputs[0].dtype == DataType::kDouble;
  p.wide = op.outputs[0].dtype == DataType::kInt64;
  if (!p.real64 && op.inputs[0].dtype != DataType::kFloat) {
    return declined("type " + std::string(data_type_name(op.inputs[0].dtype)));
  }
  if (p.classes == 0) return declined("no classes");
  plan->set_params(p);
  return {};
}

template <typename T>
void run_typed(const KernelArgs& args, const Params& p) {
  const RandomStream stream(p.seed);
  const T* logits = static_cast<const T*>(args.inputs[0]);
  (*args.parallel)(p.rows, [&](int64_t row, int) {
    const T* x = logits + row * p.classes;
    double most = -HUGE_VAL;
    for (int64_t c = 0; c < p.classes; ++c) most = std::fmax(most, static_cast<double>(x[c]));
    const auto weight = [&](int64_t c) {
      const double w = std::exp(static_cast<double>(x[c]) - most);
      return w == w ? w : 0.0;
    };
    double total = 0;
    for (int64_t c = 0; c < p.classes; ++c) total += weight(c);
    for (int64_t s = 0; s < p.samples; ++s) {
      const int64_t at = row * p.samples + s;
      double rest = stream.uniform(at) * total;
      int64_t drawn = 0;
      // The last class with any weight, if rounding leaves a rest.
      for (int64_t c = 0; c < p.classes; ++c) {
        const double w = weight(c);
        if (w > 0) drawn = c;
        if (rest < w) break;
        rest -= w;
      }
      if (p.wide) {
        static_cast<int64_t*>(args.outputs[0])[at] = drawn;
      } else {
        static_cast<int32_t*>(args.outputs[0])[at] = static_cast<int32_t>(drawn);
      }
    }
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  if (p.real64) return run_typed<double>(args, p);
  run_typed<float>(args, p);
}

}  // namespace

const KernelImpl kMultinomialRef = {"Multinomial", "multinomial.ref", Isa::kGeneric,
                                    plan,          nullptr,           run};

}  // namespace poacl
