#include <cstring>

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

void run(const KernelArgs& args) {
  const auto& g = args.get_params<TransDataGeometry>();
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
