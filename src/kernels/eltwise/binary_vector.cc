#include "kernels/eltwise/binary_vector.h"
#include "kernels/kernel_list.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace poacl {
namespace {

constexpr int64_t kChunk = 16384;  // elements

// How one input stands in a blocked computation.
struct BlockedInput {
  Dims view;  // as the kernel walks it: [d0, blocks, d2..., block]
  Layout layout = Layout::kPlain;
  bool pack = false;
  bool zero_padding = false;  // its padding channels exist and are zero
};

Dims blocked_view(const Dims& dims, int64_t block) {
  Dims view = dims;
  view[1] = (dims[1] + block - 1) / block;
  view.push_back(block);
  return view;
}

// False when the input cannot be read along a blocked output without conversion.
bool view_input(const TensorDesc& input, bool constant, const Dims& out, Layout layout,
                BlockedInput* result) {
  const int64_t block = block_of(layout);
  Dims dims(out.size() - input.dims.size(), 1);
  dims.insert(dims.end(), input.dims.begin(), input.dims.end());
  if (dims[1] == 1 && out[1] != 1) {
    // One channel for all: plain order will do.
    result->view = dims;
    result->view.push_back(1);
    return true;
  }
  result->view = blocked_view(dims, block);
  if (constant) {
    result->pack = true;
    result->zero_padding = true;
    return true;
  }
  if (input.dims.size() == out.size()) {
    result->layout = layout;
    result->zero_padding = true;
    return true;
  }
  // [C,1,1] without batch: its plain order is the blocked one when the blocks are full.
  int64_t inner = 1;
  for (size_t d = 2; d < dims.size(); ++d) inner *= dims[d];
  return inner == 1 && dims[1] % block == 0;
}

bool padding_stays_zero(const BinaryParams& p, const BlockedInput* in, const OpInstance& op) {
  if (p.activation.kind != ActivationKind::kNone && apply_activation(p.activation, 0.0f) != 0.0f) {
    return false;
  }
  switch (p.kind) {
    case BinaryKind::kMul: {
      // Zero times infinity or NaN is NaN, so the other side must be known to be finite.
      const auto harmless = [&](size_t i) {
        return in[i].zero_padding || (op.constants[i] != nullptr && op.constants[i]->count() == 1 &&
                                      std::isfinite(op.constants[i]->as<float>()[0]));
      };
      return (in[0].zero_padding && harmless(1)) || (in[1].zero_padding && harmless(0));
    }
    case BinaryKind::kPRelu:
      return in[0].zero_padding;
    case BinaryKind::kDiv:
      // A packed divisor is padded with ones; a scalar one divides zero by itself.
      if (!in[0].zero_padding || op.constants[1] == nullptr) return false;
      return in[1].pack ||
             (op.constants[1]->count() == 1 && std::fabs(op.constants[1]->as<float>()[0]) > 0);
    default:
      return in[0].zero_padding && in[1].zero_padding;
  }
}

// The blocked layout some input of the output's own shape offers.
Layout offered_layout(const OpInstance& op) {
  for (size_t i = 0; i < 2; ++i) {
    if (op.constants[i] == nullptr && op.inputs[i].layout != Layout::kPlain &&
        op.inputs[i].dims == op.outputs[0].dims && op.outputs[0].dims.size() >= 2) {
      return op.inputs[i].layout;
    }
  }
  return Layout::kPlain;
}

bool plan_blocked(const OpInstance& op, Layout layout, BinaryParams* p, KernelPlan* plan) {
  const Dims& out = op.outputs[0].dims;
  const int64_t block = block_of(layout);
  BlockedInput in[2];
  for (size_t i = 0; i < 2; ++i) {
    if (!view_input(op.inputs[i], op.constants[i] != nullptr, out, layout, &in[i])) return false;
  }
  if (out[1] % block != 0 && !padding_stays_zero(*p, in, op)) return false;
  const Dims view = blocked_view(out, block);
  const Dims* views[] = {&in[0].view, &in[1].view};
  if (!make_broadcast(view, views, 2, &p->broadcast)) return false;
  plan->input_layouts = {in[0].layout, in[1].layout};
  plan->output_layouts = {layout};
  for (int i = 0; i < 2; ++i) {
    if (!in[i].pack) continue;
    const int64_t count = element_count(in[i].view);
    plan->packed.push_back({i, static_cast<size_t>(count) * sizeof(float)});
  }
  return true;
}

void set_chunks(BinaryParams* p) {
  const int64_t columns = p->broadcast.dims[p->broadcast.rank - 1];
  p->column_chunk = std::max<int64_t>(1, std::min(columns, kChunk));
  p->row_chunk = std::max<int64_t>(1, kChunk / p->column_chunk);
}

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  BinaryParams p{};
  POACL_RETURN_IF_ERROR(read_binary(op, &p));
  if (p.dtype != DataType::kFloat || p.second != DataType::kFloat) {
    return declined("type " + std::string(data_type_name(p.dtype)));
  }
  if (p.activation.kind != ActivationKind::kNone && p.kind > BinaryKind::kMul) {
    return declined("a fused activation");
  }
  const Layout layout = offered_layout(op);
  if (layout == Layout::kPlain || !plan_blocked(op, layout, &p, plan)) {
    plan->input_layouts.assign(2, Layout::kPlain);
    plan->output_layouts.assign(1, Layout::kPlain);
  }
  coalesce(&p.broadcast);
  set_chunks(&p);
  for (int i = 1; i >= 0; --i) {
    const auto at = static_cast<size_t>(i);
    if (op.constants[at] != nullptr || op.inputs[at].dims != op.outputs[0].dims) continue;
    plan->in_place = true;
    plan->in_place_input = i;
  }
  plan->set_params(p);
  return {};
}

