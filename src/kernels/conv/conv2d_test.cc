// Every Conv2D kernel against the reference on awkward shapes.
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

struct Shape {
  int64_t n, c, h, w, o;
  int64_t kh = 1, kw = 1;
  int64_t sh = 1, sw = 1;
  std::vector<int64_t> pads = {0, 0, 0, 0};
  int64_t dh = 1, dw = 1;
  int64_t groups = 1;
};

int64_t out_size(int64_t in, int64_t pads, int64_t k, int64_t d, int64_t s) {
  return (in + pads - ((k - 1) * d + 1)) / s + 1;
}

TestOp make_conv(const Shape& s, bool bias, bool residual, const Activation& activation,
                 Layout offered = Layout::kPlain) {
  TestOp op;
  op.type = "Conv2D";
  op.attrs.set("strides", std::vector<int64_t>{1, 1, s.sh, s.sw});
  op.attrs.set("pads", s.pads);
  op.attrs.set("dilations", std::vector<int64_t>{1, 1, s.dh, s.dw});
  op.attrs.set("groups", s.groups);
  op.attrs.set("data_format", std::string("NCHW"));
  set_activation(op.attrs, activation);
  const Dims y = {s.n, s.o, out_size(s.h, s.pads[0] + s.pads[1], s.kh, s.dh, s.sh),
                  out_size(s.w, s.pads[2] + s.pads[3], s.kw, s.dw, s.sw)};
  op.inputs.push_back({random_tensor({s.n, s.c, s.h, s.w}, 1), false, offered});
  op.inputs.push_back({random_tensor({s.o, s.c / s.groups, s.kh, s.kw}, 2), true});
  op.inputs.push_back(bias ? TestInput{random_tensor({s.o}, 3), true} : TestInput::absent());
  op.inputs.push_back(residual ? TestInput{random_tensor(y, 4)} : TestInput::absent());
  op.outputs.push_back({DataType::kFloat, y});
  return op;
}

bool accepted(const std::vector<std::string>& names, std::string_view part) {
  for (const std::string& name : names) {
    if (name.find(part) != std::string::npos) return true;
  }
  return false;
}

// Sums of a few hundred products of numbers below one.
constexpr kernel_test::Tolerance kTolerance = {1e-5, 4e-5};

std::vector<std::string> check(const Shape& s, bool bias = true, bool residual = false,
                               const Activation& activation = {}, Layout offered = Layout::kPlain) {
  SCOPED_TRACE(::testing::Message()
               << "n" << s.n << " c" << s.c << " " << s.h << "x" << s.w << " o" << s.o << " k"
               << s.kh << "x" << s.kw << " s" << s.sh << "x" << s.sw << " d" << s.dh << "x" << s.dw
               << " g" << s.groups << " bias " << bias << " residual " << residual << " activation "
               << activation_name(activation.kind));
  return expect_all_match(conv_kernels(), make_conv(s, bias, residual, activation, offered),
                          kTolerance);
}

TEST(Conv2d, Pointwise) {
  for (const Shape& s : {Shape{1, 64, 7, 7, 64}, Shape{3, 16, 5, 9, 32}, Shape{1, 24, 14, 14, 144},
                         Shape{2, 17, 3, 5, 33}, Shape{1, 1, 1, 1, 1}, Shape{1, 5, 1, 1, 100},
                         Shape{1, 40, 1, 29, 7}, Shape{2, 100, 13, 11, 20}}) {
    EXPECT_TRUE(accepted(check(s), "direct"));
    check(s, false, true, {ActivationKind::kRelu});
  }
}

TEST(Conv2d, StridedPointwise) {
  for (const Shape& s :
       {Shape{1, 32, 14, 14, 64, 1, 1, 2, 2}, Shape{2, 20, 9, 7, 40, 1, 1, 2, 2},
        Shape{1, 16, 3, 2, 16, 1, 1, 5, 3}, Shape{1, 16, 29, 31, 16, 1, 1, 3, 1}}) {
    EXPECT_TRUE(accepted(check(s, true, true), "direct"));
  }
}

