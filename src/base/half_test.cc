#include "base/half.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace poacl {
namespace {

TEST(Half, EveryPatternSurvivesTheRoundTrip) {
  for (uint32_t bits = 0; bits <= 0xffff; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    const float value = half_to_float(half);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(half_to_float(float_to_half(value)))) << bits;
    } else {
      EXPECT_EQ(float_to_half(value), half) << bits;
    }
  }
}

TEST(Half, RoundsToNearestEven) {
  const float one_ulp = 1.0f / 1024.0f;
  EXPECT_EQ(half_to_float(float_to_half(1.0f + one_ulp / 2)), 1.0f);
  EXPECT_EQ(half_to_float(float_to_half(1.0f + 1.5f * one_ulp)), 1.0f + 2 * one_ulp);
  EXPECT_EQ(half_to_float(float_to_half(1.0f + 0.51f * one_ulp)), 1.0f + one_ulp);
  // Around the subnormal border and below the smallest number.
  EXPECT_EQ(float_to_half(std::ldexp(1.0f, -24)), 1u);
  EXPECT_EQ(float_to_half(std::ldexp(1.0f, -25)), 0u);
  EXPECT_EQ(float_to_half(std::ldexp(1.5f, -25)), 1u);
  EXPECT_EQ(float_to_half(-0.0f), 0x8000u);
}

TEST(Half, OverflowsToInfinityWhereRoundingDoes) {
  EXPECT_EQ(float_to_half(65504.0f), 0x7bffu);
  EXPECT_EQ(float_to_half(65519.0f), 0x7bffu);
  EXPECT_EQ(float_to_half(65520.0f), 0x7c00u);
  EXPECT_EQ(float_to_half(-1e10f), 0xfc00u);
  EXPECT_EQ(float_to_half(std::numeric_limits<float>::infinity()), 0x7c00u);
}

TEST(Bfloat16, EveryPatternSurvivesAndRoundingIsToEven) {
  for (uint32_t bits = 0; bits <= 0xffff; ++bits) {
    const auto pattern = static_cast<uint16_t>(bits);
    const float value = bfloat16_to_float(pattern);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(bfloat16_to_float(float_to_bfloat16(value)))) << bits;
    } else {
      EXPECT_EQ(float_to_bfloat16(value), pattern) << bits;
    }
  }
  EXPECT_EQ(bfloat16_to_float(float_to_bfloat16(1.0f + 1.0f / 256)), 1.0f);
  EXPECT_EQ(bfloat16_to_float(float_to_bfloat16(1.0f + 3.0f / 256)), 1.0f + 4.0f / 256);
}

}  // namespace
}  // namespace poacl
