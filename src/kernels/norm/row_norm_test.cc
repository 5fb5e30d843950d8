#include <cmath>

#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl::kernel_test {
namespace {

TensorDesc plain(Dims dims, DataType type = DataType::kFloat) {
  return {type, std::move(dims), Layout::kPlain};
}

// Every output the operator has.
TestOp row_norm(const std::string& type, const Dims& x, int64_t parameters, bool gamma, bool beta) {
  TestOp op{type, {}, {{random_tensor(x, 1, 2.0f, 5.0f)}}, {plain(x)}};
  op.inputs.push_back(gamma ? TestInput{random_tensor({parameters}, 2)} : TestInput::absent());
  if (type != "RmsNorm") {
    op.inputs.push_back(beta ? TestInput{random_tensor({parameters}, 3)} : TestInput::absent());
  }
  op.attrs.set(type == "GroupNorm" ? "eps" : "epsilon", 1e-3f);
  return op;
}

TEST(RowNorm, LayerAndRmsOverAnyAxis) {
  const Dims x = {2, 3, 5, 37};
  for (const char* type : {"LayerNormV3", "RmsNorm"}) {
    for (int64_t axis = 0; axis < 4; ++axis) {
      for (const bool gamma : {true, false}) {
        Dims rows = x;
        int64_t length = 1;
        for (size_t d = static_cast<size_t>(axis); d < 4; ++d) {
          length *= x[d];
          rows[d] = 1;
        }
        TestOp op = row_norm(type, x, length, gamma, !gamma);
        op.attrs.set("begin_norm_axis", axis);
        op.outputs.push_back(plain(rows));
        if (op.type == "LayerNormV3") op.outputs.push_back(plain(rows));
        EXPECT_FALSE(expect_all_match(norm_kernels(), op).empty());
      }
    }
  }
}

TEST(RowNorm, GroupsAndInstances) {
  for (const int64_t groups : {1, 2, 6}) {
    for (const bool per_group : {false, true}) {
      TestOp op = row_norm("GroupNorm", {3, 6, 4, 9}, per_group ? groups : 6, true, true);
      op.attrs.set("num_groups", groups);
      op.outputs.push_back(plain({3, groups}));
      op.outputs.push_back(plain({3, groups}));
      EXPECT_FALSE(expect_all_match(norm_kernels(), op).empty());
    }
  }
  for (const Dims& x : {Dims{2, 3, 300, 41}, Dims{2, 5, 1}, Dims{1, 4, 2, 3, 3}}) {
    TestOp op = row_norm("InstanceNorm", x, x[1], true, true);
    EXPECT_FALSE(expect_all_match(norm_kernels(), op).empty());
  }
}

TEST(RowNorm, LargeMeansKeepTheirDigits) {
  Tensor x = random_tensor({4, 1000}, 9, 0.0f, 1.0f);
  std::vector<float> values(x.as<float>().begin(), x.as<float>().end());
  for (float& v : values) v += 4096.0f;
  TestOp op{"LayerNormV3", {}, {{float_tensor({4, 1000}, values)}}, {plain({4, 1000})}};
  op.attrs.set("begin_norm_axis", int64_t{1});
  EXPECT_FALSE(expect_all_match(norm_kernels(), op, {1e-4, 1e-4}).empty());
}

TEST(RowNorm, NumbersWorkedOutByHand) {
  TestOp op{"LayerNormV3", {}, {{float_tensor({1, 4}, {1, 3, 5, 7})}}, {plain({1, 4})}};
  op.inputs.push_back({float_tensor({4}, {1, 1, 2, 2})});
  op.inputs.push_back({float_tensor({4}, {0, 10, 0, 10})});
  op.attrs.set("begin_norm_axis", int64_t{-1});
  op.attrs.set("epsilon", 4.0f);  // variance 5: a spread of 3
  op.outputs.push_back(plain({1, 1}));
  op.outputs.push_back(plain({1, 1}));
  const auto result = run_reference(norm_kernels(), op);
  ASSERT_TRUE(result.ok()) << result.status().message();
  EXPECT_TRUE(tensors_match((*result)[0], float_tensor({1, 4}, {-1, 10 - 1 / 3.0f, 2 / 3.0f, 12})));
  EXPECT_TRUE(tensors_match((*result)[1], float_tensor({1, 1}, {4})));
  EXPECT_TRUE(tensors_match((*result)[2], float_tensor({1, 1}, {1 / 3.0f})));
}

TEST(RowNorm, DoubleIsKept) {
  const double values[] = {1, 2, 3, 1e9 + 1};
  TestOp op{"RmsNorm",
            {},
            {{Tensor::from<double>(DataType::kDouble, {1, 4}, values)}},
            {plain({1, 4}, DataType::kDouble)}};
  op.attrs.set("epsilon", 0.0f);
  const auto result = run_reference(norm_kernels(), op);
  ASSERT_TRUE(result.ok()) << result.status().message();
  const double rms = std::sqrt((1 + 4 + 9 + values[3] * values[3]) / 4);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR((*result)[0].as<double>()[i], values[i] / rms, 1e-15);
  }
}

TEST(RowNorm, ParametersOfAnotherSizeAreDeclined) {
  TestOp op = row_norm("LayerNormV3", {2, 8}, 7, true, false);
  for (const KernelImpl* kernel : norm_kernels()) {
    if (op.type != kernel->op) continue;
    const auto result = run_kernel(*kernel, op);
    ASSERT_FALSE(result.ok()) << kernel->name;
    EXPECT_NE(result.status().message().find("[7]"), std::string_view::npos);
  }
}

}  // namespace
}  // namespace poacl::kernel_test
