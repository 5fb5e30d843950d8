// RotaryPositionEmbedding: pairs of elements of each head turned by the angle of their position.
#include <fmt/format.h>

#include "kernels/attention/attention_kernels.h"

namespace poacl {
namespace {

struct Params {
  DataType dtype;
  int64_t batch, heads, positions, depth, half;
  bool heads_first;  // x is [B, N, S, D], else [B, S, N, D]
  bool interleaved;  // pairs are neighbours, else half the rotated part apart
  bool per_batch;    // cos and sin differ between batch elements
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  const Dims& x = op.inputs[0].dims;
  const Dims& cos = op.inputs[1].dims;
  p.dtype = op.inputs[0].dtype;
  if (p.dtype != DataType::kFloat && p.dtype != DataType::kDouble) {
    return declined("type " + std::string(data_type_name(p.dtype)));
  }
  if (x.size() != 4 || cos.size() != 3 || op.inputs[2].dims != cos ||
      op.inputs[1].dtype != p.dtype || op.inputs[2].dtype != p.dtype) {
    return declined(fmt::format("x {}, cos {}, sin {}", dims_to_string(x), dims_to_string(cos),
                                dims_to_string(op.inputs[2].dims)));
  }
  p.heads_first = op.attrs->get_string("layout", "BNSD") == "BNSD";
  p.interleaved = op.attrs->get_int("mode", 0) == 1;
  p.batch = x[0], p.depth = x[3];
  p.heads = x[p.heads_first ? 1 : 2];
  p.positions = x[p.heads_first ? 2 : 1];
  p.half = cos[2];
  p.per_batch = cos[0] != 1;
  if ((cos[0] != 1 && cos[0] != p.batch) || cos[1] != p.positions || 2 * p.half > p.depth) {
    return declined(fmt::format("x {} in layout {}, cos {}", dims_to_string(x),
                                p.heads_first ? "BNSD" : "BSND", dims_to_string(cos)));
  }
  plan->set_params(p);
  plan->in_place = true;
  return {};
}

template <typename T>
void rotate(const Params& p, const KernelArgs& args) {
  const auto* x = static_cast<const T*>(args.inputs[0]);
  const auto* cosines = static_cast<const T*>(args.inputs[1]);
  const auto* sines = static_cast<const T*>(args.inputs[2]);
  auto* y = static_cast<T*>(args.outputs[0]);
  (*args.parallel)(p.batch * p.heads * p.positions, [&](int64_t row, int) {
    const int64_t b = row / p.heads / p.positions;
    const int64_t s = p.heads_first ? row % p.positions : row / p.heads % p.positions;
    const int64_t angle = ((p.per_batch ? b : 0) * p.positions + s) * p.half;
    const T* from = x + row * p.depth;
    T* to = y + row * p.depth;
    for (int64_t i = 0; i < p.half; ++i) {
      const int64_t first = p.interleaved ? 2 * i : i;
      const int64_t second = p.interleaved ? 2 * i + 1 : i + p.half;
      const T a = from[first];
      const T c = from[second];
      to[first] = cosines[angle + i] * a - sines[angle + i] * c;
      to[second] = sines[angle + i] * a + cosines[angle + i] * c;
    }
    for (int64_t d = 2 * p.half; d < p.depth; ++d) to[d] = from[d];
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  if (p.dtype == DataType::kDouble) return rotate<double>(p, args);
  rotate<float>(p, args);
}

}  // namespace

const KernelImpl kRotaryRef = {
    "RotaryPositionEmbedding", "rotary.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
