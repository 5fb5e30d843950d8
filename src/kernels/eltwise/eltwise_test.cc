#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/activation.h"
#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl::kernel_test {
namespace {

TensorDesc plain(DataType type, Dims dims) {
  return {type, std::move(dims), Layout::kPlain};
}

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

TestOp unary(const std::string& type, Tensor x, Layout offered = Layout::kPlain) {
  TestOp op{type, {}, {}, {plain(x.dtype, x.dims)}};
  op.inputs.push_back({std::move(x), false, offered});
  return op;
}

TEST(Unary, VectorKernelsMatchTheReference) {
  const char* types[] = {"Relu",      "Relu6", "LeakyRelu",  "Sigmoid", "Tanh",     "HardSigmoid",
                         "HardSwish", "Swish", "Elu",        "Selu",    "Softsign", "Erf",
                         "Gelu",      "Exp",   "Reciprocal", "Abs",     "Neg"};
  for (const char* type : types) {
    for (const Dims& dims : {Dims{1}, Dims{}, Dims{37}, Dims{3, 5, 7, 11}, Dims{2, 16390}}) {
      TestOp op = unary(type, random_tensor(dims, 7, -9.0f, 9.0f));
      if (op.type == "LeakyRelu") op.attrs.set("negative_slope", 0.3f);
      EXPECT_FALSE(expect_all_match(eltwise_kernels(), op, {2e-5, 2e-6}).empty()) << type;
    }
    for (const Layout layout : {Layout::kBlocked8, Layout::kBlocked16}) {
      for (const int64_t channels : {3, 16, 24}) {
        const TestOp op = unary(type, random_tensor({2, channels, 3, 5}, 9, -3.0f, 3.0f), layout);
        EXPECT_FALSE(expect_all_match(eltwise_kernels(), op, {2e-5, 2e-6}).empty()) << type;
      }
    }
  }
}

TEST(Unary, ExtremesStayWhatTheyAre) {
  const float inf = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Tensor x =
      float_tensor({10}, {-inf, inf, nan, -100.0f, 100.0f, 88.5f, -87.5f, 0.0f, -0.0f, 1e-8f});
  for (const char* type : {"Relu", "Sigmoid", "Exp", "Abs", "Neg", "LeakyRelu", "Relu6"}) {
    expect_all_match(eltwise_kernels(), unary(type, x), {2e-5, 1e-30});
  }
}

TEST(Unary, SwishVanishesAndErfIsExactNearZero) {
  const Tensor x = float_tensor({8}, {-1e38f, -1e30f, -500.0f, -95.0f, 0.0f, 95.0f, 1e30f, -20.0f});
  expect_all_match(eltwise_kernels(), unary("Swish", x), {2e-5, 1e-35});
  const Tensor small =
      float_tensor({8}, {1e-7f, -1e-6f, 1e-30f, 1e-3f, -0.1f, 0.2499f, 0.2501f, -0.3f});
  expect_all_match(eltwise_kernels(), unary("Erf", small), {2e-6, 1e-36});
}

TEST(Binary, MaximumAndMinimumKeepNanOfEitherSide) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const char* type : {"Maximum", "Minimum"}) {
    TestOp op{type, {}, {}, {plain(DataType::kFloat, {4})}};
    op.inputs.push_back({float_tensor({4}, {1.0f, nan, nan, 2.0f})});
    op.inputs.push_back({float_tensor({4}, {nan, 1.0f, nan, 3.0f})});
    expect_all_match(eltwise_kernels(), op);
    const auto result = run_reference(eltwise_kernels(), op);
    ASSERT_TRUE(result.ok());
    EXPECT_TRUE(std::isnan((*result)[0].as<float>()[0]));
  }
}

TEST(Binary, IntegerPowWithRealExponents) {
  TestOp op{"Pow", {}, {}, {plain(DataType::kInt32, {4})}};
  op.inputs.push_back({Tensor::from<int32_t>(DataType::kInt32, {4}, {{4, 2, 0, 9}})});
  op.inputs.push_back({float_tensor({4}, {0.5f, 3.0f, 1e19f, 1.5f})});
  const auto result = run_reference(eltwise_kernels(), op);
  ASSERT_TRUE(result.ok()) << result.status().message();
  const auto values = (*result)[0].as<int32_t>();
  EXPECT_EQ(std::vector<int32_t>(values.begin(), values.end()),
            (std::vector<int32_t>{2, 8, 0, 27}));
}

