// Every MatMulV2 and BatchMatMulV2 kernel against the reference on awkward shapes.
#include <string>
#include <vector>

#include "kernels/activation.h"
#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl {
namespace {

using kernel_test::expect_all_match;
using kernel_test::random_tensor;
using kernel_test::TestInput;
using kernel_test::TestOp;

constexpr kernel_test::Tolerance kTolerance = {1e-5, 4e-5};

struct Extras {
  bool constant = true;  // x2 and bias
  bool bias = false;
  bool residual = false;
  Activation activation = {};
};

TestOp make_matmul(Dims a, Dims b, Dims y, bool ta, bool tb, const Extras& extras) {
  TestOp op;
  const bool batched = y.size() > 2;
  op.type = batched ? "BatchMatMulV2" : "MatMulV2";
  op.attrs.set(batched ? "adj_x1" : "transpose_x1", ta);
  op.attrs.set(batched ? "adj_x2" : "transpose_x2", tb);
  set_activation(op.attrs, extras.activation);
  if (ta) std::swap(a[a.size() - 1], a[a.size() - 2]);
  if (tb) std::swap(b[b.size() - 1], b[b.size() - 2]);
  op.inputs.push_back({random_tensor(a, 1)});
  op.inputs.push_back({random_tensor(b, 2), extras.constant});
  op.inputs.push_back(extras.bias ? TestInput{random_tensor({y.back()}, 3), extras.constant}
                                  : TestInput::absent());
  op.inputs.push_back(extras.residual ? TestInput{random_tensor(y, 4)} : TestInput::absent());
  op.outputs.push_back({DataType::kFloat, y});
  return op;
}

void check(const Dims& a, const Dims& b, const Dims& y, bool ta, bool tb, const Extras& extras) {
  SCOPED_TRACE(::testing::Message()
               << dims_to_string(a) << (ta ? "^T" : "") << " x " << dims_to_string(b)
               << (tb ? "^T" : "") << " constant " << extras.constant << " bias " << extras.bias
               << " residual " << extras.residual << " activation "
               << activation_name(extras.activation.kind));
  const auto names =
      expect_all_match(matmul_kernels(), make_matmul(a, b, y, ta, tb, extras), kTolerance);
  EXPECT_FALSE(names.empty());
}

TEST(MatMul, Shapes) {
  const int64_t sizes[][3] = {{1, 1, 1},   {1, 64, 100}, {3, 7, 5},     {14, 32, 32}, {15, 33, 31},
                              {16, 20, 1}, {29, 1, 48},  {100, 50, 17}, {2, 300, 70}};
  for (const auto& s : sizes) {
    for (const bool ta : {false, true}) {
      for (const bool tb : {false, true}) {
        for (const bool constant : {true, false}) {
          const Dims a = {s[0], s[1]};
          const Dims b = {s[1], s[2]};
          const Dims y = {s[0], s[2]};
          check(a, b, y, ta, tb, {constant, false, false, {}});
          check(a, b, y, ta, tb, {constant, true, true, {ActivationKind::kRelu, 0, 0}});
        }
      }
    }
  }
}

TEST(MatMul, Activations) {
  for (const Activation& a : {Activation{ActivationKind::kClip, -0.5f, 0.5f},
                              Activation{ActivationKind::kLeakyRelu, 0.1f, 0.0f},
                              Activation{ActivationKind::kSigmoid, 0.0f, 0.0f},
                              Activation{ActivationKind::kTanh, 0.0f, 0.0f},
                              Activation{ActivationKind::kHardSwish, 0.0f, 0.0f},
                              Activation{ActivationKind::kSwish, 0.0f, 0.0f},
                              Activation{ActivationKind::kGelu, 0.0f, 0.0f},
                              Activation{ActivationKind::kGeluTanh, 0.0f, 0.0f}}) {
    check({9, 21}, {21, 45}, {9, 45}, false, false, {true, true, true, a});
  }
}

// More rows than a chunk, more values of k than a strip of panels.
TEST(MatMul, ManyRows) {
  check({300, 70}, {70, 90}, {300, 90}, false, false, {true, true, false, {}});
  check({270, 33}, {33, 40}, {270, 40}, true, true, {false, false, true, {}});
}

// Rows of x1 that lie in one set of the first cache, and sums of several parts.
TEST(MatMul, LongSums) {
  for (const int64_t k : {255, 257, 515, 1024, 2048}) {
    for (const int64_t n : {5, 16, 31, 47}) {
      for (const int64_t m : {1, 2, 3, 5, 13, 29}) {
        check({m, k}, {k, n}, {m, n}, false, false, {true, true, false, {}});
      }
    }
    check({17, k}, {k, 200}, {17, 200}, false, false, {true, false, true, {}});
    check({17, k}, {k, 40}, {17, 40}, true, true, {false, true, false, {}});
  }
}

// Every width of a last vector, with and without an activation that works on whole ones.
TEST(MatMul, LastColumns) {
  for (int64_t n = 1; n <= 34; ++n) {
    for (const int64_t k : {3, 9, 70}) {
      check({31, k}, {k, n}, {31, n}, false, false, {true, true, true, {}});
      check({31, k}, {k, n}, {31, n}, false, false,
            {false, false, true, {ActivationKind::kSigmoid, 0, 0}});
    }
  }
}

// Few tiles are dealt out to the workers evenly; rows of one are not always next to each other.
TEST(MatMul, FewTiles) {
  for (const int64_t m : {2, 15, 28, 29, 43}) {
    for (const bool ta : {false, true}) {
      check({m, 260}, {260, 20}, {m, 20}, ta, false, {true, false, false, {}});
      check({m, 260}, {260, 100}, {m, 100}, ta, true, {false, true, true, {}});
    }
  }
}

TEST(MatMul, EmptySum) {
  check({5, 0}, {0, 7}, {5, 7}, false, false, {true, true, false, {}});
}

TEST(MatMul, Batches) {
  for (const bool constant : {true, false}) {
    for (const bool tb : {false, true}) {
      const Extras plain{constant, false, false, {}};
      const Extras bias{constant, true, false, {ActivationKind::kRelu, 0, 0}};
      check({3, 5, 7}, {3, 7, 9}, {3, 5, 9}, false, tb, plain);
      check({2, 3, 17, 8}, {2, 3, 8, 33}, {2, 3, 17, 33}, true, tb, bias);
      check({4, 5, 7}, {7, 20}, {4, 5, 20}, false, tb, bias);
      check({5, 7}, {4, 7, 20}, {4, 5, 20}, false, tb, plain);
      check({2, 1, 5, 7}, {3, 7, 9}, {2, 3, 5, 9}, false, tb, plain);
      check({2, 1, 3, 5, 7}, {1, 4, 1, 7, 9}, {2, 4, 3, 5, 9}, true, tb, bias);
      check({1, 1, 7}, {1, 7, 9}, {1, 1, 9}, false, tb, plain);
    }
  }
}

// Small matrices, several of them to a chunk and in enough work for all workers.
TEST(MatMul, ManySmallMatrices) {
  for (const bool ta : {false, true}) {
    for (const bool tb : {false, true}) {
      const Extras extras{false, true, true, {ActivationKind::kRelu, 0, 0}};
      check({100, 4, 4}, {100, 4, 4}, {100, 4, 4}, ta, tb, {false, false, false, {}});
      check({70, 16, 33}, {70, 33, 17}, {70, 16, 17}, ta, tb, extras);
      check({9, 70, 40}, {9, 40, 70}, {9, 70, 70}, ta, tb, extras);
      check({3, 2, 50, 40}, {3, 1, 40, 70}, {3, 2, 50, 70}, ta, tb, extras);
      check({2, 270, 20}, {2, 20, 20}, {2, 270, 20}, ta, tb, {false, false, false, {}});
    }
  }
}

TEST(MatMul, Integers) {
  TestOp op;
  op.type = "MatMulV2";
  op.inputs.push_back({kernel_test::int64_tensor({2, 3}, {1, 2, 3, 4, 5, 6})});
  op.inputs.push_back({kernel_test::int64_tensor({3, 2}, {7, -8, 9, 10, 11, 12})});
  op.outputs.push_back({DataType::kInt64, {2, 2}});
  const auto result = kernel_test::run_reference(matmul_kernels(), op);
  ASSERT_TRUE(result.ok()) << result.status().message();
  const auto y = (*result)[0].as<int64_t>();
  EXPECT_EQ(std::vector<int64_t>(y.begin(), y.end()), (std::vector<int64_t>{58, 48, 139, 90}));
}

TEST(MatMul, UnsignedNumbersWrapAround) {
  const uint32_t a[] = {1u << 31, 3};
  const uint32_t b[] = {2, 5};
  TestOp op;
  op.type = "MatMulV2";
  op.inputs.push_back({Tensor::from<uint32_t>(DataType::kUint32, {1, 2}, a)});
  op.inputs.push_back({Tensor::from<uint32_t>(DataType::kUint32, {2, 1}, b)});
  op.outputs.push_back({DataType::kUint32, {1, 1}});
  auto result = kernel_test::run_reference(matmul_kernels(), op);
  ASSERT_TRUE(result.ok()) << result.status().message();
  EXPECT_EQ((*result)[0].as<uint32_t>()[0], 15u);
  const uint64_t wide[] = {uint64_t{1} << 40, 3};
  op.inputs[0] = {Tensor::from<uint64_t>(DataType::kUint64, {1, 2}, wide)};
  op.inputs[1] = {Tensor::from<uint64_t>(DataType::kUint64, {2, 1}, wide)};
  op.outputs[0] = {DataType::kUint64, {1, 1}};
  result = kernel_test::run_reference(matmul_kernels(), op);
  ASSERT_TRUE(result.ok()) << result.status().message();
  EXPECT_EQ((*result)[0].as<uint64_t>()[0], 9u);
}

TEST(MatMul, DeclinesWhatDoesNotFit) {
  TestOp op = make_matmul({3, 4}, {5, 6}, {3, 6}, false, false, {});
  for (const KernelImpl* kernel : matmul_kernels()) {
    if (op.type != kernel->op) continue;
    const auto result = kernel_test::run_kernel(*kernel, op);
    ASSERT_FALSE(result.ok()) << kernel->name;
    EXPECT_EQ(result.status().code(), kDeclined);
    EXPECT_NE(result.status().message().find("[5,6]"), std::string_view::npos);
  }
}

}  // namespace
}  // namespace poacl
