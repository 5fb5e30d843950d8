// The register tiles of gemm.h, in the namespace of the including unit's ISA and for one kind of
// products: include after a header gemm_products*.h.
#pragma once

#include <cstdint>

#include "kernels/simd/vec_math.h"
#include "kernels/simd/vec_rows.h"

namespace poacl::POACL_SIMD {

// Where a tile's result goes; steps in floats.
struct GemmTarget {
  const float* bias;      // may be null
  const float* residual;  // may be null
  int64_t residual_step;
  float* out;
  int64_t out_step;
  float low, high;
  const float* next =
      nullptr;            // what to bring into the second-level cache, a share every few steps
  int64_t x1_step = 0;    // between rows, where x1 is read in place
  int64_t last = kLanes;  // columns of the last vector that are there
};

constexpr int64_t kStepsPerLine = 4;
// Rounding errors grow with the length of a sum: after so many steps a new one is begun.
constexpr int64_t kStepsPerSum = 256;

// Fewer sums than this wait for each other's additions.
constexpr int kLeastSums = 8;
constexpr int gemm_sets(int sums) {
  return sums * 4 <= kLeastSums ? 4 : sums * 2 <= kLeastSums ? 2 : 1;
}

#if defined(__AVX512F__)
POACL_INLINE Vec load_first(const float* p, int64_t count) {
  return _mm512_maskz_loadu_ps(static_cast<__mmask16>(0xffffu >> (16 - count)), p);
}
POACL_INLINE void store_first(float* p, Vec v, int64_t count) {
  _mm512_mask_storeu_ps(p, static_cast<__mmask16>(0xffffu >> (16 - count)), v);
}
#else
POACL_INLINE Vec load_first(const float* p, int64_t count) {
  return vload_some(p, count, 0.0f);
}
POACL_INLINE void store_first(float* p, Vec v, int64_t count) {
  vstore_some(p, v, count);
}
#endif

template <int G>
POACL_INLINE void prefetch_ahead(const float* p) {
  POACL_UNROLL
  for (int i = 0; i < G * kLanes; i += 16) vprefetch(p + i);
}

// Packed rows of x1 lie side by side, those read in place `x1_step` apart. Four rows share a
// pointer, since there are not registers for one each.
template <int P, bool InPlace>
struct GemmRows {
  const float* at[InPlace ? (P + 3) / 4 : 1];
  int64_t x1_step;