TEST(Unary, ClipWithBoundsConstantAtRunTimeAndAbsent) {
  for (const bool constant : {true, false}) {
    TestOp op = unary("ClipByValue", random_tensor({3, 50}, 3, -4.0f, 4.0f));
    op.inputs.push_back({float_tensor({}, {-1.5f}), constant});
    const auto one_bound = expect_all_match(eltwise_kernels(), op);
    EXPECT_FALSE(one_bound.empty());
    op.inputs.push_back({float_tensor({}, {0.25f}), constant});
    EXPECT_FALSE(expect_all_match(eltwise_kernels(), op).empty());
    const auto result = run_reference(eltwise_kernels(), op);
    ASSERT_TRUE(result.ok());
    for (const float v : (*result)[0].as<float>()) {
      EXPECT_GE(v, -1.5f);
      EXPECT_LE(v, 0.25f);
    }
  }
}

TEST(Unary, IntegersKeepAllTheirBits) {
  const int64_t big = (int64_t{1} << 53) + 1;
  const auto abs = run_reference(eltwise_kernels(), unary("Abs", int64_tensor({2}, {-big, big})));
  ASSERT_TRUE(abs.ok());
  EXPECT_EQ((*abs)[0].as<int64_t>()[0], big);
  const auto neg =
      run_reference(eltwise_kernels(), unary("Neg", int64_tensor({2}, {INT64_MIN, 5})));
  ASSERT_TRUE(neg.ok());
  EXPECT_EQ((*neg)[0].as<int64_t>()[0], INT64_MIN);
  EXPECT_EQ((*neg)[0].as<int64_t>()[1], -5);
}

TestOp binary(const std::string& type, TestInput a, TestInput b, Dims out) {
  TestOp op{type, {}, {}, {plain(a.tensor.dtype, std::move(out))}};
  op.inputs.push_back(std::move(a));
  op.inputs.push_back(std::move(b));
  return op;
}

TEST(Binary, EveryBroadcastMatchesTheReference) {
  const struct {
    Dims a, b, out;
  } cases[] = {
      {{7, 9}, {7, 9}, {7, 9}},
      {{}, {}, {}},
      {{3, 1, 5}, {4, 1}, {3, 4, 5}},
      {{2, 5, 3, 7}, {1, 5, 1, 1}, {2, 5, 3, 7}},
      {{5, 1, 1}, {2, 5, 3, 7}, {2, 5, 3, 7}},
      {{2, 5, 3, 7}, {}, {2, 5, 3, 7}},
      {{40000}, {1}, {40000}},
      {{1, 3, 1, 5, 1}, {2, 1, 4, 1, 6}, {2, 3, 4, 5, 6}},
      {{0, 3}, {3}, {0, 3}},
  };
  for (const char* type : {"Add", "Sub", "Mul", "RealDiv", "Maximum", "Minimum", "PRelu"}) {
    for (const auto& c : cases) {
      if (std::string_view(type) == "PRelu" && c.a != c.out) continue;
      const TestOp op =
          binary(type, {random_tensor(c.a, 1)}, {random_tensor(c.b, 2, 0.5f, 2.0f)}, c.out);
      EXPECT_FALSE(expect_all_match(eltwise_kernels(), op).empty()) << type;
    }
  }
}

TEST(Binary, BlockedLayoutsNeedNoConversion) {
  for (const char* type : {"Add", "Sub", "Mul", "RealDiv", "Maximum", "Minimum"}) {
    for (const Layout layout : {Layout::kBlocked8, Layout::kBlocked16}) {
      for (const int64_t c : {5, 16, 40}) {
        const Dims dims = {2, c, 3, 4};
        const Tensor x = random_tensor(dims, 1);
        for (const Dims& other :
             {dims, Dims{2, c, 1, 1}, Dims{c, 1, 1}, Dims{1, c, 1, 1}, Dims{}, Dims{2, 1, 3, 4}}) {
          for (const bool constant : {true, false}) {
            const bool same = other.size() == 4 && other[1] == c;
            const TestInput y{random_tensor(other, 2, 0.5f, 2.0f), constant,
                              same ? layout : Layout::kPlain};
            expect_all_match(eltwise_kernels(), binary(type, {x, false, layout}, y, dims));
          }
        }
      }
    }
  }
}

TEST(Binary, AddCarriesAnActivation) {
  for (const auto kind : {ActivationKind::kRelu, ActivationKind::kClip, ActivationKind::kSigmoid,
                          ActivationKind::kHardSwish}) {
    for (const int64_t c : {3, 16}) {
      TestOp op = binary("Add", {random_tensor({1, c, 5, 5}, 1), false, Layout::kBlocked16},
                         {random_tensor({1, c, 5, 5}, 2), false, Layout::kBlocked16}, {1, c, 5, 5});
      set_activation(op.attrs, {kind, 0.1f, 0.7f});
      EXPECT_TRUE(has(expect_all_match(eltwise_kernels(), op), "add.generic"));
    }
  }
}

