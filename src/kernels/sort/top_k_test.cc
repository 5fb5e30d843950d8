#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl::kernel_test {
namespace {

TestOp top_k(Tensor x, int64_t k, int64_t axis, bool largest,
             DataType index_type = DataType::kInt64) {
  Dims out = x.dims;
  out[static_cast<size_t>(axis)] = k;
  const DataType type = x.dtype;
  TestOp op{"TopKV2",
            {},
            {{std::move(x)}, {int64_tensor({1}, {k}), true}},
            {{type, out, Layout::kPlain}, {index_type, out, Layout::kPlain}}};
  op.attrs.set("dim", axis);
  op.attrs.set("largest", largest);
  op.attrs.set("sorted", true);
  op.attrs.set("indices_dtype", index_type);
  return op;
}

TEST(TopK, EqualElementsComeInOrderAndNanIsGreatest) {
  const Tensor x = float_tensor({6}, {2, 7, NAN, 7, -1, NAN});
  auto result = run_reference(sort_kernels(), top_k(x, 4, 0, true));
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(tensors_match((*result)[0], float_tensor({4}, {NAN, NAN, 7, 7})));
  EXPECT_TRUE(tensors_match((*result)[1], int64_tensor({4}, {2, 5, 1, 3})));
  result = run_reference(sort_kernels(), top_k(x, 3, 0, false));
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(tensors_match((*result)[0], float_tensor({3}, {-1, 2, 7})));
  EXPECT_TRUE(tensors_match((*result)[1], int64_tensor({3}, {4, 0, 1})));
}

TEST(TopK, SelectionMatchesTheReference) {
  for (int64_t axis = 0; axis < 3; ++axis) {
    for (const int64_t k : {0, 1, 3, 5}) {
      for (const bool largest : {true, false}) {
        const TestOp op = top_k(random_tensor({5, 6, 7}, 3), k, axis, largest, DataType::kInt32);
        EXPECT_FALSE(expect_all_match(sort_kernels(), op, {0, 0}).empty());
      }
    }
  }
  // Long lines take the other way; many elements are equal.
  std::vector<int64_t> values;
  for (int64_t i = 0; i < 5000; ++i) values.push_back(i * 7919 % 97);
  for (const int64_t k : {10, 400, 5000}) {
    const TestOp op = top_k(int64_tensor({5000}, values), k, 0, true);
    EXPECT_FALSE(expect_all_match(sort_kernels(), op).empty());
  }
}

TEST(TopK, TheValuesAloneWillDo) {
  TestOp op = top_k(float_tensor({3}, {1, 3, 2}), 2, 0, true);
  op.outputs.pop_back();
  EXPECT_FALSE(expect_all_match(sort_kernels(), op).empty());
}

TEST(TopK, UnsignedNumbersBeyondTheSignedOnes) {
  const std::vector<uint64_t> values = {1, UINT64_MAX, uint64_t{1} << 63};
  const Tensor x = Tensor::from<uint64_t>(DataType::kUint64, {3}, values);
  const auto result = run_reference(sort_kernels(), top_k(x, 2, 0, true));
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(tensors_match((*result)[1], int64_tensor({2}, {1, 2})));
}

}  // namespace
}  // namespace poacl::kernel_test
