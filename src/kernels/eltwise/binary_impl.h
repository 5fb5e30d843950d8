// The code of binary_vector.h, in the namespace of the including unit's ISA.
#pragma once

#include "kernels/eltwise/binary_vector.h"
#include "kernels/simd/vec_math.h"

namespace poacl::POACL_SIMD {

template <BinaryKind K>
POACL_INLINE Vec apply_binary(Vec a, Vec b) {
  if constexpr (K == BinaryKind::kAdd) return vadd(a, b);
  if constexpr (K == BinaryKind::kSub) return vsub(a, b);
  if constexpr (K == BinaryKind::kMul) return vmul(a, b);
  if constexpr (K == BinaryKind::kDiv) return vdiv(a, b);
  if constexpr (K == BinaryKind::kMaximum) return vnan_or(b, vat_least(a, b));
  if constexpr (K == BinaryKind::kMinimum) return vnan_or(b, vat_most(a, b));
  if constexpr (K == BinaryKind::kPRelu) return vselect_negative(a, vmul(a, b), a);
  return a;
}

// Rows of one output tile: `columns` elements each; the inputs step by their own amount from row
// to row, and along a row by 1 or, where they repeat, 0.
struct BinaryTile {
  const float* a;
  const float* b;
  float* out;
  int64_t rows, columns;
  int64_t a_step, b_step, out_step;
  const Activation* activation;
};

template <BinaryKind K, bool A, bool B, bool Activate>
static void binary_tile(const BinaryTile& t) {
  const Vec alpha = vset1(t.activation->alpha);
  const Vec beta = vset1(t.activation->beta);
  const ActivationKind kind = t.activation->kind;
  const auto one = [&](Vec a, Vec b) __attribute__((always_inline)) {
    const Vec y = apply_binary<K>(a, b);
    return Activate ? vactivate(y, kind, alpha, beta) : y;
  };
  for (int64_t r = 0; r < t.rows; ++r) {
    const float* a = t.a + r * t.a_step;
    const float* b = t.b + r * t.b_step;
    float* out = t.out + r * t.out_step;
    const Vec a0 = vset1(*a);
    const Vec b0 = vset1(*b);
    int64_t i = 0;
    for (; i + kLanes <= t.columns; i += kLanes) {
      vstore(out + i, one(A ? vload(a + i) : a0, B ? vload(b + i) : b0));
    }
    if (i == t.columns) continue;
    float rest_a[kLanes] = {};
    float rest_b[kLanes] = {};
    for (int64_t k = i; k < t.columns; ++k) {
      rest_a[k - i] = A ? a[k] : *a;
      rest_b[k - i] = B ? b[k] : *b;
    }
    vstore(rest_a, one(vload(rest_a), vload(rest_b)));
    for (int64_t k = i; k < t.columns; ++k) out[k] = rest_a[k - i];
  }
}

using BinaryTileFn = void (*)(const BinaryTile&);

template <BinaryKind K, bool Activate>
static BinaryTileFn find_binary_strides(bool a, bool b) {
  if (a && b) return binary_tile<K, true, true, Activate>;
  if (a) return binary_tile<K, true, false, Activate>;
  if (b) return binary_tile<K, false, true, Activate>;
  return binary_tile<K, false, false, Activate>;
}

static BinaryTileFn find_binary_tile(const BinaryParams& p, bool a, bool b) {
  const bool activate = p.activation.kind != ActivationKind::kNone;
  switch (p.kind) {
    case BinaryKind::kAdd:
      return activate ? find_binary_strides<BinaryKind::kAdd, true>(a, b)
                      : find_binary_strides<BinaryKind::kAdd, false>(a, b);
    case BinaryKind::kSub:
      return activate ? find_binary_strides<BinaryKind::kSub, true>(a, b)
                      : find_binary_strides<BinaryKind::kSub, false>(a, b);
    case BinaryKind::kMul:
      return activate ? find_binary_strides<BinaryKind::kMul, true>(a, b)
                      : find_binary_strides<BinaryKind::kMul, false>(a, b);
    case BinaryKind::kDiv:
      return find_binary_strides<BinaryKind::kDiv, false>(a, b);
    case BinaryKind::kMaximum:
      return find_binary_strides<BinaryKind::kMaximum, false>(a, b);
    case BinaryKind::kMinimum:
      return find_binary_strides<BinaryKind::kMinimum, false>(a, b);
    default:
      return find_binary_strides<BinaryKind::kPRelu, false>(a, b);
  }
}

static void binary_run(const KernelArgs& args) {
  const auto& p = *static_cast<const BinaryParams*>(args.params);
  const Broadcast& s = p.broadcast;
  const auto* a = static_cast<const float*>(args.inputs[0]);
  const auto* b = static_cast<const float*>(args.inputs[1]);
  auto* out = static_cast<float*>(args.outputs[0]);
  if (s.count == 0) return;
  const int last = s.rank - 1;
  const int64_t columns = s.dims[last];
  const int64_t middle = s.rank > 1 ? s.dims[last - 1] : 1;
  const int64_t rows = s.count / columns;
  const int64_t a_step = s.rank > 1 ? s.stride[0][last - 1] : 0;
  const int64_t b_step = s.rank > 1 ? s.stride[1][last - 1] : 0;
  const BinaryTileFn tile = find_binary_tile(p, s.stride[0][last] != 0, s.stride[1][last] != 0);
  const int64_t column_chunks = (columns + p.column_chunk - 1) / p.column_chunk;
  const int64_t row_chunks = (rows + p.row_chunk - 1) / p.row_chunk;
  (*args.parallel)(row_chunks * column_chunks, [&](int64_t chunk, int) {
    const int64_t first = chunk % column_chunks * p.column_chunk;
    const int64_t width = columns - first < p.column_chunk ? columns - first : p.column_chunk;
    int64_t row = chunk / column_chunks * p.row_chunk;
    const int64_t end = rows - row < p.row_chunk ? rows : row + p.row_chunk;
    while (row < end) {
      // As many rows as stay within the innermost but one dimension.
      const int64_t m = row % middle;
      const int64_t count = middle - m < end - row ? middle - m : end - row;
      int64_t a_offset = m * a_step + first * s.stride[0][last];
      int64_t b_offset = m * b_step + first * s.stride[1][last];
      int64_t outer = row / middle;
      for (int d = last - 2; d >= 0; --d) {
        const int64_t at = outer % s.dims[d];
        outer /= s.dims[d];
        a_offset += at * s.stride[0][d];
        b_offset += at * s.stride[1][d];
      }
      tile({a + a_offset, b + b_offset, out + row * columns + first, count, width, a_step, b_step,
            columns, &p.activation});
      row += count;
    }
  });
}

}  // namespace poacl::POACL_SIMD