TEST(Binary, IntegerDivisionNeverTraps) {
  const TestOp op = binary("RealDiv", {int64_tensor({4}, {7, -7, INT64_MIN, 5})},
                           {int64_tensor({4}, {2, 2, -1, 0})}, {4});
  const auto result = run_reference(eltwise_kernels(), op);
  ASSERT_TRUE(result.ok());
  const auto y = (*result)[0].as<int64_t>();
  EXPECT_EQ(y[0], 3);
  EXPECT_EQ(y[1], -3);
  EXPECT_EQ(y[2], INT64_MIN);
  EXPECT_EQ(y[3], 0);
}

TEST(Binary, PowTakesExponentsOfAnotherType) {
  TestOp op = binary("Pow", {float_tensor({3}, {2, 3, -2})}, {int64_tensor({}, {3})}, {3});
  const auto floats = run_reference(eltwise_kernels(), op);
  ASSERT_TRUE(floats.ok());
  EXPECT_TRUE(tensors_match((*floats)[0], float_tensor({3}, {8, 27, -8})));
  op = binary("Pow", {int64_tensor({3}, {2, -1, 10})}, {int64_tensor({3}, {10, -3, 2})}, {3});
  const auto ints = run_reference(eltwise_kernels(), op);
  ASSERT_TRUE(ints.ok());
  EXPECT_TRUE(tensors_match((*ints)[0], int64_tensor({3}, {1024, -1, 100})));
}

TEST(Binary, ComparisonsGiveBool) {
  TestOp op = binary("Less", {float_tensor({3}, {1, 2, 3})}, {float_tensor({}, {2})}, {3});
  op.outputs[0].dtype = DataType::kBool;
  const auto result = run_reference(eltwise_kernels(), op);
  ASSERT_TRUE(result.ok());
  const auto y = (*result)[0].as<uint8_t>();
  EXPECT_EQ(y[0], 1);
  EXPECT_EQ(y[1], 0);
  EXPECT_EQ(y[2], 0);
}

TEST(Select, BroadcastsAllThree) {
  const std::vector<uint8_t> flags = {1, 0};
  TestOp op{"SelectV2", {}, {}, {plain(DataType::kFloat, {2, 3})}};
  op.inputs.push_back({Tensor::from<uint8_t>(DataType::kBool, {2, 1}, flags)});
  op.inputs.push_back({float_tensor({3}, {1, 2, 3})});
  op.inputs.push_back({float_tensor({}, {9})});
  const auto result = run_reference(eltwise_kernels(), op);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(tensors_match((*result)[0], float_tensor({2, 3}, {1, 2, 3, 9, 9, 9})));
}

TEST(Cast, CutsOffAndStaysInRange) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  TestOp op = unary("Cast", float_tensor({7}, {1.9f, -1.9f, 300.0f, -300.0f, nan, 1e30f, -0.5f}));
  op.outputs[0].dtype = DataType::kInt8;
  const auto bytes = run_reference(eltwise_kernels(), op);
  ASSERT_TRUE(bytes.ok());
  const std::vector<int8_t> expected = {1, -1, 127, -128, 0, 127, 0};
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_EQ((*bytes)[0].as<int8_t>()[i], expected[i]);
  op.outputs[0].dtype = DataType::kInt64;
  const auto wide = run_reference(eltwise_kernels(), op);
  ASSERT_TRUE(wide.ok());
  EXPECT_EQ((*wide)[0].as<int64_t>()[5], INT64_MAX);
}

TEST(Cast, EveryPairOfTypesKeepsSmallNumbers) {
  const DataType types[] = {DataType::kFloat,  DataType::kFloat16, DataType::kBfloat16,
                            DataType::kDouble, DataType::kInt8,    DataType::kUint8,
                            DataType::kInt16,  DataType::kUint16,  DataType::kInt32,
                            DataType::kUint32, DataType::kInt64,   DataType::kUint64};
  const Tensor start = float_tensor({4}, {0, 1, 2, 100});
  for (const DataType first : types) {
    for (const DataType second : types) {
      Tensor x = start;
      for (const DataType type : {first, second, DataType::kFloat}) {
        TestOp op = unary("Cast", x);
        op.outputs[0].dtype = type;
        auto result = run_reference(eltwise_kernels(), op);
        ASSERT_TRUE(result.ok());
        x = (*result)[0];
      }
      EXPECT_TRUE(tensors_match(x, start)) << data_type_name(first) << data_type_name(second);
    }
  }
}

}  // namespace
}  // namespace poacl::kernel_test