  POACL_INLINE GemmRows make(const float* a, int64_t x1_step) {
    GemmRows rows;
    rows.x1_step = x1_step;
    rows.at[0] = a;
    if constexpr (InPlace) {
      POACL_UNROLL
      for (int q = 1; q < (P + 3) / 4; ++q) rows.at[q] = rows.at[q - 1] + 4 * x1_step;
    }
    return rows;
  }
  __attribute__((always_inline)) float value(int p, int step) const {
    if constexpr (InPlace) return at[p / 4][p % 4 * x1_step + step];
    return at[0][step * P + p];
  }
  __attribute__((always_inline)) void skip(int steps) {
    POACL_UNROLL
    for (int q = 0; q < (InPlace ? (P + 3) / 4 : 1); ++q) {
      at[q] += InPlace ? steps : steps * P;
      // Else the compiler keeps a pointer for each row, in memory.
      if constexpr (InPlace) asm("" : "+r"(at[q]));
    }
  }
};

// `Steps` of k, added to the sets of sums in turn.
template <class Products, int P, int G, int Sets, int Steps, bool InPlace>
POACL_INLINE void gemm_steps(const GemmRows<P, InPlace>& a, const float* b,
                             Vec (&acc)[Sets][P][G]) {
  POACL_UNROLL
  for (int s = 0; s < Steps; ++s, b += G * kLanes) {
    prefetch_ahead<G>(b + 32 * G * kLanes);
    if constexpr (!InPlace) vprefetch(a.at[0] + (s + 32) * P);
    Vec w[G];
    POACL_UNROLL
    for (int g = 0; g < G; ++g) w[g] = vload(b + g * kLanes);
    POACL_UNROLL
    for (int p = 0; p < P; ++p) {
      const Vec v = vset1(a.value(p, s));
      POACL_UNROLL
      for (int g = 0; g < G; ++g) {
        Vec& sum = acc[s % Sets][p][g];
        sum = Products::multiply_add(v, w[g], sum);
      }
    }
  }
}

// Adds the sets together in the first and begins the others anew.
template <int P, int G, int Sets>
POACL_INLINE void gemm_join(Vec (&acc)[Sets][P][G]) {
  POACL_UNROLL
  for (int p = 0; p < P; ++p) {
    POACL_UNROLL
    for (int g = 0; g < G; ++g) {
      POACL_UNROLL
      for (int half = Sets / 2; half > 0; half /= 2) {
        POACL_UNROLL
        for (int s = 0; s < half; ++s) {
          acc[s][p][g] = vadd(acc[s][p][g], acc[s + half][p][g]);
          acc[s + half][p][g] = vzero();
        }
      }
    }
  }
}

template <int P, int G>
POACL_INLINE void gemm_finish(const Vec (&acc)[P][G], const GemmTarget& t, bool whole) {
  const Vec low = vset1(t.low);
  const Vec high = vset1(t.high);
  POACL_UNROLL
  for (int p = 0; p < P; ++p) {
    POACL_UNROLL
    for (int g = 0; g < G; ++g) {
      Vec v = acc[p][g];
      const bool full = whole || g + 1 < G;
      if (t.residual != nullptr) {
        const float* more = t.residual + p * t.residual_step + g * kLanes;
        v = vadd(v, full ? vload(more) : load_first(more, t.last));
      }
      v = vat_most(vat_least(v, low), high);
      float* to = t.out + p * t.out_step + g * kLanes;
      if (full) {
        vstore(to, v);
      } else {
        store_first(to, v, t.last);
      }
    }
  }
}

template <class Products, int P, int G, bool InPlace>
void gemm_tile(int64_t steps, const float* x1, const float* b, const GemmTarget& t) {
  constexpr int kSets = gemm_sets(P * G);
  Vec acc[kSets][P][G];
  POACL_UNROLL
  for (int g = 0; g < G; ++g) {
    const Vec start = t.bias == nullptr ? vzero() : vload(t.bias + g * kLanes);
    POACL_UNROLL
    for (int p = 0; p < P; ++p) {
      acc[0][p][g] = start;
      POACL_UNROLL
      for (int s = 1; s < kSets; ++s) acc[s][p][g] = vzero();
    }
  }
  auto a = GemmRows<P, InPlace>::make(x1, t.x1_step);
  const float* next = t.next == nullptr ? b : t.next;
  float sums[P][G][kLanes];
  int64_t i = 0;
  for (int64_t end = kStepsPerSum; i + kStepsPerLine <= steps; end += kStepsPerSum) {
    if (i != 0) {
      gemm_join<P, G, kSets>(acc);
      POACL_UNROLL
      for (int p = 0; p < P; ++p) {
        POACL_UNROLL
        for (int g = 0; g < G; ++g) {
          float* sum = sums[p][g];
          vstore(sum, i == kStepsPerSum ? acc[0][p][g] : vadd(vload(sum), acc[0][p][g]));
          acc[0][p][g] = vzero();
        }
      }
    }
    for (; i + kStepsPerLine <= steps && i < end; i += kStepsPerLine) {
      // Rows read in place: as much of the next ones as these steps take of theirs.
      POACL_UNROLL
      for (int l = 0; l < (InPlace ? (P + 3) / 4 : 1); ++l, next += 16) {
        __builtin_prefetch(next, 0, 2);
      }
      gemm_steps<Products, P, G, kSets, kStepsPerLine>(a, b, acc);
      a.skip(kStepsPerLine), b += kStepsPerLine * G * kLanes;
    }
  }
  if (i > kStepsPerSum) {
    gemm_join<P, G, kSets>(acc);
    POACL_UNROLL
    for (int p = 0; p < P; ++p) {
      POACL_UNROLL
      for (int g = 0; g < G; ++g) acc[0][p][g] = vadd(vload(sums[p][g]), acc[0][p][g]);
    }
  }
  for (; i < steps; ++i, b += G * kLanes) {
    gemm_steps<Products, P, G, kSets, 1>(a, b, acc);
    a.skip(1);
  }
  gemm_join<P, G, kSets>(acc);
  if (t.last == kLanes) {
    gemm_finish<P, G>(acc[0], t, true);
  } else {
    gemm_finish<P, G>(acc[0], t, false);
  }
}

using GemmTileFn = void (*)(int64_t, const float*, const float*, const GemmTarget&);

// The tile of `rows` rows and, where `pair`, two vectors of columns, else one.
template <class Products, bool InPlace = false, int P = kTile>
GemmTileFn find_gemm_tile(int64_t rows, bool pair) {
  if constexpr (P == 0) {
    return nullptr;
  } else {
    if (rows != P) return find_gemm_tile<Products, InPlace, P - 1>(rows, pair);
    return pair ? gemm_tile<Products, P, 2, InPlace> : gemm_tile<Products, P, 1, InPlace>;
  }
}

}  // namespace poacl::POACL_SIMD
