#include "model/dump/dump_tensor.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include "base/half.h"

namespace poacl::model {
namespace {

TEST(DumpTensor, BlockedOrderBecomesPlain) {
  // [2, 10, 3] with blocks of 8 channels: two blocks, the last one with 2 channels.
  const TensorDesc desc{DataType::kInt32, {2, 10, 3}, Layout::kBlocked8};
  std::vector<int32_t> blocked(2 * 2 * 3 * 8, -1);
  std::vector<int32_t> plain(2 * 10 * 3);
  std::iota(plain.begin(), plain.end(), 0);
  for (size_t n = 0; n < 2; ++n) {
    for (size_t c = 0; c < 10; ++c) {
      for (size_t w = 0; w < 3; ++w) {
        blocked[((n * 2 + c / 8) * 3 + w) * 8 + c % 8] = plain[(n * 10 + c) * 3 + w];
      }
    }
  }
  const DumpTensor copy = snapshot({desc, blocked.data()});
  ASSERT_EQ(copy.bytes.size(), plain.size() * sizeof(int32_t));
  EXPECT_EQ(std::memcmp(copy.bytes.data(), plain.data(), copy.bytes.size()), 0);
  EXPECT_EQ(copy.address, reinterpret_cast<uintptr_t>(blocked.data()));
}

TEST(DumpTensor, Bfloat16StorageBecomesFloat) {
  std::vector<uint16_t> blocked(2 * 16, 0);  // [1, 2, 2]: one block, of two channels
  const std::vector<float> plain = {1.5f, -2.0f, 3.0f, 0.25f};
  for (size_t c = 0; c < 2; ++c) {
    for (size_t w = 0; w < 2; ++w) blocked[w * 16 + c] = float_to_bfloat16(plain[c * 2 + w]);
  }
  const DumpTensor copy =
      snapshot({{DataType::kFloat, {1, 2, 2}, Layout::kBlocked16Bf16}, blocked.data()});
  ASSERT_EQ(copy.bytes.size(), plain.size() * sizeof(float));
  EXPECT_EQ(std::memcmp(copy.bytes.data(), plain.data(), copy.bytes.size()), 0);
}

TEST(DumpTensor, TensorsWithoutBytesKeepTheirShape) {
  EXPECT_TRUE(snapshot({{DataType::kFloat, {0, 3}}, nullptr}).bytes.empty());
  const DumpTensor text = snapshot({{DataType::kString, {2}}, "x"});
  EXPECT_TRUE(text.bytes.empty());
  EXPECT_EQ(text.dims, Dims{2});
}

template <typename T>
DumpNumbers numbers(DataType dtype, const std::vector<T>& values) {
  const TensorDesc desc{dtype, {static_cast<int64_t>(values.size())}};
  return numbers_of(snapshot({desc, values.data()}));
}

TEST(DumpTensor, NumbersAreOfTheFiniteElements) {
  const float inf = std::numeric_limits<float>::infinity();
  const auto found = numbers<float>(DataType::kFloat, {1, -2, inf, -inf, -inf, std::nanf(""), 4});
  EXPECT_EQ(found.count, 7u);
  EXPECT_EQ(found.nan, 1u);
  EXPECT_EQ(found.positive_inf, 1u);
  EXPECT_EQ(found.negative_inf, 2u);
  EXPECT_EQ(found.max, 4);
  EXPECT_EQ(found.min, -2);
  EXPECT_EQ(found.avg, 1);
  EXPECT_DOUBLE_EQ(found.l2norm, std::sqrt(21.0));
}

TEST(DumpTensor, NumbersOfOtherTypes) {
  EXPECT_EQ(numbers<int64_t>(DataType::kInt64, {-5, 3}).min, -5);
  EXPECT_EQ(numbers<uint8_t>(DataType::kUint8, {200, 100}).avg, 150);
  EXPECT_EQ(numbers<uint16_t>(DataType::kFloat16, {float_to_half(0.5f)}).max, 0.5);
  EXPECT_EQ(numbers<uint16_t>(DataType::kBfloat16, {float_to_bfloat16(-2.0f)}).min, -2);
  EXPECT_EQ(numbers<float>(DataType::kFloat, {}).count, 0u);
}

}  // namespace
}  // namespace poacl::model
