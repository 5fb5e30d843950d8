// Products in bfloat16 against the reference, on factors that are bfloat16 already.
#include "kernels/bf16/bf16_test_util.h"
#include "kernels/families.h"

namespace poacl {
namespace {

using namespace bf16_test;
using kernel_test::TestInput;
using kernel_test::TestOp;

// Sums of floats in another order; GELU is good to 1e-4 and 2e-5 of x.
constexpr kernel_test::Tolerance kSums = {1e-5, 4e-5};
constexpr kernel_test::Tolerance kGelu = {3e-5, 1.5e-4};

TestOp product(Dims a, Dims b, const Dims& y, bool ta, bool tb, bool constant, bool extras) {
  TestOp op;
  const bool batched = y.size() > 2;
  op.type = batched ? "BatchMatMulV2" : "MatMulV2";
  op.attrs.set(batched ? "adj_x1" : "transpose_x1", ta);
  op.attrs.set(batched ? "adj_x2" : "transpose_x2", tb);
  op.attrs.set(std::string(kComputeTypeAttr), DataType::kBfloat16);
  if (ta) std::swap(a[a.size() - 1], a[a.size() - 2]);
  if (tb) std::swap(b[b.size() - 1], b[b.size() - 2]);
  op.inputs.push_back({random_bf16(a, 1)});
  op.inputs.push_back({random_bf16(b, 2), constant});
  op.inputs.push_back(extras ? TestInput{kernel_test::random_tensor({y.back()}, 3), constant}
                             : TestInput::absent());
  op.inputs.push_back(extras ? TestInput{kernel_test::random_tensor(y, 4)} : TestInput::absent());
  if (extras) set_activation(op.attrs, {ActivationKind::kGelu, 0.0f, 0.0f});
  op.outputs.push_back({DataType::kFloat, y});
  return op;
}

void check(const Dims& a, const Dims& b, const Dims& y) {
  for (const int bits : {0, 1, 2, 3, 4, 5, 6, 7, 8, 15}) {
    const TestOp op = product(a, b, y, bits & 1, bits & 2, bits & 4, bits & 8);
    SCOPED_TRACE(::testing::Message()
                 << dims_to_string(a) << " x " << dims_to_string(b) << " case " << bits);
    expect_matches(y.size() > 2 ? "batch_matmul.gemm.bf16" : "matmul.gemm.bf16", matmul_kernels(),
                   op, bits & 8 ? kGelu : kSums);
  }
}

TEST(Bf16MatMul, Shapes) {
  POACL_NEEDS_BF16();
  const int64_t sizes[][3] = {{1, 1, 1},    {1, 64, 100}, {3, 7, 5},     {14, 32, 32},
                              {15, 33, 31}, {16, 20, 1},  {29, 1, 48},   {100, 50, 17},
                              {2, 301, 70}, {5, 2, 16},   {129, 64, 96}, {270, 31, 40}};
  for (const auto& s : sizes) check({s[0], s[1]}, {s[1], s[2]}, {s[0], s[2]});
}

TEST(Bf16MatMul, Batches) {
  POACL_NEEDS_BF16();
  check({3, 5, 7}, {3, 7, 9}, {3, 5, 9});
  check({2, 3, 17, 8}, {2, 3, 8, 33}, {2, 3, 17, 33});
  check({2, 1, 3, 5, 7}, {1, 4, 1, 7, 9}, {2, 4, 3, 5, 9});
}

TEST(Bf16MatMul, EmptySum) {
  POACL_NEEDS_BF16();
  expect_matches("matmul.gemm.bf16", matmul_kernels(),
                 product({5, 0}, {0, 7}, {5, 7}, false, false, true, true), kGelu);
}

// The factors are rounded to the nearest, and nothing else is.
TEST(Bf16MatMul, RoundsFactors) {
  POACL_NEEDS_BF16();
  TestOp op = product({9, 40}, {40, 21}, {9, 21}, false, false, true, true);
  op.inputs[0].tensor = kernel_test::random_tensor({9, 40}, 5);
  op.inputs[1].tensor = kernel_test::random_tensor({40, 21}, 6);
  TestOp beside = op;
  for (size_t i = 0; i < 2; ++i) beside.inputs[i].tensor = rounded(op.inputs[i].tensor);
  const auto expected = kernel_test::run_reference(matmul_kernels(), beside);
  ASSERT_TRUE(expected.ok());
  const auto actual = kernel_test::run_kernel(*find_kernel("matmul.gemm.bf16"), op);
  ASSERT_TRUE(actual.ok()) << actual.status().message();
  EXPECT_TRUE(kernel_test::tensors_match((*actual)[0], (*expected)[0], kGelu));
}

TEST(Bf16MatMul, DeclinesWithoutLeave) {
  POACL_NEEDS_BF16();
  TestOp op = product({3, 4}, {4, 5}, {3, 5}, false, false, true, false);
  op.attrs.erase(kComputeTypeAttr);
  EXPECT_NE(reason("matmul.gemm.bf16", op).find("computes in float"), std::string::npos);
}

}  // namespace
}  // namespace poacl