TEST(Conv2d, Square) {
  for (const Shape& s :
       {Shape{1, 64, 14, 14, 32, 3, 3, 1, 1, {1, 1, 1, 1}},
        Shape{3, 16, 7, 7, 48, 3, 3, 1, 1, {1, 1, 1, 1}},
        Shape{1, 20, 15, 13, 36, 3, 3, 2, 2, {1, 1, 1, 1}},
        Shape{2, 18, 29, 30, 17, 5, 5, 1, 1, {2, 2, 2, 2}}, Shape{1, 16, 6, 6, 16, 3, 3, 1, 1},
        Shape{1, 16, 1, 1, 16, 3, 3, 1, 1, {1, 1, 1, 1}},
        Shape{1, 16, 2, 2, 16, 3, 3, 2, 2, {0, 1, 0, 1}},
        Shape{1, 33, 17, 2, 16, 3, 3, 1, 1, {1, 1, 1, 1}}}) {
    EXPECT_TRUE(accepted(check(s), "direct"));
    check(s, true, true, {ActivationKind::kRelu});
  }
}

TEST(Conv2d, OddFilters) {
  for (const Shape& s : {Shape{1, 16, 9, 12, 16, 1, 7, 1, 1, {0, 0, 3, 3}},
                         Shape{1, 16, 12, 9, 16, 7, 1, 1, 1, {3, 3, 0, 0}},
                         Shape{1, 16, 9, 9, 16, 2, 4, 2, 1, {1, 0, 2, 1}},
                         Shape{2, 32, 8, 8, 16, 3, 3, 4, 4, {5, 6, 7, 8}},
                         Shape{1, 16, 20, 20, 16, 3, 3, 1, 1, {2, 2, 2, 2}, 2, 2},
                         Shape{1, 16, 20, 20, 16, 3, 3, 2, 1, {3, 3, 4, 4}, 3, 4},
                         Shape{1, 16, 5, 5, 16, 2, 2, 7, 7}}) {
    EXPECT_TRUE(accepted(check(s), "direct"));
  }
}

// Filters of which a part, up to all but the middle, is outside the image.
TEST(Conv2d, WideDilations) {
  for (const Shape& s : {Shape{1, 20, 16, 16, 33, 3, 3, 1, 1, {6, 6, 6, 6}, 6, 6},
                         Shape{2, 32, 9, 30, 20, 3, 3, 1, 1, {12, 12, 12, 12}, 12, 12},
                         Shape{1, 16, 33, 9, 48, 3, 3, 1, 1, {36, 36, 36, 36}, 36, 36},
                         Shape{1, 17, 16, 17, 16, 5, 4, 1, 1, {9, 7, 5, 8}, 4, 4},
                         Shape{1, 32, 12, 13, 32, 3, 3, 2, 1, {7, 2, 1, 20}, 3, 5},
                         Shape{1, 16, 8, 15, 16, 3, 3, 1, 1, {0, 5, 9, 0}, 2, 1},
                         Shape{1, 16, 8, 15, 16, 2, 3, 1, 1, {20, 20, 0, 0}, 1, 1},
                         Shape{1, 32, 14, 14, 32, 3, 3, 1, 1, {1, 1, 1, 1}, 1, 1, 2}}) {
    EXPECT_TRUE(accepted(check(s), "direct"));
    check(s, false, true, {ActivationKind::kSigmoid, 0.0f, 0.0f});
  }
}

TEST(Conv2d, FirstLayer) {
  for (const Shape& s :
       {Shape{1, 3, 32, 32, 64, 7, 7, 2, 2, {3, 3, 3, 3}},
        Shape{3, 3, 33, 31, 32, 3, 3, 2, 2, {0, 1, 0, 1}},
        Shape{1, 1, 28, 28, 6, 5, 5, 1, 1, {2, 2, 2, 2}}, Shape{1, 4, 16, 16, 20, 4, 4, 4, 4},
        Shape{1, 3, 9, 9, 8, 3, 3, 1, 1, {1, 1, 1, 1}, 2, 2}, Shape{2, 2, 5, 6, 8, 1, 1}}) {
    EXPECT_TRUE(accepted(check(s), "direct"));
    check(s, false, false, {ActivationKind::kClip, 0.0f, 6.0f});
    check(s, true, false, {}, Layout::kBlocked16);
  }
}

