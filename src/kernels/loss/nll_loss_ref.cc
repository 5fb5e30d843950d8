// Reference of NLLLoss: the negated scores of the target classes, weighted, summed or averaged.
#include <fmt/format.h>

#include "kernels/loss/loss_kernels.h"

namespace poacl {
namespace {

enum class Reduction { kNone, kSum, kMean };

struct Params {
  DataType dtype, target_type;
  Reduction reduction;
  bool has_weight, has_total, ignores;
  int64_t ignored;
  int64_t batch, classes, plane;
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  const Dims& x = op.inputs[0].dims;
  if (x.size() < 2) return declined("x has fewer than two dimensions");
  p.dtype = op.inputs[0].dtype;
  p.target_type = op.inputs[1].dtype;
  if (p.dtype != DataType::kFloat && p.dtype != DataType::kDouble) {
    return declined("type " + std::string(data_type_name(p.dtype)));
  }
  if (p.target_type != DataType::kInt32 && p.target_type != DataType::kInt64) {
    return declined("target of type " + std::string(data_type_name(p.target_type)));
  }
  const std::string reduction = op.attrs->get_string("reduction", "mean");
  p.reduction = reduction == "none"  ? Reduction::kNone
                : reduction == "sum" ? Reduction::kSum
                                     : Reduction::kMean;
  p.batch = x[0];
  p.classes = x[1];
  p.plane = element_count(std::span<const int64_t>(x).subspan(2));
  if (element_count(op.inputs[1].dims) != p.batch * p.plane) {
    return declined(
        fmt::format("x {} and target {}", dims_to_string(x), dims_to_string(op.inputs[1].dims)));
  }
  p.has_weight = op.inputs.size() > 2 && !op.inputs[2].absent();
  if (p.has_weight && (op.inputs[2].dtype != p.dtype || op.inputs[2].dims != Dims{p.classes})) {
    return declined(fmt::format("weight {}, {} of x's type wanted",
                                dims_to_string(op.inputs[2].dims), p.classes));
  }
  p.has_total = op.outputs.size() > 1;
  p.ignores = op.attrs->has("ignore_index");
  p.ignored = op.attrs->get_int("ignore_index");
  plan->set_params(p);
  return {};
}

template <typename T>
void evaluate(const Params& p, const KernelArgs& args) {
  const auto* x = static_cast<const T*>(args.inputs[0]);
  const auto* weight = p.has_weight ? static_cast<const T*>(args.inputs[2]) : nullptr;
  auto* y = static_cast<T*>(args.outputs[0]);
  double sum = 0;
  double total = 0;
  for (int64_t i = 0; i < p.batch * p.plane; ++i) {
    const int64_t target = p.target_type == DataType::kInt64
                               ? static_cast<const int64_t*>(args.inputs[1])[i]
                               : static_cast<const int32_t*>(args.inputs[1])[i];
    double loss = 0;
    // A class that does not exist counts for nothing, as an ignored one.
    if (target >= 0 && target < p.classes && !(p.ignores && target == p.ignored)) {
      const int64_t at = (i / p.plane * p.classes + target) * p.plane + i % p.plane;
      const double factor = weight == nullptr ? 1.0 : static_cast<double>(weight[target]);
      loss = -static_cast<double>(x[at]) * factor;
      total += factor;
    }
    sum += loss;
    if (p.reduction == Reduction::kNone) y[i] = static_cast<T>(loss);
  }
  if (p.reduction == Reduction::kSum) *y = static_cast<T>(sum);
  if (p.reduction == Reduction::kMean) *y = static_cast<T>(sum / total);
  if (p.has_total) *static_cast<T*>(args.outputs[1]) = static_cast<T>(total);
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  if (p.dtype == DataType::kDouble) return evaluate<double>(p, args);
  evaluate<float>(p, args);
}

}  // namespace

const KernelImpl kNllLossRef = {"NLLLoss", "nll_loss.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
