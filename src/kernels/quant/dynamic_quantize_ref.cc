// DynamicQuantizeLinear: scale and zero point from the range of x (which is made to contain zero),
// then x quantised to uint8 by them.
#include <algorithm>
#include <cmath>

#include "kernels/quant/quant_kernels.h"

namespace poacl {
namespace {

constexpr int64_t kChunk = 16384;

struct Params {
  int64_t count;
};

struct Extent {
  float low, high;
};

Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  if (op.inputs[0].dtype != DataType::kFloat) {
    return declined("type " + std::string(data_type_name(op.inputs[0].dtype)));
  }
  if (op.outputs.size() != 3) {
    return declined(std::to_string(op.outputs.size()) + " outputs instead of y, scale, zero point");
  }
  plan->set_params(Params{element_count(op.inputs[0].dims)});
  plan->scratch_bytes = static_cast<size_t>(context.workers) * sizeof(Extent);
  return {};
}

uint8_t saturated(float value) {
  return !(value > 0.0f)   ? uint8_t{0}
         : value >= 255.0f ? uint8_t{255}
                           : static_cast<uint8_t>(value);
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  const float* x = static_cast<const float*>(args.inputs[0]);
  uint8_t* y = static_cast<uint8_t*>(args.outputs[0]);
  Extent* extents = reinterpret_cast<Extent*>(args.scratch);
  std::fill_n(extents, args.parallel->width(), Extent{0.0f, 0.0f});
  const int64_t chunks = (p.count + kChunk - 1) / kChunk;
  (*args.parallel)(chunks, [&](int64_t chunk, int worker) {
    Extent found = extents[worker];
    const int64_t end = std::min(p.count, (chunk + 1) * kChunk);
    for (int64_t i = chunk * kChunk; i < end; ++i) {
      found.low = x[i] < found.low ? x[i] : found.low;
      found.high = x[i] > found.high ? x[i] : found.high;
    }
    extents[worker] = found;
  });
  Extent whole{0.0f, 0.0f};
  for (int w = 0; w < args.parallel->width(); ++w) {
    whole.low = std::min(whole.low, extents[w].low);
    whole.high = std::max(whole.high, extents[w].high);
  }
  // A tensor of zeros has no range: any scale keeps it.
  const float range = whole.high - whole.low;
  const float scale = range == 0.0f ? 1.0f : range / 255.0f;
  const uint8_t zero = saturated(std::nearbyint(-whole.low / scale));
  *static_cast<float*>(args.outputs[1]) = scale;
  *static_cast<uint8_t*>(args.outputs[2]) = zero;
  (*args.parallel)(chunks, [&](int64_t chunk, int) {
    const int64_t end = std::min(p.count, (chunk + 1) * kChunk);
    for (int64_t i = chunk * kChunk; i < end; ++i) {
      y[i] = saturated(std::nearbyint(x[i] / scale) + static_cast<float>(zero));
    }
  });
}

}  // namespace

const KernelImpl kDynamicQuantizeRef = {
    "DynamicQuantizeLinear", "dynamic_quantize.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
