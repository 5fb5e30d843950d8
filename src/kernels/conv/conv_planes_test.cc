// The kernels of conv_planes.h, which take any convolution but leave many to others, against the
// references.
#include <string>
#include <vector>

#include "kernels/activation.h"
#include "kernels/conv/conv_test_op.h"
#include "kernels/families.h"

namespace poacl {
namespace {

using kernel_test::expect_all_match;
using kernel_test::random_tensor;
using kernel_test::TestInput;
using kernel_test::TestOp;
using Shape = kernel_test::ConvShape;

constexpr kernel_test::Tolerance kTolerance = {1e-5, 1e-4};

bool some_planes(const std::vector<std::string>& accepted) {
  for (const std::string& name : accepted) {
    if (name.find(".planes.") != std::string::npos) return true;
  }
  return false;
}

// Whether such a kernel took it.
bool check(const Shape& s, bool transposed = false, bool constant = true,
           Layout offered = Layout::kPlain) {
  SCOPED_TRACE(::testing::Message()
               << dims_to_string(s.in) << " by " << dims_to_string(s.kernel) << " channels " << s.c
               << " to " << s.o << " groups " << s.groups << " transposed " << transposed);
  return some_planes(expect_all_match(
      conv_kernels(), kernel_test::conv_op(s, transposed, constant, offered), kTolerance));
}

TEST(ConvPlanes, FewOutputs) {
  for (const Shape& s : {Shape{1, 17, 1, 1, {20, 23}, {1, 1}, {1, 1}, {1, 1}, {0, 0}},
                         Shape{2, 9, 2, 1, {19, 40}, {3, 3}, {1, 1}, {1, 1}, {1, 1}},
                         Shape{1, 6, 2, 1, {33, 17}, {5, 4}, {2, 3}, {1, 1}, {2, 0, 1, 3}},
                         Shape{1, 3, 1, 1, {9, 9}, {3, 3}, {4, 2}, {3, 2}, {3, 2}},
                         Shape{1, 1, 1, 1, {64, 64}, {3, 3}, {1, 1}, {1, 1}, {1, 1}},
                         Shape{1, 8, 2, 1, {1, 700}, {1, 9}, {1, 1}, {1, 8}, {0, 32}}}) {
    EXPECT_TRUE(check(s));
    check(s, false, true, Layout::kBlocked16);
  }
}

// Somewhat more outputs than half a block, and a block and a bit of them on images read in place.
TEST(ConvPlanes, OutputsThatLeaveBlocksHalfEmpty) {
  for (const Shape& s : {Shape{1, 8, 10, 1, {9, 31}, {3, 3}, {1, 1}, {1, 1}, {1, 1}},
                         Shape{2, 5, 9, 1, {27, 20}, {5, 3}, {2, 1}, {1, 2}, {2, 1}},
                         Shape{1, 255, 33, 1, {14, 14}, {1, 1}, {1, 1}, {1, 1}, {0, 0}},
                         Shape{2, 21, 19, 1, {11, 13}, {1, 1}, {1, 1}, {1, 1}, {0, 0}}}) {
    // Of shorter vectors they fill blocks.
    EXPECT_TRUE(check(s) || detected_isa() < Isa::kAvx512);
  }
}

// Few channels to many outputs in groups: the outputs' rows are walked along.
TEST(ConvPlanes, ManyOutputsOfFewChannels) {
  EXPECT_TRUE(check({2, 6, 130, 2, {5, 4, 6}, {2, 2, 2}, {1, 1, 1}, {1, 1, 1}, {0, 0, 0}}));
  EXPECT_TRUE(check({1, 9, 111, 3, {12, 13}, {3, 2}, {1, 1}, {1, 1}, {1, 0}}));
}

// No padding and no stride: the input is read in place, its last cells by a tile that ends there.
TEST(ConvPlanes, InPlace) {
  for (const Shape& s : {Shape{2, 5, 2, 1, {13, 17}, {1, 1}, {1, 1}, {1, 1}, {0, 0}},
                         Shape{1, 4, 1, 1, {16, 19}, {3, 3}, {1, 1}, {1, 1}, {0, 0}},
                         Shape{1, 6, 30, 2, {40, 29}, {2, 3}, {1, 1}, {3, 1}, {0, 0}},
                         Shape{1, 3, 1, 1, {1, 129}, {1, 1}, {1, 1}, {1, 1}, {0, 0}}}) {
    EXPECT_TRUE(check(s));
  }
  EXPECT_TRUE(check({1, 7, 11, 1, {30, 20}, {1, 1}, {1, 1}, {1, 1}, {0, 0}}, true));
}

TEST(ConvPlanes, Groups) {
  for (const Shape& s : {Shape{1, 12, 24, 4, {11, 9}, {3, 3}, {1, 1}, {1, 1}, {1, 1}},
                         Shape{2, 60, 45, 3, {7, 8}, {1, 1}, {2, 2}, {1, 1}, {0, 0}},
                         Shape{1, 34, 62, 2, {6, 5}, {3, 3}, {2, 2}, {1, 1}, {1, 1}},
                         Shape{1, 5, 15, 5, {12, 31}, {5, 3}, {1, 1}, {2, 1}, {4, 1}},
                         Shape{1, 128, 128, 32, {8, 8}, {3, 3}, {1, 1}, {1, 1}, {1, 1}}}) {
    EXPECT_TRUE(check(s));
  }
}

TEST(ConvPlanes, RunTimeFilters) {
  EXPECT_TRUE(check({1, 20, 37, 1, {9, 10}, {3, 3}, {1, 1}, {1, 1}, {1, 1}}, false, false));
  EXPECT_TRUE(check({1, 24, 24, 24, {16, 16}, {6, 6}, {1, 1}, {1, 1}, {0, 0}}, false, false));
  EXPECT_TRUE(check({2, 8, 6, 2, {5, 6}, {4, 3}, {2, 3}, {1, 1}, {1, 0}}, true, false));
}

TEST(ConvPlanes, ThreeDimensions) {
  for (const Shape& s :
       {Shape{1, 3, 16, 1, {5, 9, 10}, {3, 3, 3}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}},
        Shape{2, 3, 20, 1, {4, 16, 12}, {2, 4, 3}, {2, 4, 3}, {1, 1, 1}, {0, 0, 0}},
        Shape{1, 6, 6, 6, {3, 5, 8}, {3, 3, 3}, {1, 2, 1}, {1, 1, 2}, {1, 1, 2}},
        Shape{1, 16, 33, 1, {2, 9, 11}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {0, 0, 0}}}) {
    EXPECT_TRUE(check(s));
  }
}

// Phases with fewer outputs, fewer taps, and none of either.
TEST(ConvPlanes, Transposed) {
  for (const Shape& s : {Shape{1, 8, 5, 1, {6, 7}, {4, 4}, {2, 2}, {1, 1}, {1, 1}},
                         Shape{2, 6, 9, 3, {5, 3}, {3, 2}, {1, 3}, {2, 1}, {0, 1, 0, 0}},
                         Shape{1, 5, 1, 1, {9, 11}, {9, 9}, {3, 3}, {1, 1}, {4, 4}},
                         Shape{1, 4, 4, 4, {3, 3}, {16, 16}, {8, 8}, {1, 1}, {4, 4}},
                         Shape{1, 3, 20, 1, {4, 5}, {2, 3}, {4, 2}, {2, 4}, {0, 0, 3, 1}},
                         Shape{1, 2, 3, 1, {1, 1}, {1, 1}, {5, 5}, {1, 1}, {0, 0}},
                         Shape{1, 10, 33, 1, {1, 1}, {4, 4}, {1, 1}, {1, 1}, {0, 0}},
                         Shape{1, 3, 5, 1, {20, 21}, {2, 2}, {2, 2}, {1, 1}, {0, 0}}}) {
    EXPECT_TRUE(check(s, true));
  }
  EXPECT_TRUE(
      check({1, 4, 6, 2, {3, 4, 5}, {3, 2, 4}, {2, 1, 3}, {1, 2, 1}, {1, 0, 0, 0, 2, 1}}, true));
}

// One cell of many channels, as generators begin with.
TEST(ConvPlanes, TransposedPoint) {
  for (const Shape& s : {Shape{1, 100, 32, 1, {1, 1}, {4, 4}, {1, 1}, {1, 1}, {0, 0}},
                         Shape{3, 17, 48, 1, {1, 1}, {2, 3}, {2, 2}, {1, 1}, {0, 0}},
                         Shape{30, 5, 16, 1, {1, 1}, {1, 1}, {3, 3}, {2, 2}, {0, 0}}}) {
    EXPECT_TRUE(check(s, true));
    EXPECT_TRUE(check(s, true, false));
  }
  TestOp op = kernel_test::conv_op({2, 9, 24, 1, {1, 1}, {2, 2}, {1, 1}, {1, 1}, {0, 0}}, true,
                                   true, Layout::kPlain);
  op.inputs[2] = TestInput::absent();
  set_activation(op.attrs, {ActivationKind::kTanh, 0.0f, 0.0f});
  EXPECT_TRUE(some_planes(expect_all_match(conv_kernels(), op, kTolerance)));
}

TEST(ConvPlanes, ResidualAndActivation) {
  for (const Activation& a : {Activation{ActivationKind::kRelu, 0.0f, 0.0f},
                              Activation{ActivationKind::kClip, 0.0f, 6.0f},
                              Activation{ActivationKind::kHardSwish, 0.0f, 0.0f},
                              Activation{ActivationKind::kSigmoid, 0.0f, 0.0f}}) {
    for (const bool residual : {false, true}) {
      TestOp op = kernel_test::conv_op({2, 6, 9, 3, {8, 13}, {3, 3}, {1, 1}, {1, 1}, {1, 1}}, false,
                                       true, Layout::kPlain);
      if (residual) op.inputs.push_back({random_tensor(op.outputs[0].dims, 4)});
      set_activation(op.attrs, a);
      EXPECT_TRUE(some_planes(expect_all_match(conv_kernels(), op, kTolerance)));
    }
  }
}

// Whole blocks of channels are left to the kernels that work on them.
TEST(ConvPlanes, LeavesBlocksToOthers) {
  EXPECT_FALSE(check({1, 32, 32, 1, {6, 6}, {3, 3}, {1, 1}, {1, 1}, {1, 1}}));
  EXPECT_FALSE(check({1, 32, 32, 2, {6, 6}, {3, 3}, {1, 1}, {1, 1}, {1, 1}}));
  EXPECT_FALSE(check({1, 32, 32, 32, {6, 6}, {3, 3}, {1, 1}, {1, 1}, {1, 1}}));
}

}  // namespace
}  // namespace poacl
