#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl::kernel_test {
namespace {

// x [2, 3, 2], target [2, 2].
TestOp loss(const std::string& reduction, bool weight) {
  TestOp op;
  op.type = "NLLLoss";
  op.attrs.set("reduction", reduction);
  op.inputs = {{float_tensor({2, 3, 2}, {-1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12})},
               {int64_tensor({2, 2}, {0, 2, 1, 1})}};
  if (weight) op.inputs.push_back({float_tensor({3}, {1, 10, 100})});
  op.outputs = {{DataType::kFloat, reduction == "none" ? Dims{2, 2} : Dims{}},
                {DataType::kFloat, {}}};
  return op;
}

void expect_loss(const TestOp& op, const std::vector<float>& y, float total) {
  const auto result = run_reference(loss_kernels(), op);
  ASSERT_TRUE(result.ok()) << result.status().message();
  EXPECT_TRUE(tensors_match((*result)[0], float_tensor(op.outputs[0].dims, y)));
  EXPECT_TRUE(tensors_match((*result)[1], float_tensor({}, {total})));
}

TEST(NllLoss, Reductions) {
  expect_loss(loss("none", false), {1, 6, 9, 10}, 4);
  expect_loss(loss("sum", false), {26}, 4);
  expect_loss(loss("mean", false), {6.5f}, 4);
}

TEST(NllLoss, WeightsAndIgnoredClasses) {
  expect_loss(loss("none", true), {1, 600, 90, 100}, 121);
  expect_loss(loss("mean", true), {791 / 121.0f}, 121);
  TestOp op = loss("mean", true);
  op.attrs.set("ignore_index", int64_t{2});
  expect_loss(op, {191 / 21.0f}, 21);
  op.inputs[1] = {int64_tensor({2, 2}, {0, -1, 7, 1})};
  expect_loss(op, {101 / 11.0f}, 11);
}

}  // namespace
}  // namespace poacl::kernel_test
