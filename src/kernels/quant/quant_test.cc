#include <cmath>
#include <limits>

#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl::kernel_test {
namespace {

template <typename T>
Tensor integers(DataType type, Dims dims, const std::vector<T>& values) {
  return Tensor::from<T>(type, std::move(dims), values);
}

TestOp quantize(Tensor x, Tensor scale, DataType to, int64_t axis = 1) {
  TestOp op{"Quantize", {}, {}, {{to, x.dims, Layout::kPlain}}};
  op.attrs.set("dtype", to);
  op.attrs.set("axis", axis);
  op.inputs = {{std::move(x)}, {std::move(scale)}};
  return op;
}

TEST(Quantize, HalvesGoToEvenAndEndsSaturate) {
  const float inf = std::numeric_limits<float>::infinity();
  TestOp op = quantize(float_tensor({8}, {1, 3, 5, -1000, 1000, -3, inf, -inf}),
                       float_tensor({}, {2}), DataType::kUint8);
  op.inputs.push_back({integers<uint8_t>(DataType::kUint8, {}, {128})});
  const auto result = run_reference(quant_kernels(), op);
  ASSERT_TRUE(result.ok()) << result.status().message();
  EXPECT_TRUE(tensors_match((*result)[0], integers<uint8_t>(DataType::kUint8, {8},
                                                            {128, 130, 130, 0, 255, 126, 255, 0})));
  EXPECT_FALSE(expect_all_match(quant_kernels(), op).empty());
}

TEST(Quantize, RowsMatchTheReference) {
  for (const DataType type : {DataType::kInt8, DataType::kUint8}) {
    for (const Dims& dims : {Dims{1}, Dims{3, 5}, Dims{2, 7, 33}, Dims{2, 3, 20000}, Dims{0, 4}}) {
      expect_all_match(quant_kernels(),
                       quantize(random_tensor(dims, 3, -9, 9), float_tensor({1}, {0.07f}), type));
      if (dims.size() < 2) continue;
      const Tensor scales = random_tensor({dims[1]}, 4, 0.01f, 0.1f);
      const auto fast = expect_all_match(quant_kernels(),
                                         quantize(random_tensor(dims, 5, -9, 9), scales, type, 1));
      EXPECT_FALSE(fast.empty());
    }
  }
}

TEST(Quantize, BlocksHaveTheirOwnScale) {
  // Axis 1 of 3 elements in blocks of 2: scales [1,2,2].
  TestOp op = quantize(float_tensor({1, 3, 2}, {1, 10, 2, 20, 3, 30}),
                       float_tensor({1, 2, 2}, {1, 10, 3, 5}), DataType::kInt16);
  op.attrs.set("block_size", int64_t{2});
  const auto result = run_reference(quant_kernels(), op);
  ASSERT_TRUE(result.ok()) << result.status().message();
  EXPECT_TRUE(tensors_match((*result)[0],
                            integers<int16_t>(DataType::kInt16, {1, 3, 2}, {1, 1, 2, 2, 1, 6})));
}

TEST(Quantize, APrecisionRoundsTheQuotient) {
  // 2049 / 2 = 1024.5 is no float16 (1024 is); float rounds it to even, too, but 2051 / 2 = 1025.5
  // is 1026 as float16 and 1026 by rounding; 4099 / 2 = 2049.5 is 2050 against 2050, 2049 / 1 is
  // 2048 against 2049.
  TestOp op = quantize(float_tensor({1}, {2049}), float_tensor({}, {1}), DataType::kInt16);
  auto result = run_reference(quant_kernels(), op);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ((*result)[0].as<int16_t>()[0], 2049);
  op.attrs.set("precision", DataType::kFloat16);
  result = run_reference(quant_kernels(), op);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ((*result)[0].as<int16_t>()[0], 2048);
}

TEST(Dequantize, EveryTypePerTensorAndPerAxis) {
  TestOp op{"DequantizeLinear", {}, {}, {{DataType::kFloat, {2, 3}, Layout::kPlain}}};
  op.attrs.set("axis", int64_t{1});
  op.inputs.push_back({integers<uint8_t>(DataType::kUint8, {2, 3}, {0, 128, 255, 1, 2, 3})});
  op.inputs.push_back({float_tensor({3}, {2, 0.5f, 1})});
  op.inputs.push_back({integers<uint8_t>(DataType::kUint8, {3}, {128, 0, 255})});
  const auto result = run_reference(quant_kernels(), op);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(tensors_match((*result)[0], float_tensor({2, 3}, {-256, 64, 0, -254, 1, -252})));
  EXPECT_FALSE(expect_all_match(quant_kernels(), op).empty());

  TestOp wide{"DequantizeLinear", {}, {}, {{DataType::kFloat, {2}, Layout::kPlain}}};
  wide.inputs.push_back({integers<int32_t>(DataType::kInt32, {2}, {-40, 1000})});
  wide.inputs.push_back({float_tensor({}, {0.25f})});
  const auto sums = run_reference(quant_kernels(), wide);
  ASSERT_TRUE(sums.ok());
  EXPECT_TRUE(tensors_match((*sums)[0], float_tensor({2}, {-10, 250})));
}

TEST(DynamicQuantize, TheRangeContainsZero) {
  TestOp op{"DynamicQuantizeLinear",
            {},
            {},
            {{DataType::kUint8, {3}, Layout::kPlain},
             {DataType::kFloat, {}, Layout::kPlain},
             {DataType::kUint8, {}, Layout::kPlain}}};
  op.inputs.push_back({float_tensor({3}, {51, 102, 255})});
  auto result = run_reference(quant_kernels(), op);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(
      tensors_match((*result)[0], integers<uint8_t>(DataType::kUint8, {3}, {51, 102, 255})));
  EXPECT_FLOAT_EQ((*result)[1].as<float>()[0], 1.0f);
  EXPECT_EQ((*result)[2].as<uint8_t>()[0], 0);
  op.inputs[0] = {float_tensor({3}, {-255, 0, 255})};
  result = run_reference(quant_kernels(), op);
  ASSERT_TRUE(result.ok());
  EXPECT_FLOAT_EQ((*result)[1].as<float>()[0], 2.0f);
  EXPECT_EQ((*result)[2].as<uint8_t>()[0], 128);
  EXPECT_TRUE(tensors_match((*result)[0], integers<uint8_t>(DataType::kUint8, {3}, {0, 128, 255})));
  op.inputs[0] = {float_tensor({3}, {0, 0, 0})};
  expect_all_match(quant_kernels(), op);
}

}  // namespace
}  // namespace poacl::kernel_test
