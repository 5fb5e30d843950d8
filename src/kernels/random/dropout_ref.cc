// Dropout: in training each element is dropped with the given probability and the others grow by
// 1 / (1 - ratio), so that the expected value stays; otherwise everything passes.
#include <algorithm>

#include "kernels/eltwise/type_dispatch.h"
#include "kernels/random/random_kernels.h"
#include "kernels/random/random_source.h"

namespace poacl {
namespace {

constexpr int64_t kChunk = 4096;

struct Params {
  RandomSeed seed;
  DataType dtype;
  DataType ratio;  // kUndefined: absent, which means one half
  bool has_training;
  bool has_mask;
  int64_t count;
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  p.seed = read_seed(*op.attrs);
  p.dtype = op.inputs[0].dtype;
  p.ratio = op.inputs.size() > 1 ? op.inputs[1].dtype : DataType::kUndefined;
  p.has_training = op.inputs.size() > 2 && !op.inputs[2].absent();
  p.has_mask = op.outputs.size() > 1;
  p.count = element_count(op.outputs[0].dims);
  for (const DataType type : {p.dtype, p.ratio}) {
    if (type != DataType::kFloat && type != DataType::kDouble && type != DataType::kUndefined) {
      return declined("type " + std::string(data_type_name(type)));
    }
  }
  plan->set_params(p);
  return {};
}

double ratio_of(const KernelArgs& args, const Params& p) {
  if (p.ratio == DataType::kFloat) return *static_cast<const float*>(args.inputs[1]);
  if (p.ratio == DataType::kDouble) return *static_cast<const double*>(args.inputs[1]);
  return 0.5;
}

template <typename T>
void run_typed(const KernelArgs& args, const Params& p) {
  const bool training = p.has_training && *static_cast<const uint8_t*>(args.inputs[2]) != 0;
  const double ratio = training ? ratio_of(args, p) : 0.0;
  const RandomStream stream(p.seed);
  const T factor = static_cast<T>(ratio < 1.0 ? 1.0 / (1.0 - ratio) : 0.0);
  const T* x = static_cast<const T*>(args.inputs[0]);
  T* y = static_cast<T*>(args.outputs[0]);
  uint8_t* mask = p.has_mask ? static_cast<uint8_t*>(args.outputs[1]) : nullptr;
  (*args.parallel)((p.count + kChunk - 1) / kChunk, [&](int64_t chunk, int) {
    const int64_t end = std::min(p.count, (chunk + 1) * kChunk);
    for (int64_t i = chunk * kChunk; i < end; ++i) {
      const bool kept = ratio <= 0.0 || stream.uniform(i) >= ratio;
      y[i] = kept ? x[i] * factor : T{0};
      if (mask) mask[i] = kept;
    }
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  if (p.dtype == DataType::kDouble) return run_typed<double>(args, p);
  run_typed<float>(args, p);
}

}  // namespace

const KernelImpl kDropoutRef = {"Dropout", "dropout.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
