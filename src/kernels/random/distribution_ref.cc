// RandomUniform (numbers in [0, 1)), RandomStandardNormal, Bernoulli.
#include <algorithm>

#include "kernels/eltwise/type_dispatch.h"
#include "kernels/random/random_kernels.h"
#include "kernels/random/random_source.h"

namespace poacl {
namespace {

constexpr int64_t kChunk = 4096;

struct Params {
  RandomSeed seed;
  DataType input, output;
  int64_t count;
};

Status read_params(const OpInstance& op, Params* p) {
  p->seed = read_seed(*op.attrs);
  p->input = op.inputs[0].dtype;
  p->output = op.outputs[0].dtype;
  p->count = element_count(op.outputs[0].dims);
  if (!is_arithmetic_type(p->output)) {
    return declined("result type " + std::string(data_type_name(p->output)));
  }
  return {};
}

Status plan_real(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  POACL_RETURN_IF_ERROR(read_params(op, &p));
  if (p.output != DataType::kFloat && p.output != DataType::kDouble) {
    return declined("result type " + std::string(data_type_name(p.output)));
  }
  plan->set_params(p);
  return {};
}

Status plan_bernoulli(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  POACL_RETURN_IF_ERROR(read_params(op, &p));
  if (p.input != DataType::kFloat && p.input != DataType::kDouble) {
    return declined("type " + std::string(data_type_name(p.input)));
  }
  plan->set_params(p);
  return {};
}

template <typename Out, typename Draw>
void fill(const KernelArgs& args, int64_t count, Draw&& draw) {
  Out* y = static_cast<Out*>(args.outputs[0]);
  (*args.parallel)((count + kChunk - 1) / kChunk, [&](int64_t chunk, int) {
    const int64_t end = std::min(count, (chunk + 1) * kChunk);
    for (int64_t i = chunk * kChunk; i < end; ++i) y[i] = static_cast<Out>(draw(i));
  });
}

void run_uniform(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  const RandomStream stream(p.seed);
  if (p.output == DataType::kDouble) {
    fill<double>(args, p.count, [&](int64_t i) { return stream.uniform(i); });
    return;
  }
  // Cut to a float's bits before it is one: rounding up would reach 1.
  fill<float>(args, p.count, [&](int64_t i) {
    return static_cast<double>(static_cast<int32_t>(stream.uniform(i) * 0x1p24)) * 0x1p-24;
  });
}

void run_normal(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  const RandomStream stream(p.seed);
  const auto draw = [&](int64_t i) { return stream.normal(i); };
  if (p.output == DataType::kDouble) return fill<double>(args, p.count, draw);
  fill<float>(args, p.count, draw);
}

void run_bernoulli(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  const RandomStream stream(p.seed);
  dispatch_arithmetic(p.input, [&](auto from) {
    const auto* probability = static_cast<const decltype(from)*>(args.inputs[0]);
    dispatch_arithmetic(p.output, [&](auto to) {
      fill<decltype(to)>(args, p.count, [&](int64_t i) {
        return stream.uniform(i) < static_cast<double>(probability[i]) ? 1 : 0;
      });
    });
  });
}

}  // namespace

const KernelImpl kRandomUniformRef = {
    "RandomUniform", "random_uniform.ref", Isa::kGeneric, plan_real, nullptr, run_uniform};
const KernelImpl kRandomNormalRef = {"RandomStandardNormal",
                                     "random_standard_normal.ref",
                                     Isa::kGeneric,
                                     plan_real,
                                     nullptr,
                                     run_normal};
const KernelImpl kBernoulliRef = {"Bernoulli",    "bernoulli.ref", Isa::kGeneric,
                                  plan_bernoulli, nullptr,         run_bernoulli};

}  // namespace poacl