TEST(Conv2d, Groups) {
  EXPECT_TRUE(accepted(check({1, 32, 9, 9, 64, 3, 3, 1, 1, {1, 1, 1, 1}, 1, 1, 2}), "direct"));
  EXPECT_TRUE(accepted(check({2, 96, 5, 5, 48, 1, 1, 1, 1, {0, 0, 0, 0}, 1, 1, 3}), "direct"));
  check({1, 12, 9, 9, 8, 3, 3, 1, 1, {1, 1, 1, 1}, 1, 1, 4});
  check({1, 8, 9, 9, 16, 3, 3, 1, 1, {1, 1, 1, 1}, 1, 1, 8});
}

TEST(Conv2d, Depthwise) {
  for (const int64_t c : {16, 20, 3}) {
    for (const Shape& s : {Shape{1, c, 14, 14, c, 3, 3, 1, 1, {1, 1, 1, 1}, 1, 1, c},
                           Shape{2, c, 15, 17, c, 3, 3, 2, 2, {1, 1, 1, 1}, 1, 1, c},
                           Shape{1, c, 8, 29, c, 3, 3, 2, 2, {0, 1, 0, 1}, 1, 1, c},
                           Shape{1, c, 9, 31, c, 5, 5, 1, 1, {2, 2, 2, 2}, 1, 1, c},
                           Shape{1, c, 12, 12, c, 5, 5, 2, 2, {2, 2, 2, 2}, 1, 1, c},
                           Shape{1, c, 7, 7, c, 5, 5, 1, 1, {4, 4, 4, 4}, 1, 1, c},
                           Shape{1, c, 1, 1, c, 3, 3, 1, 1, {1, 1, 1, 1}, 1, 1, c},
                           Shape{1, c, 2, 3, c, 5, 5, 2, 2, {2, 2, 2, 2}, 1, 1, c},
                           Shape{1, c, 9, 9, c, 7, 7, 1, 1, {3, 3, 3, 3}, 1, 1, c},
                           Shape{1, c, 9, 9, c, 3, 3, 1, 1, {5, 0, 6, 7}, 1, 1, c},
                           Shape{1, c, 9, 9, c, 3, 3, 1, 3, {2, 2, 2, 2}, 2, 2, c},
                           Shape{1, c, 40, 37, c, 7, 7, 1, 1, {3, 3, 3, 3}, 1, 1, c},
                           Shape{1, c, 30, 16, c, 3, 3, 1, 1, {12, 12, 12, 12}, 12, 12, c},
                           Shape{1, c, 21, 20, c, 9, 1, 2, 2, {4, 4, 0, 0}, 1, 1, c},
                           Shape{1, c, 11, 30, c, 4, 6, 1, 1, {0, 0, 0, 0}, 1, 2, c},
                           Shape{1, c, 5, 400, c, 3, 31, 1, 1, {1, 1, 15, 15}, 1, 1, c},
                           Shape{3, c, 6, 5, c, 1, 3, 1, 1, {0, 0, 1, 1}, 1, 1, c}}) {
      EXPECT_TRUE(accepted(check(s), "depthwise"));
      check(s, false, true, {ActivationKind::kClip, 0.25f, 6.0f});
      check(s, true, false, {ActivationKind::kSigmoid, 0.0f, 0.0f});
    }
  }
}

TEST(Conv2d, Activations) {
  const Shape s{2, 24, 6, 9, 20, 3, 3, 1, 1, {1, 1, 1, 1}};
  for (const Activation& a : {Activation{ActivationKind::kClip, 0.0f, 6.0f},
                              Activation{ActivationKind::kClip, 0.5f, 2.0f},
                              Activation{ActivationKind::kLeakyRelu, 0.1f, 0.0f},
                              Activation{ActivationKind::kSigmoid, 0.0f, 0.0f},
                              Activation{ActivationKind::kTanh, 0.0f, 0.0f},
                              Activation{ActivationKind::kHardSigmoid, 0.2f, 0.5f},
                              Activation{ActivationKind::kHardSwish, 0.0f, 0.0f},
                              Activation{ActivationKind::kSwish, 0.0f, 0.0f}}) {
    EXPECT_TRUE(accepted(check(s, true, true, a), "direct"));
    check({1, 16, 5, 5, 24}, true, false, a);
  }
}

}  // namespace
}  // namespace poacl
