// One-byte elements between plain order and blocks of channels.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "kernels/layout/layout_kernels.h"
#include "kernels/layout/trans_data_geometry.h"

namespace poacl {
namespace {

constexpr int64_t kBlock = 16;
constexpr int64_t kCells = 256;  // whose blocks stay in a first-level cache

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  POACL_ASSIGN_OR_RETURN(const TransDataGeometry g, trans_data_geometry(op));
  if (!keeps_width(g)) return declined("elements change their width");
  if (g.element != 1 || g.n == 0 || std::min(g.src_block, g.dst_block) != 1 ||
      std::max(g.src_block, g.dst_block) != kBlock) {
    return declined(fmt::format("{}-byte elements from blocks of {} to {}", g.element, g.src_block,
                                g.dst_block));
  }
  plan->set_params(g);
  plan->input_layouts = {static_cast<Layout>(op.attrs->get_int("src_layout"))};
  plan->output_layouts = {static_cast<Layout>(op.attrs->get_int("dst_layout"))};
  return {};
}

// Cells [begin, end) of one block: `plane` has a row of `inner` bytes per channel.
void to_block(const uint8_t* plane, int64_t inner, int64_t channels, int64_t begin, int64_t end,
              uint8_t* block) {
  if (channels < kBlock) {
    std::memset(block + begin * kBlock, 0, static_cast<size_t>((end - begin) * kBlock));
  }
  for (int64_t c = 0; c < channels; ++c) {
    for (int64_t i = begin; i < end; ++i) block[i * kBlock + c] = plane[c * inner + i];
  }
}

void from_block(const uint8_t* block, int64_t inner, int64_t channels, int64_t begin, int64_t end,
                uint8_t* plane) {
  for (int64_t c = 0; c < channels; ++c) {
    for (int64_t i = begin; i < end; ++i) plane[c * inner + i] = block[i * kBlock + c];
  }
}

void run(const KernelArgs& args) {
  const auto& g = args.get_params<TransDataGeometry>();
  const auto* src = static_cast<const uint8_t*>(args.inputs[0]);
  auto* dst = static_cast<uint8_t*>(args.outputs[0]);
  const int64_t blocks = (g.c + kBlock - 1) / kBlock;
  const int64_t parts = (g.inner + kCells - 1) / kCells;
  (*args.parallel)(g.n * blocks * parts, [&](int64_t chunk, int) {
    const int64_t begin = chunk % parts * kCells;
    const int64_t end = std::min(begin + kCells, g.inner);
    const int64_t block = chunk / parts;
    const int64_t c = block % blocks * kBlock;
    const int64_t channels = std::min(kBlock, g.c - c);
    const int64_t plane = (block / blocks * g.c + c) * g.inner;
    const int64_t blocked = block * g.inner * kBlock;
    if (g.src_block == 1) {
      to_block(src + plane, g.inner, channels, begin, end, dst + blocked);
    } else {
      from_block(src + blocked, g.inner, channels, begin, end, dst + plane);
    }
  });
}

}  // namespace

const KernelImpl kTransDataBytes = {"TransData", "trans_data.bytes", Isa::kGeneric, plan, nullptr,
                                    run};

}  // namespace poacl
