// Partial loads and sums across a vector, in the namespace of the including unit's ISA.
// Include after vec_<isa>.h.
#pragma once

#include <cstdint>

namespace poacl::POACL_SIMD {

// `count` < kLanes floats, `fill` in the rest.
POACL_INLINE Vec vload_some(const float* p, int64_t count, float fill) {
  float lanes[kLanes];
  for (int64_t i = 0; i < kLanes; ++i) lanes[i] = i < count ? p[i] : fill;
  return vload(lanes);
}
POACL_INLINE void vstore_some(float* p, Vec v, int64_t count) {
  float lanes[kLanes];
  vstore(lanes, v);
  for (int64_t i = 0; i < count; ++i) p[i] = lanes[i];
}
POACL_INLINE float sum_lanes(Vec v) {
  float lanes[kLanes];
  vstore(lanes, v);
  float sum = 0;
  for (int i = 0; i < kLanes; ++i) sum += lanes[i];
  return sum;
}
// Not-a-number in the first lanes is kept as the comparison's second operand.
POACL_INLINE float most_lane(Vec v) {
  float lanes[kLanes];
  vstore(lanes, v);
  float most = lanes[0];
  for (int i = 1; i < kLanes; ++i) most = lanes[i] > most || lanes[i] != lanes[i] ? lanes[i] : most;
  return most;
}

}  // namespace poacl::POACL_SIMD
