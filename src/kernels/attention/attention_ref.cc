// Reference of FusedInferAttentionScore: one query after the other.
#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/attention/attention.h"
#include "kernels/attention/attention_kernels.h"

namespace poacl {
namespace {

constexpr double kMasked = -std::numeric_limits<double>::infinity();

Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  AttentionParams p{};
  POACL_RETURN_IF_ERROR(read_attention(op, &p));
  plan->set_params(p);
  plan->scratch_bytes =
      static_cast<size_t>(context.workers) * static_cast<size_t>(p.keys) * 2 * sizeof(double);
  return {};
}

// What the mask adds to the score of key `j`.
template <typename T>
double mask_value(const AttentionParams& p, const void* mask, int64_t row, int64_t j) {
  if (!p.has_mask) return 0;
  if (j >= p.mask_keys) return kMasked;
  const int64_t at = row + j * p.mask_stride[3];
  if (p.mask_is_bool) return static_cast<const uint8_t*>(mask)[at] != 0 ? 0 : kMasked;
  return static_cast<double>(static_cast<const T*>(mask)[at]);
}

// Softmax of score + bias into `score`; all zero where every bias forbids.
void softmax(double* score, const double* bias, int64_t count) {
  double most = kMasked;
  for (int64_t j = 0; j < count; ++j) {
    if (bias[j] == kMasked) continue;
    score[j] += bias[j];
    most = std::isnan(score[j]) ? score[j] : std::max(most, score[j]);
  }
  double sum = 0;
  for (int64_t j = 0; j < count; ++j) {
    score[j] = bias[j] == kMasked ? 0 : std::exp(score[j] - most);
    sum += score[j];
  }
  for (int64_t j = 0; j < count; ++j) score[j] = sum == 0 ? 0 : score[j] / sum;
}

template <typename T>
void attend(const AttentionParams& p, const KernelArgs& args, int64_t row, double* score) {
  const int64_t i = row % p.queries;
  const int64_t head = row / p.queries % p.heads;
  const int64_t b = row / p.queries / p.heads;
  const int64_t kv = p.kv_head(head);
  const auto at = [b](const AttentionSteps& steps, int64_t h, int64_t r) {
    return b * steps.batch + h * steps.head + r * steps.row;
  };
  const T* q = static_cast<const T*>(args.inputs[0]) + at(p.query_at, head, i);
  const T* k = static_cast<const T*>(args.inputs[1]) + at(p.key_at, kv, 0);
  const T* v = static_cast<const T*>(args.inputs[2]) + at(p.value_at, kv, 0);
  T* shown = p.has_scores ? static_cast<T*>(args.outputs[1]) + row * p.keys : nullptr;
  const auto show = [&](int mode, int64_t j, double value) {
    if (shown != nullptr && p.score_mode == mode) shown[j] = static_cast<T>(value);
  };
  const void* lengths = p.has_lengths ? args.inputs[4] : nullptr;
  const void* mask = p.has_mask ? args.inputs[3] : nullptr;
  int64_t first = 0;
  int64_t last = 0;
  p.reach(p.offset(lengths, b), p.length(lengths, b), i, &first, &last);
  double* bias = score + p.keys;
  for (int64_t j = 0; j < p.keys; ++j) {
    double sum = 0;
    for (int64_t d = 0; d < p.depth; ++d) {
      sum += static_cast<double>(q[d]) * static_cast<double>(k[j * p.key_at.row + d]);
    }
    sum *= static_cast<double>(p.scale);
    show(0, j, sum);
    const double cap = static_cast<double>(p.softcap);
    score[j] = cap > 0 ? cap * std::tanh(sum / cap) : sum;
    show(1, j, score[j]);
    bias[j] = j < first || j >= last ? kMasked : mask_value<T>(p, mask, p.mask_row(b, head, i), j);
    show(2, j, score[j] + bias[j]);
  }
  softmax(score, bias, p.keys);
  for (int64_t j = 0; j < p.keys; ++j) show(3, j, score[j]);
  T* y = static_cast<T*>(args.outputs[0]) + at(p.result_at, head, i);
  for (int64_t d = 0; d < p.value_depth; ++d) {
    double sum = 0;
    for (int64_t j = 0; j < p.keys; ++j) {
      // A masked value may be anything, even not a number.
      if (score[j] != 0) sum += score[j] * static_cast<double>(v[j * p.value_at.row + d]);
    }
    y[d] = static_cast<T>(sum);
  }
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<AttentionParams>();
  (*args.parallel)(p.batch * p.heads * p.queries, [&](int64_t row, int worker) {
    double* score = reinterpret_cast<double*>(args.scratch) + worker * 2 * p.keys;
    if (p.dtype == DataType::kDouble) {
      attend<double>(p, args, row, score);
    } else {
      attend<float>(p, args, row, score);
    }
  });
}

}  // namespace

const KernelImpl kAttentionRef = {
    "FusedInferAttentionScore", "attention.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
