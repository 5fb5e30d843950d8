#include <cmath>
#include <limits>

#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl::kernel_test {
namespace {

TensorDesc plain(Dims dims) {
  return {DataType::kFloat, std::move(dims), Layout::kPlain};
}

TestOp softmax(const std::string& type, Tensor x, std::vector<int64_t> axes) {
  TestOp op{type, {}, {}, {plain(x.dims)}};
  op.inputs.push_back({std::move(x)});
  op.attrs.set("axes", std::move(axes));
  return op;
}

TEST(Softmax, EveryAxisAndLength) {
  for (const char* type : {"SoftmaxV2", "LogSoftmaxV2"}) {
    for (const Dims& dims :
         {Dims{1, 1000}, Dims{3, 7}, Dims{1}, Dims{2, 5, 3, 9}, Dims{4, 17, 33}}) {
      for (size_t axis = 0; axis < dims.size(); ++axis) {
        const TestOp op =
            softmax(type, random_tensor(dims, 3, -6.0f, 6.0f), {static_cast<int64_t>(axis)});
        EXPECT_FALSE(expect_all_match(norm_kernels(), op, {2e-6, 2e-6}).empty());
      }
    }
    const Tensor x = random_tensor({2, 3, 4, 5}, 4, -3.0f, 3.0f);
    EXPECT_FALSE(
        expect_all_match(norm_kernels(), softmax(type, x, {1, 2, 3}), {2e-6, 2e-6}).empty());
    EXPECT_TRUE(expect_all_match(norm_kernels(), softmax(type, x, {1, 3}), {2e-6, 2e-6}).empty());
  }
}

TEST(Softmax, LargeNumbersDoNotOverflow) {
  const TestOp op = softmax("SoftmaxV2", float_tensor({1, 3}, {1e30f, 1e30f, -1e30f}), {1});
  expect_all_match(norm_kernels(), op);
  for (const KernelImpl* kernel : norm_kernels()) {
    if (op.type != kernel->op || kernel->isa > detected_isa()) continue;
    const auto result = run_kernel(*kernel, op);
    ASSERT_TRUE(result.ok()) << kernel->name;
    EXPECT_TRUE(tensors_match((*result)[0], float_tensor({1, 3}, {0.5f, 0.5f, 0.0f})))
        << kernel->name;
  }
}

TEST(Softmax, LogarithmKeepsItsDigitsNextToLargeNumbers) {
  const Tensor x = float_tensor({2, 4}, {0, 1, 2, 3, 10000, 10001, 10002, 10003});
  EXPECT_FALSE(
      expect_all_match(norm_kernels(), softmax("LogSoftmaxV2", x, {1}), {1e-6, 1e-6}).empty());
  EXPECT_FALSE(
      expect_all_match(norm_kernels(), softmax("LogSoftmaxV2", x, {0}), {1e-6, 1e-6}).empty());
}

TEST(Softmax, SumsToOne) {
  const TestOp op = softmax("SoftmaxV2", random_tensor({5, 1001}, 8, -20.0f, 20.0f), {1});
  const auto result = run_reference(norm_kernels(), op);
  ASSERT_TRUE(result.ok());
  const auto y = (*result)[0].as<float>();
  for (size_t row = 0; row < 5; ++row) {
    double sum = 0;
    for (size_t i = 0; i < 1001; ++i) sum += y[row * 1001 + i];
    EXPECT_NEAR(sum, 1.0, 1e-5);
  }
}

TEST(Lrn, WindowsLargerThanTheChannelsAndOddExponents) {
  for (const int64_t radius : {0, 1, 2, 9}) {
    for (const float beta : {0.75f, 0.5f, 1.0f, 0.3f}) {
      const Tensor x = random_tensor({2, 5, 17, 19}, 5, -2.0f, 2.0f);
      TestOp op{"LRN", {}, {{x}}, {plain(x.dims)}};
      op.attrs.set("depth_radius", radius);
      op.attrs.set("alpha", 0.2f);
      op.attrs.set("beta", beta);
      op.attrs.set("bias", 2.0f);
      EXPECT_FALSE(expect_all_match(norm_kernels(), op).empty());
    }
  }
}

TEST(Lrn, EvenSizesReachOneFurtherBehind) {
  TestOp op{"LRN", {}, {{float_tensor({1, 3, 1}, {1, 2, 3})}}, {plain({1, 3, 1})}};
  op.attrs.set("depth_radius", int64_t{0});
  op.attrs.set("even_size", true);
  op.attrs.set("alpha", 1.0f);
  op.attrs.set("beta", 1.0f);
  op.attrs.set("bias", 0.0f);
  EXPECT_FALSE(expect_all_match(norm_kernels(), op).empty());
  const auto result = run_reference(norm_kernels(), op);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(
      tensors_match((*result)[0], float_tensor({1, 3, 1}, {1 / 5.0f, 2 / 13.0f, 3 / 9.0f})));
}

TEST(BatchNorm, DoubleIsKept) {
  const double x[] = {1e9 + 1, 1e9 + 3};
  const double one[] = {1};
  const double zero[] = {0};
  const double mean[] = {1e9};
  const auto tensor = [](Dims dims, std::span<const double> values) {
    return Tensor::from<double>(DataType::kDouble, std::move(dims), values);
  };
  TestOp op{"BatchNorm", {}, {{tensor({2, 1}, x)}}, {{DataType::kDouble, {2, 1}}}};
  op.inputs.push_back({tensor({1}, one)});
  op.inputs.push_back({tensor({1}, zero)});
  op.inputs.push_back({tensor({1}, mean)});
  op.inputs.push_back({tensor({1}, one)});
  op.attrs.set("epsilon", 0.0f);
  const auto result = run_reference(norm_kernels(), op);
  ASSERT_TRUE(result.ok()) << result.status().message();
  EXPECT_EQ((*result)[0].as<double>()[0], 1.0);
  EXPECT_EQ((*result)[0].as<double>()[1], 3.0);
}

TestOp batch_norm(const Dims& dims, Layout layout, bool constant) {
  TestOp op{"BatchNorm", {}, {{random_tensor(dims, 1), false, layout}}, {plain(dims)}};
  for (uint32_t i = 0; i < 4; ++i) {
    op.inputs.push_back({random_tensor({dims[1]}, 10 + i, i == 3 ? 0.5f : -1.0f, 2.0f), constant});
  }
  op.attrs.set("epsilon", 1e-3f);
  return op;
}

TEST(BatchNorm, PlainAndBlocked) {
  for (const int64_t c : {1, 3, 16, 37}) {
    for (const Layout layout : {Layout::kPlain, Layout::kBlocked8, Layout::kBlocked16}) {
      EXPECT_FALSE(
          expect_all_match(norm_kernels(), batch_norm({2, c, 5, 7}, layout, true)).empty());
    }
    EXPECT_FALSE(
        expect_all_match(norm_kernels(), batch_norm({3, c}, Layout::kPlain, true)).empty());
    EXPECT_TRUE(
        expect_all_match(norm_kernels(), batch_norm({2, c, 3}, Layout::kPlain, false)).empty());
  }
}

}  // namespace
}  // namespace poacl::kernel_test
