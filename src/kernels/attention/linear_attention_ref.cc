// RecurrentGatedDeltaRule: attention without softmax, whose keys and values are summed into a state
// that decays and corrects itself.
#include <cmath>

#include <fmt/format.h>

#include "kernels/attention/attention_kernels.h"

namespace poacl {
namespace {

// query [B, T, heads * dk], key [B, T, kv_heads * dk], value [B, T, kv_heads * dv],
// state [B, kv_heads, dk, dv], decay [B, T, kv_heads or kv_heads * dk], beta [B, T, kv_heads or 1].
struct Params {
  DataType dtype;
  int64_t batch, steps, heads, kv_heads, dk, dv;
  bool has_state, has_decay, has_beta;
  bool decay_per_element, beta_per_head;
  float scale;
};

Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  Params p{};
  const Dims& q = op.inputs[0].dims;
  const Dims& k = op.inputs[1].dims;
  const Dims& v = op.inputs[2].dims;
  p.dtype = op.inputs[0].dtype;
  if (p.dtype != DataType::kFloat && p.dtype != DataType::kDouble) {
    return declined("type " + std::string(data_type_name(p.dtype)));
  }
  if (op.outputs.size() != 2) return declined("the state has no output");
  p.heads = op.attrs->get_int("num_heads");
  p.kv_heads = op.attrs->get_int("num_key_value_heads");
  if (q.size() != 3 || k.size() != 3 || v.size() != 3 || p.kv_heads < 1 || p.heads < 1 ||
      p.heads % p.kv_heads != 0 || q[2] % p.heads != 0 || v[2] % p.kv_heads != 0) {
    return declined(fmt::format("query {}, key {}, value {} with {} and {} heads",
                                dims_to_string(q), dims_to_string(k), dims_to_string(v), p.heads,
                                p.kv_heads));
  }
  p.batch = q[0], p.steps = q[1];
  p.dk = q[2] / p.heads;
  p.dv = v[2] / p.kv_heads;
  const auto given = [&](size_t i) { return op.inputs.size() > i && !op.inputs[i].absent(); };
  p.has_state = given(3), p.has_decay = given(4), p.has_beta = given(5);
  if ((p.has_decay && op.inputs[4].dims.empty()) || (p.has_beta && op.inputs[5].dims.empty())) {
    return declined("decay or beta without dimensions");
  }
  if (p.has_decay) p.decay_per_element = op.inputs[4].dims.back() != p.kv_heads;
  if (p.has_beta) p.beta_per_head = op.inputs[5].dims.back() != 1;
  const auto wrong = [&](size_t i, const Dims& wanted) {
    return given(i) && (op.inputs[i].dims != wanted || op.inputs[i].dtype != p.dtype);
  };
  if (wrong(1, {p.batch, p.steps, p.kv_heads * p.dk}) ||
      wrong(2, {p.batch, p.steps, p.kv_heads * p.dv}) ||
      wrong(3, {p.batch, p.kv_heads, p.dk, p.dv}) ||
      wrong(4, {p.batch, p.steps, p.kv_heads * (p.decay_per_element ? p.dk : 1)}) ||
      wrong(5, {p.batch, p.steps, p.beta_per_head ? p.kv_heads : 1})) {
    return declined("key, value, state, decay or beta that do not fit query");
  }
  p.scale = op.attrs->get_float("scale_value", 1.0f);
  plan->set_params(p);
  plan->scratch_bytes =
      static_cast<size_t>(context.workers) * static_cast<size_t>(p.dv) * sizeof(double);
  return {};
}

// One key-value head of one batch element; `change` has room for dv numbers.
template <typename T>
void run_head(const Params& p, const KernelArgs& args, int64_t b, int64_t h, double* change) {
  const auto input = [&](int i) { return static_cast<const T*>(args.inputs[i]); };
  const int64_t group = p.heads / p.kv_heads;
  const int64_t state_at = (b * p.kv_heads + h) * p.dk * p.dv;
  T* state = static_cast<T*>(args.outputs[1]) + state_at;
  for (int64_t i = 0; i < p.dk * p.dv; ++i) state[i] = p.has_state ? input(3)[state_at + i] : T{0};
  for (int64_t t = b * p.steps; t < (b + 1) * p.steps; ++t) {
    const T* k = input(1) + (t * p.kv_heads + h) * p.dk;
    const T* v = input(2) + (t * p.kv_heads + h) * p.dv;
    for (int64_t m = 0; m < p.dv; ++m) change[m] = static_cast<double>(v[m]);
    for (int64_t d = 0; p.has_decay && d < p.dk; ++d) {
      const int64_t at = p.decay_per_element ? (t * p.kv_heads + h) * p.dk + d : t * p.kv_heads + h;
      const T factor = static_cast<T>(std::exp(static_cast<double>(input(4)[at])));
      for (int64_t m = 0; m < p.dv; ++m) state[d * p.dv + m] *= factor;
    }
    if (p.has_beta) {
      const double beta = static_cast<double>(input(5)[p.beta_per_head ? t * p.kv_heads + h : t]);
      for (int64_t d = 0; d < p.dk; ++d) {
        for (int64_t m = 0; m < p.dv; ++m) {
          change[m] -= static_cast<double>(state[d * p.dv + m]) * static_cast<double>(k[d]);
        }
      }
      for (int64_t m = 0; m < p.dv; ++m) change[m] *= beta;
    }
    for (int64_t d = 0; d < p.dk; ++d) {
      for (int64_t m = 0; m < p.dv; ++m) {
        state[d * p.dv + m] += static_cast<T>(static_cast<double>(k[d]) * change[m]);
      }
    }
    for (int64_t head = h * group; head < (h + 1) * group; ++head) {
      const T* q = input(0) + (t * p.heads + head) * p.dk;
      T* y = static_cast<T*>(args.outputs[0]) + (t * p.heads + head) * p.dv;
      for (int64_t m = 0; m < p.dv; ++m) change[m] = 0;
      for (int64_t d = 0; d < p.dk; ++d) {
        for (int64_t m = 0; m < p.dv; ++m) {
          change[m] += static_cast<double>(q[d]) * static_cast<double>(state[d * p.dv + m]);
        }
      }
      for (int64_t m = 0; m < p.dv; ++m) {
        y[m] = static_cast<T>(static_cast<double>(p.scale) * change[m]);
      }
    }
  }
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  (*args.parallel)(p.batch * p.kv_heads, [&](int64_t chunk, int worker) {
    double* change = reinterpret_cast<double*>(args.scratch) + worker * p.dv;
    if (p.dtype == DataType::kDouble) {
      run_head<double>(p, args, chunk / p.kv_heads, chunk % p.kv_heads, change);
    } else {
      run_head<float>(p, args, chunk / p.kv_heads, chunk % p.kv_heads, change);
    }
  });
}

}  // namespace

const KernelImpl kLinearAttentionRef = {
    "RecurrentGatedDeltaRule", "linear_attention.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
