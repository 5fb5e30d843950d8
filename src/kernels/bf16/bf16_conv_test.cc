// Convolution in bfloat16 against the reference.
#include "kernels/bf16/bf16_test_util.h"
#include "kernels/families.h"

namespace poacl {
namespace {

using namespace bf16_test;

void check(const ConvShape& s, const ConvOptions& o = {}) {
  SCOPED_TRACE(::testing::Message()
               << "n" << s.n << " c" << s.c << " " << s.h << "x" << s.w << " o" << s.o << " k"
               << s.kh << "x" << s.kw << " s" << s.sh << "x" << s.sw << " g" << s.groups
               << " activation " << activation_name(o.activation.kind));
  expect_matches("conv2d.direct.bf16", conv_kernels(), make_conv(s, o));
}

constexpr Activation kRelu = {ActivationKind::kRelu, 0.0f, 0.0f};

TEST(Bf16Conv, Pointwise) {
  POACL_NEEDS_BF16();
  for (const ConvShape& s :
       {ConvShape{1, 64, 7, 7, 64}, ConvShape{3, 16, 5, 9, 32}, ConvShape{1, 24, 14, 14, 144},
        ConvShape{2, 17, 3, 5, 33}, ConvShape{1, 1, 1, 1, 1}, ConvShape{1, 5, 1, 1, 100},
        ConvShape{1, 40, 1, 29, 7}, ConvShape{2, 100, 13, 11, 20}, ConvShape{1, 528, 7, 7, 300}}) {
    check(s);
    check(s, {.bias = false, .residual = true, .activation = kRelu});
  }
}

TEST(Bf16Conv, StridedPointwise) {
  POACL_NEEDS_BF16();
  for (const ConvShape& s :
       {ConvShape{1, 32, 14, 14, 64, 1, 1, 2, 2}, ConvShape{2, 20, 9, 7, 40, 1, 1, 2, 2},
        ConvShape{1, 16, 3, 2, 16, 1, 1, 5, 3}, ConvShape{1, 16, 29, 31, 16, 1, 1, 3, 1}}) {
    check(s, {.residual = true});
  }
}

TEST(Bf16Conv, Square) {
  POACL_NEEDS_BF16();
  for (const ConvShape& s : {ConvShape{1, 64, 14, 14, 32, 3, 3, 1, 1, {1, 1, 1, 1}},
                             ConvShape{3, 16, 7, 7, 48, 3, 3, 1, 1, {1, 1, 1, 1}},
                             ConvShape{1, 20, 15, 13, 36, 3, 3, 2, 2, {1, 1, 1, 1}},
                             ConvShape{2, 18, 29, 30, 17, 5, 5, 1, 1, {2, 2, 2, 2}},
                             ConvShape{1, 16, 6, 6, 16, 3, 3, 1, 1},
                             ConvShape{1, 16, 1, 1, 16, 3, 3, 1, 1, {1, 1, 1, 1}},
                             ConvShape{1, 16, 2, 2, 16, 3, 3, 2, 2, {0, 1, 0, 1}},
                             ConvShape{1, 33, 17, 2, 16, 3, 3, 1, 1, {1, 1, 1, 1}}}) {
    check(s);
    check(s, {.residual = true, .activation = kRelu});
  }
}

TEST(Bf16Conv, OddFilters) {
  POACL_NEEDS_BF16();
  for (const ConvShape& s : {ConvShape{1, 16, 9, 12, 16, 1, 7, 1, 1, {0, 0, 3, 3}},
                             ConvShape{1, 16, 9, 9, 16, 2, 4, 2, 1, {1, 0, 2, 1}},
                             ConvShape{2, 32, 8, 8, 16, 3, 3, 4, 4, {5, 6, 7, 8}},
                             ConvShape{1, 16, 20, 20, 16, 3, 3, 1, 1, {2, 2, 2, 2}, 2, 2},
                             ConvShape{1, 16, 20, 20, 16, 3, 3, 2, 1, {3, 3, 4, 4}, 3, 4}}) {
    check(s);
  }
}

TEST(Bf16Conv, FirstLayer) {
  POACL_NEEDS_BF16();
  for (const ConvShape& s :
       {ConvShape{1, 3, 32, 32, 64, 7, 7, 2, 2, {3, 3, 3, 3}},
        ConvShape{3, 3, 33, 31, 32, 3, 3, 2, 2, {0, 1, 0, 1}},
        ConvShape{1, 1, 28, 28, 6, 5, 5, 1, 1, {2, 2, 2, 2}},
        ConvShape{1, 4, 16, 16, 20, 4, 4, 4, 4},
        ConvShape{1, 3, 19, 70, 20, 3, 5, 1, 3, {1, 1, 4, 2}, 2, 1},
        ConvShape{1, 3, 9, 9, 8, 3, 3, 1, 1, {1, 1, 1, 1}, 2, 2}, ConvShape{2, 2, 5, 6, 8, 1, 1}}) {
    check(s, {.activation = {ActivationKind::kClip, 0.0f, 6.0f}, .offered = Layout::kPlain});
    check(s, {.bias = false, .residual = true, .offered = Layout::kPlain});
    check(s);
  }
}

TEST(Bf16Conv, Groups) {
  POACL_NEEDS_BF16();
  check({1, 32, 9, 9, 64, 3, 3, 1, 1, {1, 1, 1, 1}, 1, 1, 2});
  check({2, 96, 5, 5, 48, 1, 1, 1, 1, {0, 0, 0, 0}, 1, 1, 3});
  EXPECT_NE(reason("conv2d.direct.bf16",
                   make_conv({1, 12, 9, 9, 8, 3, 3, 1, 1, {1, 1, 1, 1}, 1, 1, 4}, {}))
                .find("4 groups of 3 to 2 channels"),
            std::string::npos);
}

TEST(Bf16Conv, Activations) {
  POACL_NEEDS_BF16();
  const ConvShape s{2, 24, 6, 9, 20, 3, 3, 1, 1, {1, 1, 1, 1}};
  for (const Activation& a : {Activation{ActivationKind::kClip, 0.0f, 6.0f},
                              Activation{ActivationKind::kClip, 0.5f, 2.0f},
                              Activation{ActivationKind::kLeakyRelu, 0.1f, 0.0f},
                              Activation{ActivationKind::kSigmoid, 0.0f, 0.0f},
                              Activation{ActivationKind::kTanh, 0.0f, 0.0f},
                              Activation{ActivationKind::kHardSigmoid, 0.2f, 0.5f},
                              Activation{ActivationKind::kHardSwish, 0.0f, 0.0f},
                              Activation{ActivationKind::kSwish, 0.0f, 0.0f}}) {
    check(s, {.residual = true, .activation = a});
    check({1, 16, 5, 5, 24}, {.activation = a});
  }
}

TEST(Bf16Conv, OnlyWhereItMay) {
  POACL_NEEDS_BF16();
  kernel_test::TestOp op = make_conv({1, 16, 5, 5, 16}, {});
  op.attrs.set(std::string(kComputeTypeAttr), DataType::kFloat);
  EXPECT_EQ(reason("conv2d.direct.bf16", op), "the operator computes in float");
  op = make_conv({1, 16, 5, 5, 16}, {});
  op.inputs[1].constant = false;
  EXPECT_EQ(reason("conv2d.direct.bf16", op), "the filter is not a constant");
}

}  // namespace
}  // namespace poacl
