#include <random>

#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl::kernel_test {
namespace {

Tensor quant_tensor(Dims dims, bool is_signed, uint32_t seed) {
  std::mt19937 engine(seed);
  std::vector<uint8_t> bytes(static_cast<size_t>(element_count(dims)));
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(engine());
  return Tensor::from<uint8_t>(is_signed ? DataType::kInt8 : DataType::kUint8, std::move(dims),
                               bytes);
}

TensorDesc sums(Dims dims) {
  return {DataType::kInt32, std::move(dims), Layout::kPlain};
}

TEST(QuantMatmul, TypesZeroPointsAndBatches) {
  struct Case {
    Dims a, b, a_zero, b_zero, y;
  };
  const Case cases[] = {
      {{4, 7}, {7, 5}, {}, {}, {4, 5}},
      {{4, 7}, {7, 5}, {4}, {5}, {4, 5}},
      {{2, 3, 9}, {2, 9, 33}, {2, 3, 1}, {2, 1, 33}, {2, 3, 33}},
      {{3, 1, 2, 9}, {2, 9, 4}, {1}, {4}, {3, 2, 2, 4}},
  };
  for (const Case& c : cases) {
    for (const bool signed_a : {false, true}) {
      for (const bool signed_b : {false, true}) {
        TestOp op{"QuantBatchMatmul", {}, {}, {sums(c.y)}};
        op.inputs = {{quant_tensor(c.a, signed_a, 1)},
                     {quant_tensor(c.b, signed_b, 2)},
                     {quant_tensor(c.a_zero, signed_a, 3)},
                     {quant_tensor(c.b_zero, signed_b, 4)}};
        EXPECT_FALSE(expect_all_match(qlinear_kernels(), op).empty());
        op.inputs.resize(2);
        EXPECT_FALSE(expect_all_match(qlinear_kernels(), op).empty());
      }
    }
  }
}

TEST(QuantMatmul, ByHand) {
  const uint8_t a[] = {11, 7, 3, 10};
  const int8_t b[] = {1, 4, -2, 5};
  const uint8_t a_zero[] = {12};
  TestOp op{"QuantBatchMatmul", {}, {}, {sums({2, 2})}};
  op.inputs = {{Tensor::from<uint8_t>(DataType::kUint8, {2, 2}, a)},
               {Tensor::from<int8_t>(DataType::kInt8, {2, 2}, b)},
               {Tensor::from<uint8_t>(DataType::kUint8, {}, a_zero)}};
  const auto result = run_reference(qlinear_kernels(), op);
  ASSERT_TRUE(result.ok()) << result.status().message();
  const auto y = (*result)[0].as<int32_t>();
  EXPECT_EQ(std::vector<int32_t>(y.begin(), y.end()), (std::vector<int32_t>{9, -29, -5, -46}));
}

TEST(QuantConv, OneToThreeDimensions) {
  struct Case {
    Dims x, w, y;
    int64_t groups;
    std::vector<int64_t> strides, dilations, pads;
  };
  const Case cases[] = {
      {{2, 3, 17}, {4, 3, 5}, {2, 4, 9}, 1, {2}, {1}, {2, 2}},
      {{1, 4, 9, 11}, {6, 2, 3, 3}, {1, 6, 9, 11}, 2, {1, 1}, {1, 1}, {1, 1, 1, 1}},
      {{2, 3, 8, 9}, {3, 1, 2, 3}, {2, 3, 4, 3}, 3, {2, 3}, {1, 2}, {0, 1, 0, 2}},
      {{1, 2, 4, 5, 6},
       {3, 2, 2, 2, 2},
       {1, 3, 5, 6, 7},
       1,
       {1, 1, 1},
       {1, 1, 1},
       {1, 1, 1, 1, 1, 1}},
  };
  for (const Case& c : cases) {
    for (const bool signed_x : {false, true}) {
      TestOp op{"QuantConv2D", {}, {}, {sums(c.y)}};
      op.attrs.set("groups", c.groups);
      op.attrs.set("strides", c.strides);
      op.attrs.set("dilations", c.dilations);
      op.attrs.set("pads", c.pads);
      const int32_t bias[] = {5, -1000, 1 << 30, 7, 8, 9};
      op.inputs = {
          {quant_tensor(c.x, signed_x, 1)},
          {quant_tensor(c.w, !signed_x, 2)},
          {quant_tensor({}, signed_x, 3)},
          {quant_tensor({c.w[0]}, !signed_x, 4)},
          {Tensor::from<int32_t>(DataType::kInt32, {c.w[0]},
                                 std::span<const int32_t>(bias, static_cast<size_t>(c.w[0])))}};
      EXPECT_FALSE(expect_all_match(qlinear_kernels(), op).empty());
      op.inputs.resize(2);
      EXPECT_FALSE(expect_all_match(qlinear_kernels(), op).empty());
    }
  }
}

TEST(QuantConv, PaddingCountsAsTheZeroPoint) {
  const uint8_t x[] = {3, 5};
  const uint8_t zero[] = {2};
  const int8_t w[] = {10, 1, 100};
  TestOp op{"QuantConv2D", {}, {}, {sums({1, 1, 2})}};
  op.attrs.set("pads", std::vector<int64_t>{1, 1});
  op.inputs = {{Tensor::from<uint8_t>(DataType::kUint8, {1, 1, 2}, x)},
               {Tensor::from<int8_t>(DataType::kInt8, {1, 1, 3}, w)},
               {Tensor::from<uint8_t>(DataType::kUint8, {}, zero)}};
  const auto result = run_reference(qlinear_kernels(), op);
  ASSERT_TRUE(result.ok()) << result.status().message();
  const auto y = (*result)[0].as<int32_t>();
  EXPECT_EQ(std::vector<int32_t>(y.begin(), y.end()), (std::vector<int32_t>{301, 13}));
}

TEST(Requant, RoundsToEvenAndSaturates) {
  const int32_t x[] = {1, 3, 5, -1, -3, 1000, -1000, 0};
  const int8_t zero[] = {1};
  TestOp op{"AscendRequant", {}, {}, {{DataType::kInt8, {2, 4}}}};
  op.inputs = {{Tensor::from<int32_t>(DataType::kInt32, {2, 4}, x)},
               {float_tensor({}, {0.5f})},
               {Tensor::from<int8_t>(DataType::kInt8, {}, zero)}};
  const auto result = run_reference(qlinear_kernels(), op);
  ASSERT_TRUE(result.ok()) << result.status().message();
  const auto y = (*result)[0].as<int8_t>();
  EXPECT_EQ(std::vector<int8_t>(y.begin(), y.end()),
            (std::vector<int8_t>{1, 3, 3, 1, -1, 127, -128, 1}));
}

TEST(Requant, ScalesPerRow) {
  const int32_t x[] = {1, 2, 1, 2};
  TestOp op{"AscendRequant", {}, {}, {{DataType::kUint8, {1, 2, 2}}}};
  const uint8_t zero[] = {0};
  op.inputs = {{Tensor::from<int32_t>(DataType::kInt32, {1, 2, 2}, x)},
               {float_tensor({2, 1}, {1.0f, 10.0f})},
               {Tensor::from<uint8_t>(DataType::kUint8, {}, zero)}};
  const auto result = run_reference(qlinear_kernels(), op);
  ASSERT_TRUE(result.ok()) << result.status().message();
  const auto y = (*result)[0].as<uint8_t>();
  EXPECT_EQ(std::vector<uint8_t>(y.begin(), y.end()), (std::vector<uint8_t>{1, 2, 10, 20}));
}

}  // namespace
}  // namespace poacl::kernel_test
