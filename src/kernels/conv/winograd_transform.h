// The one-dimensional transforms of conv_winograd.h. Include after vec_<isa>.h.
#pragma once

namespace poacl::POACL_SIMD {

inline constexpr float kRootHalf = 0.70710678118654752f;
inline constexpr float kRootTwo = 1.41421356237309505f;

// t = B^T d for the m + 2 values of one row or column.
template <int M>
POACL_INLINE void winograd_input(const Vec* d, Vec* t) {
  if constexpr (M == 4) {
    const Vec minus_five_halves = vset1(-2.5f);
    t[0] = vfma(d[2], minus_five_halves, vadd(d[0], d[4]));
    t[5] = vfma(d[3], minus_five_halves, vadd(d[1], d[5]));
    const Vec even1 = vfma(d[2], vset1(-2.0f), d[4]);
    const Vec odd1 = vmul(vfma(d[1], vset1(-2.0f), d[3]), vset1(kRootHalf));
    t[1] = vadd(even1, odd1);
    t[2] = vsub(even1, odd1);
    const Vec even2 = vfma(d[2], vset1(-0.5f), d[4]);
    const Vec odd2 = vmul(vfma(d[1], vset1(-0.5f), d[3]), vset1(kRootTwo));
    t[3] = vadd(even2, odd2);
    t[4] = vsub(even2, odd2);
  } else {
    t[0] = vsub(d[0], d[2]);
    t[1] = vadd(d[1], d[2]);
    t[2] = vsub(d[2], d[1]);
    t[3] = vsub(d[1], d[3]);
  }
}

// y = A^T p: m results from m + 2 products.
template <int M>
POACL_INLINE void winograd_output(const Vec* p, Vec* y) {
  if constexpr (M == 4) {
    const Vec sum1 = vadd(p[1], p[2]);
    const Vec sum2 = vadd(p[3], p[4]);
    const Vec difference1 = vmul(vsub(p[1], p[2]), vset1(kRootHalf));
    const Vec difference2 = vmul(vsub(p[3], p[4]), vset1(kRootTwo));
    y[0] = vadd(p[0], vadd(sum1, sum2));
    y[1] = vadd(difference1, difference2);
    y[2] = vfma(sum1, vset1(0.5f), vadd(sum2, sum2));
    y[3] = vadd(p[5], vfma(difference1, vset1(0.5f), vadd(difference2, difference2)));
  } else {
    y[0] = vadd(p[0], vadd(p[1], p[2]));
    y[1] = vsub(vsub(p[1], p[2]), p[3]);
  }
}

}  // namespace poacl::POACL_SIMD
