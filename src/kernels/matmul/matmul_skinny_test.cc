// Products of few rows or columns against the reference; each case says whether the kernel takes
// it.
#include <algorithm>
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

struct Case {
  bool ta = false, tb = false;
  bool constant = false;  // x2 and bias
  bool extras = false;    // bias and residual
  Activation activation = {};
};

// Shapes are given as if nothing was transposed.
TestOp product(Dims a, Dims b, const Dims& y, const Case& c) {
  TestOp op;
  const bool batched = y.size() > 2;
  op.type = batched ? "BatchMatMulV2" : "MatMulV2";
  op.attrs.set(batched ? "adj_x1" : "transpose_x1", c.ta);
  op.attrs.set(batched ? "adj_x2" : "transpose_x2", c.tb);
  set_activation(op.attrs, c.activation);
  if (c.ta) std::swap(a[a.size() - 1], a[a.size() - 2]);
  if (c.tb) std::swap(b[b.size() - 1], b[b.size() - 2]);
  op.inputs.push_back({random_tensor(a, 1)});
  op.inputs.push_back({random_tensor(b, 2), c.constant});
  op.inputs.push_back(c.extras ? TestInput{random_tensor({y.back()}, 3), c.constant}
                               : TestInput::absent());
  op.inputs.push_back(c.extras ? TestInput{random_tensor(y, 4)} : TestInput::absent());
  op.outputs.push_back({DataType::kFloat, y});
  return op;
}

bool check(const Dims& a, const Dims& b, const Dims& y, const Case& c) {
  SCOPED_TRACE(::testing::Message()
               << dims_to_string(a) << (c.ta ? "^T" : "") << " x " << dims_to_string(b)
               << (c.tb ? "^T" : "") << " constant " << c.constant << " extras " << c.extras
               << " activation " << activation_name(c.activation.kind));
  const auto names = expect_all_match(matmul_kernels(), product(a, b, y, c), kTolerance);
  return std::count(names.begin(), names.end(),
                    y.size() > 2 ? "batch_matmul.skinny.generic" : "matmul.skinny.generic") == 1;
}

// All ways to store the operands, plain and with bias, residual and activation. Taken are 16 lines
// that lie side by side, dot products of 16 values, and shorter ones of 128 rows.
void check_stored(const Dims& a, const Dims& b, const Dims& y, bool constant, bool few_columns) {
  const int64_t k = a.back();
  const int64_t lines = few_columns ? y[y.size() - 2] : y.back();
  for (const bool ta : {false, true}) {
    for (const bool tb : {false, true}) {
      const bool across = few_columns ? ta : !tb;
      const bool taken = across ? lines >= 16 : k >= 16 || (few_columns && lines >= 128);
      EXPECT_EQ(check(a, b, y, {ta, tb, constant, false, {}}), taken);
      EXPECT_EQ(check(a, b, y, {ta, tb, constant, true, {ActivationKind::kRelu, 0, 0}}), taken);
    }
  }
}

TEST(MatMulSkinny, FewRows) {
  for (const int64_t m : {1, 2, 3, 4}) {
    for (const int64_t k : {1, 7, 16, 37, 257, 600}) {
      for (const int64_t n : {5, 8, 17, 64, 100, 301}) {
        check_stored({m, k}, {k, n}, {m, n}, false, false);
      }
    }
  }
}

TEST(MatMulSkinny, FewColumns) {
  for (const int64_t n : {1, 2, 3, 4}) {
    for (const int64_t k : {1, 4, 15, 16, 33, 300}) {
      for (const int64_t m : {9, 16, 35, 131, 290}) {
        check_stored({m, k}, {k, n}, {m, n}, true, true);
        check_stored({m, k}, {k, n}, {m, n}, false, true);
      }
    }
  }
}

// Enough work for several chunks, and for several blocks of lines.
TEST(MatMulSkinny, ManyLines) {
  check_stored({1, 130}, {130, 2011}, {1, 2011}, false, false);
  check_stored({4, 65}, {65, 1500}, {4, 1500}, false, false);
  check_stored({3001, 70}, {70, 3}, {3001, 3}, true, true);
}

TEST(MatMulSkinny, Batches) {
  check_stored({70, 1, 64}, {70, 64, 64}, {70, 1, 64}, false, false);
  check_stored({2, 3, 3, 40}, {2, 3, 40, 33}, {2, 3, 3, 33}, false, false);
  check_stored({2, 1, 3, 2, 20}, {1, 4, 1, 20, 19}, {2, 4, 3, 2, 19}, false, false);
  check_stored({2, 40}, {5, 40, 21}, {5, 2, 21}, false, false);
  check_stored({3, 50, 24}, {3, 24, 2}, {3, 50, 2}, true, true);
  check_stored({2, 1, 50, 24}, {3, 24, 4}, {2, 3, 50, 4}, false, true);
  // One x2 for all: many rows in all, and few of a batch where x1 is transposed.
  EXPECT_TRUE(check({40, 2, 24}, {24, 3}, {40, 2, 3}, {false, true, true, true, {}}));
  EXPECT_TRUE(check({40, 2, 24}, {24, 30}, {40, 2, 30}, {true, false, false, true, {}}));
}

TEST(MatMulSkinny, Activations) {
  for (const Activation& a : {Activation{ActivationKind::kClip, -0.5f, 0.5f},
                              Activation{ActivationKind::kLeakyRelu, 0.1f, 0.0f},
                              Activation{ActivationKind::kSigmoid, 0.0f, 0.0f},
                              Activation{ActivationKind::kHardSwish, 0.0f, 0.0f},
                              Activation{ActivationKind::kGelu, 0.0f, 0.0f}}) {
    EXPECT_TRUE(check({3, 21}, {21, 45}, {3, 45}, {false, false, false, true, a}));
    EXPECT_TRUE(check({3, 21}, {21, 45}, {3, 45}, {false, true, false, true, a}));
    EXPECT_TRUE(check({45, 21}, {21, 3}, {45, 3}, {false, false, true, true, a}));
    EXPECT_TRUE(check({45, 21}, {21, 3}, {45, 3}, {true, false, true, true, a}));
  }
}

TEST(MatMulSkinny, Declines) {
  EXPECT_FALSE(check({5, 40}, {40, 50}, {5, 50}, {}));
  EXPECT_FALSE(check({1, 40}, {40, 50}, {1, 50}, {false, false, true, false, {}}));
  EXPECT_FALSE(check({2, 0}, {0, 50}, {2, 50}, {}));
  EXPECT_FALSE(check({7, 15}, {15, 2}, {7, 2}, {}));
}

// What lies beside a line's last values does not reach its sum.
TEST(MatMulSkinny, InfinityStaysInItsLine) {
  TestOp op = product({2, 19}, {19, 21}, {2, 21}, {false, true, false, false, {}});
  std::vector<float> values(19 * 21, 0.5f);
  values[19 * 4 + 18] = HUGE_VALF;
  values[19 * 9] = NAN;
  op.inputs[0].tensor = random_tensor({2, 19}, 1, 0.5f, 1.0f);
  op.inputs[1].tensor = kernel_test::float_tensor({21, 19}, values);
  expect_all_match(matmul_kernels(), op, kTolerance);
  op = product({2, 19}, {19, 21}, {2, 21}, {});
  op.inputs[0].tensor = random_tensor({2, 19}, 1, 0.5f, 1.0f);
  op.inputs[1].tensor = kernel_test::float_tensor({19, 21}, values);
  expect_all_match(matmul_kernels(), op, kTolerance);
}

}  // namespace
}  // namespace poacl
