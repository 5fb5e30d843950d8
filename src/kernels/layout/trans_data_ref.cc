#include <cstring>

#include "base/half.h"
#include "kernels/layout/layout_kernels.h"
#include "kernels/layout/trans_data_geometry.h"

namespace poacl {
namespace {

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  POACL_ASSIGN_OR_RETURN(const TransDataGeometry g, trans_data_geometry(op));
  plan->set_params(g);
  plan->input_layouts = {static_cast<Layout>(op.attrs->get_int("src_layout"))};
  plan->output_layouts = {static_cast<Layout>(op.attrs->get_int("dst_layout"))};
  return {};
}

int64_t position(const TransDataGeometry& g, int64_t block, int64_t n, int64_t c, int64_t i) {
  const int64_t blocks = (g.c + block - 1) / block;
  return ((n * blocks + c / block) * g.inner + i) * block + c % block;
}

float load_float(const std::byte* data, bool bf16, int64_t index) {
  if (bf16) {
    uint16_t bits;
    std::memcpy(&bits, data + index * 2, sizeof(bits));
    return bfloat16_to_float(bits);
  }
  float value;
  std::memcpy(&value, data + index * 4, sizeof(value));
  return value;
}

void store_float(std::byte* data, bool bf16, int64_t index, float value) {
  if (bf16) {
    const uint16_t bits = float_to_bfloat16(value);
    std::memcpy(data + index * 2, &bits, sizeof(bits));
  } else {
    std::memcpy(data + index * 4, &value, sizeof(value));
  }
}

void run_floats(const KernelArgs& args, const TransDataGeometry& g) {
  const auto* src = static_cast<const std::byte*>(args.inputs[0]);
  auto* dst = static_cast<std::byte*>(args.outputs[0]);
  const int64_t padded = (g.c + g.dst_block - 1) / g.dst_block * g.dst_block;
  (*args.parallel)(g.n * padded, [&](int64_t chunk, int) {
    const int64_t n = chunk / padded;
    const int64_t c = chunk % padded;
    for (int64_t i = 0; i < g.inner; ++i) {
      const float value =
          c < g.c ? load_float(src, g.src_bf16, position(g, g.src_block, n, c, i)) : 0.0f;
      store_float(dst, g.dst_bf16, position(g, g.dst_block, n, c, i), value);
    }
  });
}

void run(const KernelArgs& args) {
  const auto& g = args.get_params<TransDataGeometry>();
  if (!keeps_width(g)) return run_floats(args, g);
  const auto* src = static_cast<const std::byte*>(args.inputs[0]);
  auto* dst = static_cast<std::byte*>(args.outputs[0]);
  const int64_t padded = (g.c + g.dst_block - 1) / g.dst_block * g.dst_block;
  const auto size = static_cast<size_t>(g.element);
  (*args.parallel)(g.n * padded, [&](int64_t chunk, int) {
    const int64_t n = chunk / padded;
    const int64_t c = chunk % padded;
    for (int64_t i = 0; i < g.inner; ++i) {
      std::byte* to = dst + position(g, g.dst_block, n, c, i) * g.element;
      if (c < g.c) {
        std::memcpy(to, src + position(g, g.src_block, n, c, i) * g.element, size);
      } else {
        std::memset(to, 0, size);
      }
    }
  });
}

}  // namespace

const KernelImpl kTransDataRef = {"TransData", "trans_data.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
