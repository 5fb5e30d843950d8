// The kernels of conv_cells.h and the spread ones of conv_planes.h, which take transposed
// convolutions of few cells and of few outputs, against the reference.
#include <string>
#include <string_view>
#include <vector>

#include "kernels/activation.h"
#include "kernels/conv/conv_test_op.h"
#include "kernels/families.h"

namespace poacl {
namespace {

using kernel_test::conv_op;
using kernel_test::expect_all_match;
using kernel_test::TestInput;
using kernel_test::TestOp;
using Shape = kernel_test::ConvShape;

constexpr kernel_test::Tolerance kTolerance = {1e-5, 1e-4};

// The instruction sets whose kernel of this kind took it.
int accepted(const TestOp& op, std::string_view kind) {
  int count = 0;
  for (const std::string& name : expect_all_match(conv_kernels(), op, kTolerance)) {
    if (name.find(kind) != std::string::npos) ++count;
  }
  return count;
}

// The same, where vectors are as wide as the shapes are meant for: what pays depends on that.
bool some_accept(const TestOp& op, std::string_view kind) {
  return accepted(op, kind) > 0 || detected_isa() < Isa::kAvx512;
}

TestOp transposed(const Shape& s) {
  return conv_op(s, true, true, Layout::kPlain);
}

TEST(ConvCells, FewCells) {
  for (const Shape& s : {Shape{1, 100, 64, 1, {4, 4}, {4, 4}, {2, 2}, {1, 1}, {1, 1}},
                         Shape{2, 33, 62, 1, {3, 5}, {4, 4}, {2, 2}, {1, 1}, {1, 1}},
                         Shape{1, 70, 31, 1, {5, 3}, {5, 4}, {2, 3}, {1, 1}, {2, 0, 3, 1}},
                         Shape{3, 63, 96, 3, {3, 3}, {4, 4}, {2, 2}, {1, 1}, {1, 1}},
                         // Cells that add to the same outputs, and some to none.
                         Shape{1, 48, 32, 1, {4, 3}, {5, 5}, {1, 1}, {2, 1}, {6, 5, 0, 4}},
                         Shape{1, 40, 32, 1, {7, 7}, {4, 4}, {2, 2}, {1, 1}, {1, 1}}}) {
    SCOPED_TRACE(dims_to_string(s.in) + " by " + dims_to_string(s.kernel));
    EXPECT_TRUE(some_accept(transposed(s), ".cells."));
  }
  EXPECT_TRUE(
      some_accept(transposed({1, 36, 32, 1, {2, 3, 2}, {3, 2, 3}, {2, 1, 2}, {1, 1, 1}, {1, 0, 1}}),
                  ".cells."));
}

TEST(ConvCells, ActivationAndNoBias) {
  for (const ActivationKind kind : {ActivationKind::kRelu, ActivationKind::kTanh}) {
    TestOp op = transposed({2, 64, 40, 1, {4, 4}, {4, 4}, {2, 2}, {1, 1}, {1, 1}});
    set_activation(op.attrs, {kind, 0.0f, 0.0f});
    EXPECT_GT(accepted(op, ".cells."), 0);
    op.inputs[2] = TestInput::absent();
    EXPECT_GT(accepted(op, ".cells."), 0);
  }
}

TEST(ConvCells, LeavesTheRestToPlanes) {
  // Many cells; a filter that comes with the inputs; two outputs of a vector's sixteen.
  EXPECT_EQ(
      accepted(transposed({1, 8, 32, 1, {17, 17}, {2, 2}, {2, 2}, {1, 1}, {0, 0}}), ".cells."), 0);
  EXPECT_EQ(accepted(conv_op({1, 64, 64, 1, {4, 4}, {4, 4}, {2, 2}, {1, 1}, {1, 1}}, true, false,
                             Layout::kPlain),
                     ".cells."),
            0);
  EXPECT_EQ(accepted(transposed({1, 64, 2, 1, {4, 4}, {4, 4}, {2, 2}, {1, 1}, {1, 1}}), ".cells."),
            0);
  // Strides of millions of phases, most of them without an output.
  EXPECT_EQ(
      accepted(transposed({1, 8, 64, 1, {1, 1}, {4, 4}, {5000, 5000}, {1, 1}, {0, 0}}), ".cells."),
      0);
  // One cell of many images, which belong into one tile.
  EXPECT_EQ(accepted(transposed({3, 64, 64, 1, {1, 1}, {4, 4}, {1, 1}, {1, 1}, {0, 0}}), ".cells."),
            0);
  EXPECT_GT(accepted(transposed({1, 64, 64, 1, {1, 1}, {4, 4}, {1, 1}, {1, 1}, {0, 0}}), ".cells."),
            0);
}

TEST(ConvSpread, FewOutputs) {
  for (const Shape& s : {Shape{1, 5, 1, 1, {9, 11}, {9, 9}, {3, 3}, {1, 1}, {4, 4}},
                         Shape{2, 7, 1, 1, {6, 23}, {4, 4}, {2, 2}, {1, 1}, {1, 1}},
                         Shape{1, 12, 4, 4, {8, 5}, {4, 6}, {2, 3}, {1, 1}, {1, 2}},
                         Shape{1, 6, 6, 2, {7, 9}, {8, 4}, {4, 2}, {1, 1}, {3, 0, 2, 1}},
                         Shape{1, 3, 4, 1, {5, 40}, {4, 4}, {4, 4}, {1, 1}, {0, 0}},
                         // Taps that are missing in some phases, one dimension, pads that crop a
                         // whole cell.
                         Shape{1, 4, 1, 1, {20, 18}, {9, 9}, {2, 2}, {1, 1}, {4, 4}},
                         Shape{1, 9, 2, 1, {1, 50}, {1, 16}, {1, 8}, {1, 1}, {0, 4}},
                         Shape{1, 4, 2, 1, {6, 6}, {6, 6}, {2, 2}, {1, 1}, {2, 5, 5, 2}},
                         Shape{1, 2, 1, 1, {1, 1}, {2, 2}, {2, 2}, {1, 1}, {1, 0, 0, 1}}}) {
    SCOPED_TRACE(dims_to_string(s.in) + " by " + dims_to_string(s.kernel));
    EXPECT_GT(accepted(transposed(s), ".spread."), 0);
  }
  EXPECT_GT(
      accepted(transposed({2, 4, 2, 2, {3, 4, 5}, {2, 4, 2}, {2, 2, 1}, {1, 1, 1}, {0, 1, 0}}),
               ".spread."),
      0);
}

TEST(ConvSpread, ActivationAndNoBias) {
  TestOp op = transposed({1, 8, 1, 1, {12, 10}, {9, 9}, {3, 3}, {1, 1}, {4, 4}});
  set_activation(op.attrs, {ActivationKind::kSigmoid, 0.0f, 0.0f});
  EXPECT_GT(accepted(op, ".spread."), 0);
  op.inputs[2] = TestInput::absent();
  set_activation(op.attrs, {ActivationKind::kRelu, 0.0f, 0.0f});
  EXPECT_GT(accepted(op, ".spread."), 0);
}

TEST(ConvSpread, LeavesTheRestToPlanes) {
  // Many outputs; a dilation; mostly zeros; a filter that comes with the inputs.
  EXPECT_EQ(accepted(transposed({1, 4, 8, 1, {6, 6}, {4, 4}, {2, 2}, {1, 1}, {1, 1}}), ".spread."),
            0);
  EXPECT_EQ(accepted(transposed({1, 4, 1, 1, {6, 6}, {4, 4}, {2, 2}, {2, 1}, {1, 1}}), ".spread."),
            0);
  EXPECT_EQ(accepted(transposed({1, 4, 1, 1, {6, 6}, {1, 1}, {2, 2}, {1, 1}, {0, 0}}), ".spread."),
            0);
  EXPECT_EQ(accepted(conv_op({1, 4, 1, 1, {6, 6}, {4, 4}, {2, 2}, {1, 1}, {1, 1}}, true, false,
                             Layout::kPlain),
                     ".spread."),
            0);
}

}  // namespace
}  // namespace poacl
