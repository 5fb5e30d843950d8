// The reductions beyond sum and extremes, empty sets, bool, and HardMax.
#include <cmath>
#include <limits>

#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl::kernel_test {
namespace {

TestOp reduce(const std::string& type, Tensor x, Dims out, const std::vector<int64_t>& axes) {
  TestOp op{type, {}, {}, {{x.dtype, std::move(out), Layout::kPlain}}};
  op.inputs.push_back({std::move(x)});
  op.inputs.push_back({int64_tensor({static_cast<int64_t>(axes.size())}, axes), true});
  return op;
}

Tensor result_of(const TestOp& op) {
  auto result = run_reference(reduce_kernels(), op);
  EXPECT_TRUE(result.ok()) << result.status().message();
  if (!result.ok()) return {};
  expect_all_match(reduce_kernels(), op);
  return (*result)[0];
}

TEST(ReduceForms, Definitions) {
  const Tensor x = float_tensor({2, 2}, {3, -4, 1, 0});
  EXPECT_TRUE(tensors_match(result_of(reduce("ReduceL1", x, {2}, {1})), float_tensor({2}, {7, 1})));
  EXPECT_TRUE(tensors_match(result_of(reduce("ReduceL2", x, {2}, {1})), float_tensor({2}, {5, 1})));
  EXPECT_TRUE(tensors_match(result_of(reduce("ReduceSumSquare", x, {2}, {0})),
                            float_tensor({2}, {10, 16})));
  const Tensor positive = float_tensor({2, 2}, {3, 4, 1, 0});
  EXPECT_TRUE(tensors_match(result_of(reduce("ReduceLogSum", positive, {2}, {1})),
                            float_tensor({2}, {std::log(7.0f), 0})));
  const Tensor large = float_tensor({2, 2}, {1000, 1000, -1000, -1000});
  EXPECT_TRUE(tensors_match(result_of(reduce("ReduceLogSumExp", large, {2}, {1})),
                            float_tensor({2}, {1000.6931f, -999.3069f})));
}

TEST(ReduceForms, VectorKernelsMatchTheReference) {
  for (const char* type : {"ReduceL1", "ReduceL2", "ReduceSumSquare"}) {
    for (const int64_t inner : {1, 5, 37}) {
      const TestOp op = reduce(type, random_tensor({3, 41, inner}, 2), {3, inner}, {1});
      EXPECT_FALSE(expect_all_match(reduce_kernels(), op, {1e-5, 1e-5}).empty()) << type;
    }
  }
}

TEST(ReduceForms, IntegersAndBool) {
  const Tensor x = Tensor::from<int32_t>(DataType::kInt32, {3}, {{-3, 4, 0}});
  const auto one = [](const Tensor& t) { return t.as<int32_t>()[0]; };
  EXPECT_EQ(one(result_of(reduce("ReduceL1", x, {}, {0}))), 7);
  EXPECT_EQ(one(result_of(reduce("ReduceL2", x, {}, {0}))), 5);
  EXPECT_EQ(one(result_of(reduce("ReduceSumSquare", x, {}, {0}))), 25);
  const Tensor flags = Tensor::from<uint8_t>(DataType::kBool, {2, 2}, {{1, 0, 0, 0}});
  const Tensor any = result_of(reduce("ReduceMax", flags, {2}, {1}));
  EXPECT_EQ(any.as<uint8_t>()[0], 1);
  EXPECT_EQ(any.as<uint8_t>()[1], 0);
}

TEST(ReduceForms, EmptySetsGiveTheNeutralElement) {
  const float inf = std::numeric_limits<float>::infinity();
  const Tensor none = float_tensor({2, 0}, {});
  const struct {
    const char* type;
    float neutral;
  } kCases[] = {{"ReduceSum", 0},         {"ReduceProd", 1}, {"ReduceMax", -inf},
                {"ReduceMin", inf},       {"ReduceL2", 0},   {"ReduceLogSum", -inf},
                {"ReduceLogSumExp", -inf}};
  for (const auto& c : kCases) {
    EXPECT_TRUE(tensors_match(result_of(reduce(c.type, none, {2}, {1})),
                              float_tensor({2}, {c.neutral, c.neutral})))
        << c.type;
  }
  const Tensor flags = Tensor::from<uint8_t>(DataType::kBool, {0}, {});
  EXPECT_EQ(result_of(reduce("ReduceMin", flags, {}, {0})).as<uint8_t>()[0], 1);
}

TEST(ReduceForms, NoAxesAndNoopComputesEachElement) {
  TestOp op{"ReduceSumSquare", {}, {}, {{DataType::kFloat, {3}, Layout::kPlain}}};
  op.attrs.set("noop_with_empty_axes", true);
  op.inputs.push_back({float_tensor({3}, {1, -2, 3})});
  EXPECT_TRUE(tensors_match(result_of(op), float_tensor({3}, {1, 4, 9})));
}

TEST(ArgMax, LastOfEqualsWhenAsked) {
  TestOp op{"ArgMaxV2", {}, {}, {{DataType::kInt64, {2}, Layout::kPlain}}};
  op.attrs.set("select_last_index", true);
  op.inputs.push_back({float_tensor({2, 3}, {1, 5, 5, 4, 2, 3})});
  op.inputs.push_back({int64_tensor({}, {1}), true});
  EXPECT_TRUE(tensors_match(result_of(op), int64_tensor({2}, {2, 0})));
}

TEST(HardMax, FirstLargestAlongTheAxis) {
  TestOp op{"HardMax", {}, {}, {{DataType::kFloat, {2, 3}, Layout::kPlain}}};
  op.inputs.push_back({float_tensor({2, 3}, {1, 7, 7, 9, 2, 3})});
  EXPECT_TRUE(tensors_match(result_of(op), float_tensor({2, 3}, {0, 1, 0, 1, 0, 0})));
  op.attrs.set("axis", int64_t{0});
  EXPECT_TRUE(tensors_match(result_of(op), float_tensor({2, 3}, {0, 1, 1, 1, 0, 0})));
}

}  // namespace
}  // namespace poacl::kernel_test
