// Moving blocks: against numbers worked out by hand, and forth and back.
#include <numeric>
#include <string>
#include <vector>

#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl {
namespace {

using kernel_test::expect_all_match;
using kernel_test::float_tensor;
using kernel_test::int64_tensor;
using kernel_test::random_tensor;
using kernel_test::run_reference;
using kernel_test::TestOp;

Tensor reference(const TestOp& op) {
  expect_all_match(block_kernels(), op);
  const auto result = run_reference(block_kernels(), op);
  EXPECT_TRUE(result.ok()) << result.status().message();
  return result.ok() ? (*result)[0] : Tensor{};
}

std::vector<float> floats(const TestOp& op) {
  const Tensor y = reference(op);
  const auto values = y.as<float>();
  return {values.begin(), values.end()};
}

std::vector<float> counted(size_t count) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), 0.0f);
  return values;
}

TestOp make_blocks(const std::string& type, const Tensor& x, const Dims& y,
                   const std::string& mode) {
  TestOp op;
  op.type = type;
  op.attrs.set("block_size", int64_t{2});
  op.attrs.set("mode", mode);
  op.inputs = {{x}};
  op.outputs = {{x.dtype, y}};
  return op;
}

TEST(DepthToSpace, OrdersOfChannels) {
  // Eight channels of one row of two cells: channel k holds 2k and 2k + 1.
  const Tensor x = float_tensor({1, 8, 1, 2}, counted(16));
  EXPECT_EQ(floats(make_blocks("DepthToSpace", x, {1, 2, 2, 4}, "DCR")),
            (std::vector<float>{0, 4, 1, 5, 8, 12, 9, 13, 2, 6, 3, 7, 10, 14, 11, 15}));
  EXPECT_EQ(floats(make_blocks("DepthToSpace", x, {1, 2, 2, 4}, "CRD")),
            (std::vector<float>{0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15}));
}

TEST(DepthToSpace, BackAgain) {
  const Tensor x = random_tensor({2, 12, 3, 5}, 1);
  const Tensor wide = reference(make_blocks("DepthToSpace", x, {2, 3, 6, 10}, "DCR"));
  EXPECT_TRUE(
      kernel_test::tensors_match(reference(make_blocks("SpaceToDepth", wide, x.dims, "DCR")), x));
}

TEST(Col2im, OverlapsAdd) {
  TestOp op;
  op.type = "Col2im";
  op.inputs = {{float_tensor({1, 2, 3}, {1, 2, 3, 10, 20, 30})},
               {int64_tensor({1}, {4}), true},
               {int64_tensor({1}, {2}), true}};
  op.outputs = {{DataType::kFloat, {1, 1, 4}}};
  EXPECT_EQ(floats(op), (std::vector<float>{1, 12, 23, 30}));
  // Windows at -1 and 1 with taps two apart.
  op.attrs.set("padding", std::vector<int64_t>{1, 1});
  op.attrs.set("dilation", std::vector<int64_t>{2});
  op.attrs.set("stride", std::vector<int64_t>{2});
  op.inputs[0].tensor = float_tensor({1, 2, 2}, {1, 2, 10, 20});
  EXPECT_EQ(floats(op), (std::vector<float>{0, 12, 0, 20}));
}

TEST(CenterCropPad, MiddleOfBoth) {
  TestOp op;
  op.type = "CenterCropPad";
  op.inputs = {{float_tensor({2, 5}, counted(10))}, {int64_tensor({2}, {5, 2}), true}};
  op.outputs = {{DataType::kFloat, {5, 2}}};
  EXPECT_EQ(floats(op), (std::vector<float>{0, 0, 1, 2, 6, 7, 0, 0, 0, 0}));
}

}  // namespace
}  // namespace poacl