// Plain constant -> [d0, blocks, inner, block], padded so that the result's padding is zero.
void pack(const OpInstance& op, const KernelPlan& plan, int input, void* dst) {
  const auto i = static_cast<size_t>(input);
  const int64_t block = block_of(plan.output_layouts[0]);
  const Dims& out = op.outputs[0].dims;
  Dims dims(out.size() - op.inputs[i].dims.size(), 1);
  dims.insert(dims.end(), op.inputs[i].dims.begin(), op.inputs[i].dims.end());
  int64_t inner = 1;
  for (size_t d = 2; d < dims.size(); ++d) inner *= dims[d];
  const int64_t channels = dims[1];
  const int64_t blocks = (channels + block - 1) / block;
  const float* from = reinterpret_cast<const float*>(op.constants[i]->buffer.data());
  float* to = static_cast<float*>(dst);
  const float padding = plan.get_params<BinaryParams>().kind == BinaryKind::kDiv && i == 1 ? 1 : 0;
  for (int64_t n = 0; n < dims[0]; ++n) {
    for (int64_t c = 0; c < blocks * block; ++c) {
      for (int64_t k = 0; k < inner; ++k) {
        to[((n * blocks + c / block) * inner + k) * block + c % block] =
            c < channels ? from[(n * channels + c) * inner + k] : padding;
      }
    }
  }
}

#define POACL_BINARY(op, stem)                                         \
  {op, stem ".avx512", Isa::kAvx512, plan, pack, binary_run_avx512},   \
      {op, stem ".avx2", Isa::kAvx2, plan, pack, binary_run_avx2}, {   \
    op, stem ".generic", Isa::kGeneric, plan, pack, binary_run_generic \
  }

constexpr KernelImpl kVector[] = {
    POACL_BINARY("Add", "add"),         POACL_BINARY("Sub", "sub"),
    POACL_BINARY("Mul", "mul"),         POACL_BINARY("RealDiv", "real_div"),
    POACL_BINARY("Maximum", "maximum"), POACL_BINARY("Minimum", "minimum"),
    POACL_BINARY("PRelu", "prelu"),
};

#undef POACL_BINARY

}  // namespace

std::span<const KernelImpl* const> binary_vector_kernels() {
  static constexpr auto kList = kernel_pointers(kVector);
  return kList;
}

}  // namespace poacl
