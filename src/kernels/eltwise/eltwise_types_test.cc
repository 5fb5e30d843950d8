// The element-wise operators that are about types, bits and signs.
#include <cmath>
#include <limits>

#include "base/half.h"
#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl::kernel_test {
namespace {

template <typename T>
Tensor row(DataType type, const std::vector<T>& values) {
  return Tensor::from<T>(type, {static_cast<int64_t>(values.size())}, values);
}

Tensor result_of(const std::string& type, std::vector<Tensor> inputs, DataType to,
                 AttrMap attrs = {}) {
  TestOp op{type, std::move(attrs), {}, {{to, inputs[0].dims, Layout::kPlain}}};
  for (Tensor& input : inputs) op.inputs.push_back({std::move(input)});
  auto result = run_reference(eltwise_kernels(), op);
  EXPECT_TRUE(result.ok()) << result.status().message();
  if (!result.ok()) return {};
  expect_all_match(eltwise_kernels(), op);
  return (*result)[0];
}

TEST(Mod, SignsOfBothKinds) {
  const Tensor a = row<int32_t>(DataType::kInt32, {7, -7, 7, -7, 6, 5, INT32_MIN});
  const Tensor b = row<int32_t>(DataType::kInt32, {3, 3, -3, -3, -3, 0, -1});
  EXPECT_TRUE(tensors_match(result_of("Mod", {a, b}, DataType::kInt32),
                            row<int32_t>(DataType::kInt32, {1, -1, 1, -1, 0, 0, 0})));
  EXPECT_TRUE(tensors_match(result_of("FloorMod", {a, b}, DataType::kInt32),
                            row<int32_t>(DataType::kInt32, {1, 2, -2, -1, 0, 0, 0})));
  const Tensor x = float_tensor({4}, {5.5f, -5.5f, 5.5f, -5.5f});
  const Tensor y = float_tensor({4}, {2, 2, -2, -2});
  EXPECT_TRUE(tensors_match(result_of("Mod", {x, y}, DataType::kFloat),
                            float_tensor({4}, {1.5f, -1.5f, 1.5f, -1.5f})));
  EXPECT_TRUE(tensors_match(result_of("FloorMod", {x, y}, DataType::kFloat),
                            float_tensor({4}, {1.5f, 0.5f, -0.5f, -1.5f})));
}

TEST(Bits, LogicAndShifts) {
  const Tensor a = row<uint8_t>(DataType::kUint8, {0b1100, 0xff, 1});
  const Tensor b = row<uint8_t>(DataType::kUint8, {0b1010, 0x0f, 9});
  const auto bits = [&](const char* type) { return result_of(type, {a, b}, DataType::kUint8); };
  EXPECT_TRUE(tensors_match(bits("BitwiseAnd"), row<uint8_t>(DataType::kUint8, {8, 0x0f, 1})));
  EXPECT_TRUE(tensors_match(bits("BitwiseOr"), row<uint8_t>(DataType::kUint8, {14, 0xff, 9})));
  EXPECT_TRUE(tensors_match(bits("BitwiseXor"), row<uint8_t>(DataType::kUint8, {6, 0xf0, 8})));
  EXPECT_TRUE(tensors_match(result_of("Invert", {a}, DataType::kUint8),
                            row<uint8_t>(DataType::kUint8, {0xf3, 0, 0xfe})));
  const Tensor by = row<uint8_t>(DataType::kUint8, {2, 4, 9});
  EXPECT_TRUE(tensors_match(result_of("LeftShift", {a, by}, DataType::kUint8),
                            row<uint8_t>(DataType::kUint8, {48, 0xf0, 0})));
  EXPECT_TRUE(tensors_match(result_of("RightShift", {a, by}, DataType::kUint8),
                            row<uint8_t>(DataType::kUint8, {3, 0x0f, 0})));
}

TEST(Predicates, InfinitiesOfTheWantedSign) {
  const float inf = std::numeric_limits<float>::infinity();
  const Tensor x = float_tensor({4}, {-inf, std::nanf(""), inf, 3});
  EXPECT_TRUE(tensors_match(result_of("IsNan", {x}, DataType::kBool),
                            row<uint8_t>(DataType::kBool, {0, 1, 0, 0})));
  EXPECT_TRUE(tensors_match(result_of("IsInf", {x}, DataType::kBool),
                            row<uint8_t>(DataType::kBool, {1, 0, 1, 0})));
  AttrMap attrs;
  attrs.set("detect_negative", false);
  EXPECT_TRUE(tensors_match(result_of("IsInf", {x}, DataType::kBool, attrs),
                            row<uint8_t>(DataType::kBool, {0, 0, 1, 0})));
}

TEST(Unary, DefinitionsOfTheRarerActivations) {
  const Tensor x = float_tensor({4}, {-2, -0.25f, 0.25f, 2});
  AttrMap attrs;
  attrs.set("lambd", 0.5f);
  attrs.set("bias", 0.125f);
  EXPECT_TRUE(tensors_match(result_of("Shrink", {x}, DataType::kFloat, attrs),
                            float_tensor({4}, {-1.875f, 0, 0, 1.875f})));
  attrs.set("alpha", 0.25f);
  EXPECT_TRUE(tensors_match(result_of("ThresholdedRelu", {x}, DataType::kFloat, attrs),
                            float_tensor({4}, {0, 0, 0, 2})));
  attrs.set("alpha", 2.0f);
  EXPECT_TRUE(tensors_match(result_of("CeluV2", {x}, DataType::kFloat, attrs),
                            float_tensor({4}, {-1.2642411f, -0.2350062f, 0.25f, 2}), {1e-5, 1e-5}));
  EXPECT_TRUE(tensors_match(result_of("Mish", {x}, DataType::kFloat),
                            float_tensor({4}, {-0.2525015f, -0.1299270f, 0.1695724f, 1.943959f}),
                            {1e-4, 1e-5}));
  attrs.set("approximate", std::string("tanh"));
  EXPECT_TRUE(tensors_match(result_of("GeluV2", {x}, DataType::kFloat, attrs),
                            float_tensor({4}, {-0.0454023f, -0.1003246f, 0.1496754f, 1.954598f}),
                            {1e-4, 1e-5}));
}

TEST(Unary, MishVanishesFarBelowZero) {
  const Tensor x = float_tensor({4}, {-1e30f, -200, 100, 1e30f});
  EXPECT_TRUE(tensors_match(result_of("Mish", {x}, DataType::kFloat),
                            float_tensor({4}, {0, 0, 100, 1e30f})));
}

TEST(Unary, RootsAndRounding) {
  const Tensor x = random_tensor({37}, 5, 0.01f, 90.0f);
  for (const char* type : {"Sqrt", "Rsqrt", "Floor", "Ceil", "Round", "GeluV2"}) {
    const Tensor y = result_of(type, {x}, DataType::kFloat);
    EXPECT_EQ(y.count(), 37);
  }
  const Tensor halves = float_tensor({6}, {-1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 1e9f});
  EXPECT_TRUE(tensors_match(result_of("Round", {halves}, DataType::kFloat),
                            float_tensor({6}, {-2, 0, 0, 2, 2, 1e9f})));
}

TEST(Clip, BoundsThatAreKnownOnlyWhenRun) {
  TestOp op{"ClipByValue", {}, {}, {{DataType::kFloat, {2, 5, 3}, Layout::kPlain}}};
  op.inputs = {{random_tensor({2, 5, 3}, 3), false, Layout::kBlocked8},
               {float_tensor({}, {0.25f})},
               {float_tensor({}, {0.5f})}};
  EXPECT_FALSE(expect_all_match(eltwise_kernels(), op).empty());
}

TEST(Trilu, DiagonalsWithinAndBeyondTheMatrix) {
  TestOp op{"Trilu", {}, {}, {{DataType::kInt64, {2, 3}, Layout::kPlain}}};
  op.inputs.push_back({int64_tensor({2, 3}, {1, 2, 3, 4, 5, 6})});
  op.inputs.push_back({int64_tensor({}, {0})});
  const auto triangle = [&](int64_t upper, int64_t k) {
    op.attrs.set("upper", upper);
    op.inputs[1] = {int64_tensor({}, {k})};
    const auto result = run_reference(eltwise_kernels(), op);
    EXPECT_TRUE(result.ok());
    return result.ok() ? (*result)[0] : Tensor{};
  };
  EXPECT_TRUE(tensors_match(triangle(1, 0), int64_tensor({2, 3}, {1, 2, 3, 0, 5, 6})));
  EXPECT_TRUE(tensors_match(triangle(1, 2), int64_tensor({2, 3}, {0, 0, 3, 0, 0, 0})));
  EXPECT_TRUE(tensors_match(triangle(0, 0), int64_tensor({2, 3}, {1, 0, 0, 4, 5, 0})));
  EXPECT_TRUE(tensors_match(triangle(0, -9), int64_tensor({2, 3}, {0, 0, 0, 0, 0, 0})));
  EXPECT_TRUE(tensors_match(triangle(1, INT64_MIN), int64_tensor({2, 3}, {1, 2, 3, 4, 5, 6})));
}

// Rounding to float first would give 2048 and 2 * 2^24.
TEST(Cast, ToAHalfTypeRoundsOnce) {
  const double just_above = 2049.0 + 1e-9;  // half way between 2048 and 2050 is 2049
  const Tensor wide = Tensor::from<double>(DataType::kDouble, {1}, {{just_above}});
  AttrMap attrs;
  attrs.set("dst_type", DataType::kFloat16);
  EXPECT_EQ(result_of("Cast", {wide}, DataType::kFloat16, attrs).as<uint16_t>()[0],
            float_to_half(2050.0f));
  const int64_t odd = (int64_t{257} << 40) + 1;  // just above the middle of two bfloat16
  EXPECT_EQ(
      result_of("Cast", {int64_tensor({1}, {odd})}, DataType::kBfloat16, attrs).as<uint16_t>()[0],
      float_to_bfloat16(std::ldexp(258.0f, 40)));
}

}  // namespace
}  // namespace poacl::kernel_test
