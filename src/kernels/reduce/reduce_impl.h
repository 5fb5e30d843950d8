// The vector reductions, in the namespace of the including unit's ISA.
#pragma once

#include "kernels/reduce/reduce_kernels.h"
#include "kernels/simd/vec_rows.h"

namespace poacl::POACL_SIMD {

template <ReduceKind K>
POACL_INLINE Vec join(Vec sum, Vec x) {
  // The plain comparisons drop a NaN in one operand; numpy and ONNX keep it.
  if constexpr (K == ReduceKind::kMax) return vnan_or(x, vat_least(sum, x));
  if constexpr (K == ReduceKind::kMin) return vnan_or(x, vat_most(sum, x));
  return vadd(sum, x);
}

// What an element brings into the sum.
template <ReduceKind K>
POACL_INLINE Vec element(Vec x) {
  if constexpr (K == ReduceKind::kSumSquare) return vmul(x, x);
  if constexpr (K == ReduceKind::kL1) return vselect_negative(x, vsub(vzero(), x), x);
  return x;
}

template <ReduceKind K>
POACL_INLINE float start_value() {
  if constexpr (K == ReduceKind::kMax) return -__builtin_inff();
  if constexpr (K == ReduceKind::kMin) return __builtin_inff();
  return 0.0f;
}

template <ReduceKind K>
POACL_INLINE float join_lanes(Vec v) {
  if constexpr (K == ReduceKind::kMax) return most_lane(v);
  if constexpr (K == ReduceKind::kMin) return -most_lane(vmul(v, vset1(-1.0f)));
  return sum_lanes(v);
}

// inner == 1.
template <ReduceKind K>
static float reduce_row(const float* x, int64_t length) {
  const float start = start_value<K>();
  Vec sum[4] = {vset1(start), vset1(start), vset1(start), vset1(start)};
  int64_t i = 0;
  for (; i + 4 * kLanes <= length; i += 4 * kLanes) {
    for (int k = 0; k < 4; ++k) sum[k] = join<K>(sum[k], element<K>(vload(x + i + k * kLanes)));
  }
  for (; i + kLanes <= length; i += kLanes) {
    sum[0] = join<K>(sum[0], element<K>(vload(x + i)));
  }
  if (i < length) sum[0] = join<K>(sum[0], element<K>(vload_some(x + i, length - i, start)));
  return join_lanes<K>(join<K>(join<K>(sum[0], sum[1]), join<K>(sum[2], sum[3])));
}

// Up to kLanes neighbouring columns, `step` apart from row to row.
template <ReduceKind K>
static void reduce_columns(const float* x, float* y, int64_t length, int64_t step, int64_t width,
                           int64_t stored, float factor, bool root) {
  Vec sum = vset1(start_value<K>());
  if (width == kLanes) {
    for (int64_t k = 0; k < length; ++k) sum = join<K>(sum, element<K>(vload(x + k * step)));
  } else {
    for (int64_t k = 0; k < length; ++k) {
      sum = join<K>(sum, element<K>(vload_some(x + k * step, width, 0.0f)));
    }
  }
  const Vec scaled = vmul(sum, vset1(factor));
  vstore_some(y, root ? vsqrt(scaled) : scaled, stored);
}

template <ReduceKind K>
static void reduce_typed(const KernelArgs& args, const ReduceVectorParams& p, float factor) {
  const bool root = p.kind == ReduceKind::kL2;
  const auto* x = static_cast<const float*>(args.inputs[0]);
  auto* y = static_cast<float*>(args.outputs[0]);
  if (p.inner == 1) {
    const int64_t rows = 16384 / p.length + 1;
    (*args.parallel)((p.outer + rows - 1) / rows, [&](int64_t chunk, int) {
      const int64_t end = (chunk + 1) * rows < p.outer ? (chunk + 1) * rows : p.outer;
      for (int64_t o = chunk * rows; o < end; ++o) {
        const float sum = reduce_row<K>(x + o * p.length, p.length) * factor;
        y[o] = root ? __builtin_sqrtf(sum) : sum;
      }
    });
    return;
  }
  const int64_t blocks = (p.inner + kLanes - 1) / kLanes;
  const int64_t images = p.channels ? (p.channels + p.inner - 1) / p.inner : 0;
  (*args.parallel)(p.outer * blocks, [&](int64_t chunk, int) {
    const int64_t o = chunk / blocks;
    const int64_t first = chunk % blocks * kLanes;
    const int64_t width = p.inner - first < kLanes ? p.inner - first : kLanes;
    int64_t stored = width;
    int64_t to = o * p.inner + first;
    if (images) {
      // Blocks of channels become plain channels; padding ones are dropped.
      const int64_t c = o % images * p.inner + first;
      to = o / images * p.channels + c;
      const int64_t rest = p.channels - c;
      if (rest <= 0) return;
      if (rest < stored) stored = rest;
    }
    reduce_columns<K>(x + o * p.length * p.inner + first, y + to, p.length, p.inner, width, stored,
                      factor, root);
  });
}

static void reduce_run(const KernelArgs& args) {
  const auto& p = *static_cast<const ReduceVectorParams*>(args.params);
  switch (p.kind) {
    case ReduceKind::kMax:
      return reduce_typed<ReduceKind::kMax>(args, p, 1.0f);
    case ReduceKind::kMin:
      return reduce_typed<ReduceKind::kMin>(args, p, 1.0f);
    case ReduceKind::kMean:
      return reduce_typed<ReduceKind::kSum>(args, p, 1.0f / static_cast<float>(p.length));
    case ReduceKind::kL1:
      return reduce_typed<ReduceKind::kL1>(args, p, 1.0f);
    case ReduceKind::kL2:
    case ReduceKind::kSumSquare:
      return reduce_typed<ReduceKind::kSumSquare>(args, p, 1.0f);
    default:
      return reduce_typed<ReduceKind::kSum>(args, p, 1.0f);
  }
}

}  // namespace poacl::POACL_SIMD
