// DepthToSpace and SpaceToDepth: both pair a deep tensor [n, c * b * b, h, w] with a wide one
// [n, c, h * b, w * b], row by row of the wide one.
#include <fmt/format.h>

#include "kernels/blocks/block_kernels.h"
#include "kernels/eltwise/type_dispatch.h"

namespace poacl {
namespace {

struct Params {
  int64_t n, c, h, w;  // of the wide tensor: n, c; of the deep one: h, w
  int64_t block;
  int64_t channel_step, block_step;  // of the deep tensor's channels
  bool to_space;
  size_t size;  // of an element
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  p.to_space = op.type == "DepthToSpace";
  const Dims& deep = p.to_space ? op.inputs[0].dims : op.outputs[0].dims;
  const Dims& wide = p.to_space ? op.outputs[0].dims : op.inputs[0].dims;
  p.block = op.attrs->get_int("block_size");
  p.size = data_type_size(op.inputs[0].dtype);
  if (deep.size() != 4 || wide.size() != 4 || p.block < 1 || p.block > 4096 || p.size == 0 ||
      wide != Dims{deep[0], deep[1] / (p.block * p.block), deep[2] * p.block, deep[3] * p.block}) {
    return declined(fmt::format("x {}, y {}, block_size {}", dims_to_string(op.inputs[0].dims),
                                dims_to_string(op.outputs[0].dims), p.block));
  }
  p.n = deep[0], p.c = wide[1], p.h = deep[2], p.w = deep[3];
  const bool channels_last = op.attrs->get_string("mode", "DCR") == "CRD";
  p.channel_step = channels_last ? p.block * p.block : 1;
  p.block_step = channels_last ? 1 : p.c;
  plan->set_params(p);
  return {};
}

template <typename T>
void move(const Params& p, const KernelArgs& args) {
  const auto* x = static_cast<const T*>(args.inputs[0]);
  auto* y = static_cast<T*>(args.outputs[0]);
  const int64_t rows = p.h * p.block;
  const int64_t deep_channels = p.c * p.block * p.block;
  (*args.parallel)(p.n * p.c, [&](int64_t chunk, int) {
    const int64_t n = chunk / p.c;
    const int64_t c = chunk % p.c;
    for (int64_t row = 0; row < rows; ++row) {
      const int64_t wide = (chunk * rows + row) * p.w * p.block;
      for (int64_t j = 0; j < p.block; ++j) {
        const int64_t channel = c * p.channel_step + (row % p.block * p.block + j) * p.block_step;
        const int64_t deep = ((n * deep_channels + channel) * p.h + row / p.block) * p.w;
        if (p.to_space) {
          for (int64_t w = 0; w < p.w; ++w) y[wide + w * p.block + j] = x[deep + w];
        } else {
          for (int64_t w = 0; w < p.w; ++w) y[deep + w] = x[wide + w * p.block + j];
        }
      }
    }
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  dispatch_size(p.size, [&](auto zero) { move<decltype(zero)>(p, args); });
}

}  // namespace

const KernelImpl kDepthToSpaceRef = {
    "DepthToSpace", "depth_to_space.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kSpaceToDepthRef = {
    "SpaceToDepth", "space_to_depth.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
