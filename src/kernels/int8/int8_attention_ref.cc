// Reference of QuantAttention.
#include <algorithm>
#include <cmath>

#include "kernels/int8/int8_attention.h"
#include "kernels/qlinear/qlinear_kernels.h"

namespace poacl {
namespace {

Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  QuantAttentionParams p{};
  POACL_RETURN_IF_ERROR(read_quant_attention(op, &p));
  plan->set_params(p);
  plan->scratch_bytes = static_cast<size_t>(context.workers) * static_cast<size_t>(p.keys) * 8;
  return {};
}

// The nearest number that stands for about `real`, its offset taken off.
int32_t rounded(const QuantTensor& t, float steps) {
  const float low = static_cast<float>((t.is_signed ? -128 : 0) - t.offset);
  const float raised = steps > low ? steps : low;  // takes what is not a number, too
  return static_cast<int32_t>(std::nearbyint(std::min(raised, low + 255.0f)));
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<QuantAttentionParams>();
  const auto number = [&](size_t input, const QuantTensor& t, int64_t at) {
    return quant_value(args.inputs[input], t.is_signed, at) - t.offset;
  };
  const int64_t q_step = p.position_step(p.depth);
  const int64_t v_step = p.position_step(p.value_depth);
  (*args.parallel)(p.batch * p.heads * p.queries, [&](int64_t job, int worker) {
    const int64_t i = job % p.queries;
    const int64_t head = job / p.queries % p.heads;
    const int64_t b = job / p.queries / p.heads;
    auto* scores = reinterpret_cast<float*>(args.scratch) + worker * 2 * p.keys;
    auto* shares = reinterpret_cast<int32_t*>(scores + p.keys);
    const int64_t query = p.head_at(b, head, p.queries, p.depth) + i * q_step;
    const int64_t key = p.head_at(b, head, p.keys, p.depth);
    float most = -INFINITY;
    for (int64_t j = 0; j < p.keys; ++j) {
      int32_t sum = 0;
      for (int64_t d = 0; d < p.depth; ++d) {
        sum += number(0, p.query, query + d) * number(1, p.key, key + j * q_step + d);
      }
      const float factor = p.query.scale * p.key.scale / p.score.scale;
      const int32_t score = rounded(p.score, static_cast<float>(sum) * factor);
      scores[j] = static_cast<float>(score) * (p.score.scale * p.scale);
      if (p.has_mask) {
        scores[j] += static_cast<const float*>(
            args.inputs[3])[b * p.mask_stride[0] + head * p.mask_stride[1] + i * p.mask_stride[2] +
                            j * p.mask_stride[3]];
      }
      most = scores[j] > most ? scores[j] : most;
    }
    float total = 0;
    for (int64_t j = 0; j < p.keys; ++j) {
      scores[j] = std::exp(scores[j] - most);
      total += scores[j];
    }
    for (int64_t j = 0; j < p.keys; ++j) {
      shares[j] = rounded(p.share, scores[j] * (1.0f / (total * p.share.scale)));
    }
    const int64_t value = p.head_at(b, head, p.keys, p.value_depth);
    auto* y = static_cast<uint8_t*>(args.outputs[0]) +
              p.head_at(b, head, p.queries, p.value_depth) + i * v_step;
    for (int64_t d = 0; d < p.value_depth; ++d) {
      int32_t sum = 0;
      for (int64_t j = 0; j < p.keys; ++j) {
        sum += shares[j] * number(2, p.value, value + j * v_step + d);
      }
      const float factor = p.share.scale * p.value.scale / p.y.scale;
      y[d] = static_cast<uint8_t>(rounded(p.y, static_cast<float>(sum) * factor) + p.y.offset);
    }
  });
}

}  // namespace

const KernelImpl kQuantAttentionRef = {
    "QuantAttention", "quant_attention.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
