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

bool takes(const std::vector<std::string>& names, const Dims& y, std::string_view isa) {
  const std::string name =
      (y.size() > 2 ? "batch_matmul.skinny." : "matmul.skinny.") + std::string(isa);
  return std::count(names.begin(), names.end(), name) == 1;
}

// Whether the kernel of `isa` takes it.
bool check(const Dims& a, const Dims& b, const Dims& y, const Case& c,
           std::string_view isa = "generic") {
  SCOPED_TRACE(::testing::Message()
               << dims_to_string(a) << (c.ta ? "^T" : "") << " x " << dims_to_string(b)
               << (c.tb ? "^T" : "") << " constant " << c.constant << " extras " << c.extras
               << " activation " << activation_name(c.activation.kind));
  const auto names = expect_all_match(matmul_kernels(), product(a, b, y, c), kTolerance);
  return takes(names, y, isa);
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

// Where there are registers for more sums, up to twelve rows and, in long dot products, twelve
// columns.
TEST(MatMulSkinny, ManyRegisters) {
  const bool avx512 = detected_isa() >= Isa::kAvx512;
  for (const int64_t m : {5, 6, 7, 8, 9, 11, 12}) {
    for (const int64_t n : {16, 37, 262}) {
      for (const bool tb : {false, true}) {
        EXPECT_EQ(check({m, 21}, {21, n}, {m, n}, {false, tb, false, true, {}}, "avx512"), avx512);
        EXPECT_EQ(check({m, 290}, {290, n}, {m, n}, {true, tb, false, false, {}}, "avx512"),
                  avx512);
      }
    }
  }
  EXPECT_FALSE(check({13, 40}, {40, 50}, {13, 50}, {}, "avx512"));
  for (const int64_t n : {5, 6, 7, 8, 10, 11, 12}) {
    for (const bool constant : {false, true}) {
      const Case plain{false, constant, constant, false, {}};
      const Case extras{false, false, constant, true, {ActivationKind::kRelu, 0, 0}};
      EXPECT_EQ(check({33, 64}, {64, n}, {33, n}, plain, "avx512"), avx512);
      EXPECT_EQ(check({150, 301}, {301, n}, {150, n}, extras, "avx512"), avx512);
    }
  }
  EXPECT_FALSE(check({33, 63}, {63, 5}, {33, 5}, {}, "avx512"));
  EXPECT_FALSE(check({31, 64}, {64, 5}, {31, 5}, {}, "avx512"));
  EXPECT_FALSE(check({33, 64}, {64, 5}, {33, 5}, {true, false, false, false, {}}, "avx512"));
}

// Rows of more than one panel are read in pieces, and summed up in several.
TEST(MatMulSkinny, LongRows) {
  for (const int64_t m : {1, 2, 3, 4, 6, 12}) {
    for (const int64_t k : {31, 64, 256, 259, 513}) {
      check({m, k}, {k, 141}, {m, 141}, {});
      check({m, k}, {k, 530}, {m, 530}, {false, false, false, true, {}});
    }
  }
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
