// SelectV2: one of two, by a condition; all three broadcast.
#include <algorithm>

#include "kernels/eltwise/broadcast.h"
#include "kernels/eltwise/eltwise_kernels.h"
#include "kernels/eltwise/type_dispatch.h"

namespace poacl {
namespace {

constexpr int64_t kChunk = 4096;

struct Params {
  Broadcast broadcast;
  size_t size;
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params params{};
  const Dims* inputs[] = {&op.inputs[0].dims, &op.inputs[1].dims, &op.inputs[2].dims};
  if (!make_broadcast(op.outputs[0].dims, inputs, 3, &params.broadcast)) {
    return declined("the shapes do not broadcast to the output's");
  }
  params.size = data_type_size(op.outputs[0].dtype);
  if (params.size == 0) return declined("elements without a size");
  plan->set_params(params);
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  const auto* condition = static_cast<const uint8_t*>(args.inputs[0]);
  dispatch_size(p.size, [&](auto zero) {
    using T = decltype(zero);
    const T* yes = static_cast<const T*>(args.inputs[1]);
    const T* no = static_cast<const T*>(args.inputs[2]);
    T* out = static_cast<T*>(args.outputs[0]);
    const int64_t count = p.broadcast.count;
    (*args.parallel)((count + kChunk - 1) / kChunk, [&](int64_t chunk, int) {
      const int64_t end = std::min(count, (chunk + 1) * kChunk);
      BroadcastWalk walk(p.broadcast, p.broadcast.rank, chunk * kChunk);
      for (int64_t i = chunk * kChunk; i < end; ++i, walk.next()) {
        out[i] = condition[walk.offset[0]] ? yes[walk.offset[1]] : no[walk.offset[2]];
      }
    });
  });
}

}  // namespace

const KernelImpl kSelectRef = {"SelectV2", "select.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
