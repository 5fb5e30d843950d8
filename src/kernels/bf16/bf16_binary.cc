#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "kernels/bf16/bf16_eltwise.h"
#include "kernels/bf16/bf16_plan.h"
#include "kernels/bf16/bf16_rows.h"
#include "kernels/eltwise/binary_vector.h"
#include "kernels/kernel_list.h"

namespace poacl {
namespace {

constexpr int64_t kChunk = 2048;  // elements; two operands as floats a third of the first cache

// How an operand stands to the result.
enum class Operand : int {
  kWhole,    // of its shape, bfloat16
  kChannel,  // one number per channel, [1 or n, c, 1...], float in blocks
  kSingle,   // one constant
};

struct Params {
  BinaryParams base;
  Operand operand[2];
  bool batched[2];  // kChannel: each image has its own
  float single[2];  // kSingle
  int64_t planes;   // n x channel blocks; 1 without blocks
  int64_t blocks;   // channel blocks of an image
  int64_t plane;    // elements of one
  int64_t tail;     // channels of the last block, 0: nothing to clear
};

// With ones in front, as broadcasting has it.
Dims full_rank(const Dims& dims, const Dims& out) {
  Dims full(out.size() - std::min(out.size(), dims.size()), 1);
  full.insert(full.end(), dims.begin(), dims.end());
  return full;
}

bool per_channel(const Dims& dims, const Dims& out) {
  if (dims.size() != out.size() || dims.size() < 2 || dims[1] != out[1]) return false;
  if (dims[0] != 1 && dims[0] != out[0]) return false;
  return std::all_of(dims.begin() + 2, dims.end(), [](int64_t d) { return d == 1; });
}

Status set_operands(const OpInstance& op, Layout layout, Params* p, KernelPlan* plan) {
  const Dims& out = op.outputs[0].dims;
  for (size_t i = 0; i < 2; ++i) {
    const TensorDesc& x = op.inputs[i];
    if (op.constants[i] != nullptr && op.constants[i]->count() == 1) {
      p->operand[i] = Operand::kSingle;
      p->single[i] = op.constants[i]->as<float>()[0];
    } else if (op.constants[i] != nullptr) {
      if (layout != Layout::kBlocked16Bf16 || !per_channel(full_rank(x.dims, out), out) ||
          op.constants[i]->count() != out[1]) {
        return declined(
            fmt::format("a constant {} for y {}", dims_to_string(x.dims), dims_to_string(out)));
      }
      p->operand[i] = Operand::kChannel;
      const int64_t channels = (out[1] + 15) / 16 * 16;
      plan->packed.push_back({static_cast<int>(i), static_cast<size_t>(channels) * sizeof(float)});
    } else if (x.dims == out) {
      if (!is_bf16(x.layout)) return declined("one of the inputs does not come in bfloat16");
      p->operand[i] = Operand::kWhole;
      plan->input_layouts[i] = layout;
    } else if (layout == Layout::kBlocked16Bf16 && per_channel(x.dims, out)) {
      p->operand[i] = Operand::kChannel;
      p->batched[i] = x.dims[0] != 1;
      plan->input_layouts[i] = Layout::kBlocked16;
    } else {
      return declined(
          fmt::format("x{} is {}, y {}", i + 1, dims_to_string(x.dims), dims_to_string(out)));
    }
  }
  return {};
}

// The order of the first input that is as large as the result.
Layout offered(const OpInstance& op) {
  for (size_t i = 0; i < 2; ++i) {
    if (op.constants[i] == nullptr && op.inputs[i].dims == op.outputs[0].dims) {
      return op.inputs[i].layout;
    }
  }
  return Layout::kPlain;
}

Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  Params p{};
  POACL_RETURN_IF_ERROR(read_binary(op, &p.base));
  if (p.base.activation.kind != ActivationKind::kNone && p.base.kind > BinaryKind::kMul) {
    return declined("a fused activation");
  }
  const Layout layout = offered(op);
  if (!is_bf16(layout)) return declined("the inputs do not come in bfloat16");
  POACL_RETURN_IF_ERROR(require_bf16_machine());
  plan->input_layouts.assign(2, Layout::kPlain);
  plan->output_layouts = {layout};
  POACL_RETURN_IF_ERROR(set_operands(op, layout, &p, plan));
  const Dims& out = op.outputs[0].dims;
  const auto count =
      static_cast<int64_t>(storage_bytes({DataType::kFloat, out, layout}) / sizeof(uint16_t));
  p.planes = 1, p.blocks = 1, p.plane = count;
  if (layout == Layout::kBlocked16Bf16) {
    p.blocks = (out[1] + 15) / 16;
    p.planes = out[0] * p.blocks;
    p.plane = p.planes == 0 ? 0 : count / p.planes;
    p.tail = out[1] % 16;
  }
  plan->set_params(p);
  plan->scratch_bytes = static_cast<size_t>(context.workers) * 2 * kChunk * sizeof(float);
  for (int i = 1; i >= 0; --i) {
    if (p.operand[i] != Operand::kWhole) continue;
    plan->in_place = true;
    plan->in_place_input = i;
  }
  return {};
}

// One number per channel; zeros up to whole blocks.
void pack(const OpInstance& op, const KernelPlan&, int input, void* dst) {
  const Tensor& values = *op.constants[static_cast<size_t>(input)];
  std::memcpy(dst, values.buffer.data(), static_cast<size_t>(values.count()) * sizeof(float));
}

// `count` results of one plane, `count` a multiple of 16 where there are blocks.
void compute(const Params& p, const float* const values[2], int64_t count, float* result) {
  BinaryParams part = p.base;
  Broadcast& b = part.broadcast;
  b = Broadcast{};
  const bool channels = p.operand[0] == Operand::kChannel || p.operand[1] == Operand::kChannel;
  const int64_t inner = channels ? 16 : count;
  b.rank = 2;
  b.count = count;
  b.dims[0] = count / inner, b.dims[1] = inner;
  for (int i = 0; i < 2; ++i) {
    b.stride[i][0] = p.operand[i] == Operand::kWhole ? inner : 0;
    b.stride[i][1] = p.operand[i] == Operand::kSingle ? 0 : 1;
  }
  part.row_chunk = b.dims[0];
  part.column_chunk = inner;
  const void* inputs[] = {values[0], values[1]};
  void* outputs[] = {result};
  SerialFor serial;
  binary_run_avx512({&part, inputs, outputs, nullptr, &serial});
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  const int64_t parts = (p.plane + kChunk - 1) / kChunk;
  (*args.parallel)(p.planes * parts, [&](int64_t chunk, int worker) {
    const int64_t plane = chunk / parts;
    const int64_t begin = chunk % parts * kChunk;
    const int64_t count = std::min(kChunk, p.plane - begin);
    const int64_t at = plane * p.plane + begin;
    const int64_t block = plane % p.blocks;
    float* memory = reinterpret_cast<float*>(args.scratch) + worker * 2 * kChunk;
    const float* values[2];
    for (int i = 0; i < 2; ++i) {
      if (p.operand[i] == Operand::kWhole) {
        float* own = memory + i * kChunk;
        bf16_widen_row(static_cast<const uint16_t*>(args.inputs[i]) + at, count, own);
        values[i] = own;
      } else if (p.operand[i] == Operand::kChannel) {
        values[i] = static_cast<const float*>(args.inputs[i]) + (p.batched[i] ? plane : block) * 16;
      } else {
        values[i] = &p.single[i];
      }
    }
    float* result = memory + (p.operand[0] == Operand::kWhole ? 0 : kChunk);
    compute(p, values, count, result);
    if (p.tail != 0 && block + 1 == p.blocks) {
      for (int64_t k = 0; k < count; k += 16) {
        std::fill(result + k + p.tail, result + k + 16, 0.0f);
      }
    }
    bf16_round_row(result, count, static_cast<uint16_t*>(args.outputs[0]) + at);
  });
}

constexpr KernelImpl binary(const char* op, const char* name) {
  return {op, name, Isa::kAvx512, plan, pack, run, true};
}

constexpr KernelImpl kBinary[] = {
    binary("Add", "add.bf16"),         binary("Sub", "sub.bf16"),
    binary("Mul", "mul.bf16"),         binary("RealDiv", "real_div.bf16"),
    binary("Maximum", "maximum.bf16"), binary("Minimum", "minimum.bf16"),
    binary("PRelu", "prelu.bf16"),
};

}  // namespace

std::span<const KernelImpl* const> bf16_binary_kernels() {
  static constexpr auto kList = kernel_pointers(kBinary);
  return kList;
}

}  // namespace poacl
