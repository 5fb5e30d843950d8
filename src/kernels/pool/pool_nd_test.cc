// Pools over three dimensions, with positions, dilations and powers, against numbers worked out by
// hand or by another way.
#include <cmath>
#include <string>
#include <vector>

#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl {
namespace {

using kernel_test::float_tensor;
using kernel_test::int64_tensor;
using kernel_test::random_tensor;
using kernel_test::run_kernel;
using kernel_test::run_reference;
using kernel_test::TestOp;

TestOp make_pool(const std::string& type, const Tensor& x, const Dims& y,
                 const std::vector<int64_t>& ksize) {
  TestOp op;
  op.type = type;
  op.attrs.set("ksize", ksize);
  op.inputs.push_back({x});
  op.outputs.push_back({x.dtype, y});
  return op;
}

std::vector<Tensor> reference(const TestOp& op) {
  auto result = run_reference(pool_kernels(), op);
  EXPECT_TRUE(result.ok()) << result.status().message();
  return result.ok() ? *result : std::vector<Tensor>(2);
}

std::vector<float> floats(const TestOp& op) {
  const Tensor y = reference(op)[0];
  const auto values = y.as<float>();
  return {values.begin(), values.end()};
}

// A window over three dimensions is one over two, followed by one over the depth.
TEST(PoolNd, ThreeDimensionsAreTwoAfterOne) {
  const Tensor x = random_tensor({2, 3, 4, 6, 5}, 1);
  TestOp all = make_pool("MaxPool3D", x, {2, 3, 3, 5, 3}, {1, 1, 2, 2, 3});
  TestOp planes = make_pool("MaxPool3D", x, {2, 3, 4, 5, 3}, {1, 1, 1, 2, 3});
  TestOp depth = make_pool("MaxPool3D", reference(planes)[0], {2, 3, 3, 5, 3}, {1, 1, 2, 1, 1});
  EXPECT_EQ(floats(all), floats(depth));
  all.type = planes.type = depth.type = "AvgPool3D";
  depth.inputs[0].tensor = reference(planes)[0];
  EXPECT_TRUE(kernel_test::tensors_match(reference(all)[0], reference(depth)[0]));
}

TEST(PoolNd, PositionsOfMaxima) {
  TestOp op = make_pool("MaxPoolWithArgmaxV2",
                        float_tensor({1, 2, 2, 3}, {1, 9, 2, 3, 4, 8,  //
                                                    7, 7, 7, 7, 7, 7}),
                        {1, 2, 1, 2}, {1, 1, 2, 2});
  op.outputs.push_back({DataType::kInt64, {1, 2, 1, 2}});
  auto result = reference(op);
  EXPECT_TRUE(kernel_test::tensors_match(result[0], float_tensor({1, 2, 1, 2}, {9, 9, 7, 7})));
  // The first of equals.
  EXPECT_TRUE(kernel_test::tensors_match(result[1], int64_tensor({1, 2, 1, 2}, {1, 1, 6, 7})));
  op.attrs.set("storage_order", int64_t{1});
  EXPECT_TRUE(
      kernel_test::tensors_match(reference(op)[1], int64_tensor({1, 2, 1, 2}, {2, 2, 6, 8})));
}

TEST(PoolNd, UnpoolUndoes) {
  TestOp op;
  op.type = "MaxUnpool";
  op.attrs.set("ksize", std::vector<int64_t>{2, 2});
  op.attrs.set("strides", std::vector<int64_t>{2, 2});
  op.inputs.push_back({float_tensor({1, 1, 2, 2}, {1, 2, 3, 4})});
  op.inputs.push_back({int64_tensor({1, 1, 2, 2}, {5, 7, 13, 15})});
  op.outputs.push_back({DataType::kFloat, {1, 1, 4, 4}});
  EXPECT_EQ(floats(op), (std::vector<float>{0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4}));
  // A larger result keeps rows and columns.
  op.outputs[0].dims = {1, 1, 4, 5};
  EXPECT_EQ(floats(op), (std::vector<float>{0, 0, 0, 0, 0, 0, 1, 0, 2, 0,  //
                                            0, 0, 0, 0, 0, 0, 3, 0, 4, 0}));
  // Positions that do not exist are left out.
  op.inputs[1].tensor = int64_tensor({1, 1, 2, 2}, {-1, 16, 1000000, 0});
  const auto y = floats(op);
  EXPECT_EQ(y[0], 4);
  for (size_t i = 1; i < y.size(); ++i) EXPECT_EQ(y[i], 0);
}

TEST(PoolNd, Powers) {
  TestOp op =
      make_pool("LpPool2D", float_tensor({1, 1, 1, 3}, {3, -4, 12}), {1, 1, 1, 2}, {1, 1, 1, 2});
  op.attrs.set("p", 2.0f);
  const auto y = floats(op);
  EXPECT_FLOAT_EQ(y[0], 5.0f);
  EXPECT_FLOAT_EQ(y[1], std::sqrt(160.0f));
  op.attrs.set("p", 1.0f);
  EXPECT_EQ(floats(op), (std::vector<float>{7, 16}));
  op = make_pool("GlobalLpPool", float_tensor({1, 2, 2}, {3, 4, 5, 12}), {1, 2, 1}, {});
  op.attrs.set("p", 2.0f);
  EXPECT_EQ(floats(op), (std::vector<float>{5, 13}));
}

TEST(PoolNd, DilatedAverages) {
  // Cells 0 and 2 of a window, -1 and 1 of the one in the padding.
  TestOp op = make_pool("AvgPool3D", float_tensor({1, 1, 1, 1, 4}, {1, 2, 3, 4}), {1, 1, 1, 1, 3},
                        {1, 1, 1, 1, 2});
  op.attrs.set("dilations", std::vector<int64_t>{1, 1, 1, 1, 2});
  op.attrs.set("pads", std::vector<int64_t>{0, 0, 0, 0, 1, 0});
  EXPECT_EQ(floats(op), (std::vector<float>{2, 2, 3}));
  op.attrs.set("exclusive", false);
  EXPECT_EQ(floats(op), (std::vector<float>{1, 2, 3}));
}

TEST(PoolNd, BytesAndDoubles) {
  const int8_t x[] = {-3, -2, -1, -128};
  TestOp op = make_pool("MaxPool3D", Tensor::from<int8_t>(DataType::kInt8, {1, 1, 1, 1, 4}, x),
                        {1, 1, 1, 1, 3}, {1, 1, 1, 1, 2});
  const int8_t y[] = {-2, -1, -1};
  EXPECT_TRUE(kernel_test::tensors_match(
      reference(op)[0], Tensor::from<int8_t>(DataType::kInt8, {1, 1, 1, 1, 3}, y)));
  const double d[] = {1, 1 + 1e-12};
  op = make_pool("AvgPool3D", Tensor::from<double>(DataType::kDouble, {1, 1, 1, 1, 2}, d),
                 {1, 1, 1, 1, 1}, {1, 1, 1, 1, 2});
  EXPECT_DOUBLE_EQ(reference(op)[0].as<double>()[0], 1 + 5e-13);
  op.inputs[0].tensor.dtype = op.outputs[0].dtype = DataType::kInt64;
  EXPECT_EQ(run_reference(pool_kernels(), op).status().code(), kDeclined);
}

}  // namespace
}  // namespace poacl
