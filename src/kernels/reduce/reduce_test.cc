#include <cmath>
#include <limits>

#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl::kernel_test {
namespace {

TestOp reduce(const std::string& type, Tensor x, const std::vector<int64_t>& axes,
              Layout layout = Layout::kPlain) {
  Dims out = x.dims;
  for (const int64_t axis : axes) out[static_cast<size_t>(axis)] = 1;
  TestOp op{type, {}, {}, {{x.dtype, out, Layout::kPlain}}};
  op.inputs.push_back({std::move(x), false, layout});
  op.inputs.push_back({int64_tensor({static_cast<int64_t>(axes.size())}, axes), true});
  op.attrs.set("keep_dims", true);
  return op;
}

TEST(Reduce, AxesAndLayouts) {
  for (const char* type : {"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin"}) {
    for (const auto& axes : {std::vector<int64_t>{2, 3}, {0}, {1}, {3}, {0, 1, 2, 3}, {1, 2}}) {
      for (const Layout layout : {Layout::kPlain, Layout::kBlocked8, Layout::kBlocked16}) {
        for (const int64_t c : {5, 16, 33}) {
          const TestOp op = reduce(type, random_tensor({2, c, 7, 9}, 1), axes, layout);
          EXPECT_FALSE(expect_all_match(reduce_kernels(), op, {1e-5, 1e-4}).empty()) << type;
        }
      }
    }
    EXPECT_TRUE(
        expect_all_match(reduce_kernels(), reduce(type, random_tensor({2, 3, 4}, 1), {0, 2}))
            .empty());
  }
}

TEST(Reduce, NanWinsAndZerosKeepTheirSign) {
  std::vector<float> values(64);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  values[3] = std::numeric_limits<float>::quiet_NaN();
  for (const char* type : {"ReduceMax", "ReduceMin"}) {
    for (const auto& axes : {std::vector<int64_t>{0}, {0, 1}}) {
      const TestOp op = reduce(type, Tensor::from<float>(DataType::kFloat, {16, 4}, values), axes);
      EXPECT_FALSE(expect_all_match(reduce_kernels(), op).empty());
    }
  }
  const TestOp zeros = reduce("ReduceMin", float_tensor({40}, std::vector<float>(40, 0.0f)), {0});
  for (const KernelImpl* kernel : reduce_kernels()) {
    if (kernel->isa > detected_isa() || std::string_view(kernel->op) != "ReduceMin") continue;
    const auto result = run_kernel(*kernel, zeros);
    ASSERT_TRUE(result.ok()) << kernel->name;
    EXPECT_FALSE(std::signbit((*result)[0].as<float>()[0])) << kernel->name;
  }
}

TEST(Reduce, EmptyAndScalarInputs) {
  expect_all_match(reduce_kernels(), reduce("ReduceSum", random_tensor({0, 3}, 1), {0}));
  TestOp scalar{
      "ReduceMax", {}, {{float_tensor({}, {4})}}, {{DataType::kFloat, {}, Layout::kPlain}}};
  EXPECT_FALSE(expect_all_match(reduce_kernels(), scalar).empty());
}

TEST(Reduce, IntegersStayExact) {
  const int64_t big = int64_t{1} << 60;
  auto result =
      run_reference(reduce_kernels(), reduce("ReduceSum", int64_tensor({3}, {big, 1, -big}), {0}));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ((*result)[0].as<int64_t>()[0], 1);
  result = run_reference(reduce_kernels(), reduce("ReduceProd", int64_tensor({3}, {2, 3, 7}), {0}));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ((*result)[0].as<int64_t>()[0], 42);
}

TEST(ArgMax, FirstOfEqualsAlongAnyDimension) {
  TestOp op{"ArgMaxV2", {}, {}, {{DataType::kInt64, {2}, Layout::kPlain}}};
  op.inputs.push_back({float_tensor({2, 3}, {1, 5, 5, 4, 2, 3})});
  op.inputs.push_back({int64_tensor({}, {-1}), true});
  auto result = run_reference(reduce_kernels(), op);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(tensors_match((*result)[0], int64_tensor({2}, {1, 0})));
  op.type = "ArgMinV2";
  op.inputs[1] = {int64_tensor({}, {0}), true};
  op.outputs[0].dims = {3};
  result = run_reference(reduce_kernels(), op);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(tensors_match((*result)[0], int64_tensor({3}, {0, 1, 1})));
}

}  // namespace
}  // namespace poacl::kernel_test
