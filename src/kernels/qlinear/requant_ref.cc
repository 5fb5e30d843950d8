// AscendRequant: int32 sums back to eight bits, y = saturate(round(x * req_scale) + offset), ties
// to even.
#include <limits>

#include "kernels/eltwise/broadcast.h"
#include "kernels/qlinear/qlinear_kernels.h"
#include "kernels/qlinear/quant_result.h"

namespace poacl {
namespace {

struct Params {
  Broadcast walk;
  bool is_signed;
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  if (op.inputs[0].dtype != DataType::kInt32 || op.inputs[1].dtype != DataType::kFloat ||
      !is_quant_type(op.outputs[0].dtype)) {
    return declined("x, req_scale or y of another type than int32, float, int8 or uint8");
  }
  const bool has_offset = op.inputs.size() > 2 && !op.inputs[2].absent();
  if (has_offset && op.inputs[2].dtype != op.outputs[0].dtype) {
    return declined("offset of another type than y");
  }
  const Dims* const inputs[] = {&op.inputs[0].dims, &op.inputs[1].dims,
                                has_offset ? &op.inputs[2].dims : &op.inputs[1].dims};
  if (!make_broadcast(op.outputs[0].dims, inputs, 3, &p.walk)) {
    return declined("shapes that do not broadcast");
  }
  coalesce(&p.walk);
  p.is_signed = op.outputs[0].dtype == DataType::kInt8;
  plan->set_params(p);
  return {};
}

template <typename T>
void requantise(const Params& p, const KernelArgs& args) {
  const Broadcast& b = p.walk;
  const auto* x = static_cast<const int32_t*>(args.inputs[0]);
  const auto* scale = static_cast<const float*>(args.inputs[1]);
  const auto* offset = static_cast<const T*>(args.inputs[2]);
  auto* y = static_cast<T*>(args.outputs[0]);
  const int last = b.rank - 1;
  const int64_t width = b.dims[last];
  if (b.count == 0) return;
  (*args.parallel)(b.count / width, [&](int64_t row, int) {
    const BroadcastWalk at(b, last, row);
    for (int64_t i = 0; i < width; ++i) {
      const int32_t zero =
          offset == nullptr ? int32_t{0} : offset[at.offset[2] + i * b.stride[2][last]];
      using Limits = std::numeric_limits<T>;
      const QuantFinish finish{nullptr,
                               0,
                               static_cast<float>(Limits::min() - zero),
                               static_cast<float>(Limits::max() - zero),
                               zero,
                               nullptr};
      y[row * width + i] =
          static_cast<T>(requantised(x[at.offset[0] + i * b.stride[0][last]],
                                     scale[at.offset[1] + i * b.stride[1][last]], finish));
    }
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  p.is_signed ? requantise<int8_t>(p, args) : requantise<uint8_t>(p, args);
}

}  // namespace

const KernelImpl kRequantRef = {"AscendRequant", "requant.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
