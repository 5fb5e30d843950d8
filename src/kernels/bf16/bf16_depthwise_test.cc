// Depthwise convolution on blocks of bfloat16 against the reference.
#include "kernels/bf16/bf16_test_util.h"
#include "kernels/families.h"

namespace poacl {
namespace {

using namespace bf16_test;

void check(const ConvShape& s, const ConvOptions& o = {}) {
  SCOPED_TRACE(::testing::Message() << "n" << s.n << " c" << s.c << " " << s.h << "x" << s.w << " k"
                                    << s.kh << "x" << s.kw << " s" << s.sh << "x" << s.sw);
  kernel_test::TestOp op = make_conv(s, o);
  // Filters are read as they are.
  op.inputs[1].tensor = kernel_test::random_tensor(op.inputs[1].tensor.dims, 5);
  expect_matches("conv2d.depthwise.bf16", conv_kernels(), op);
}

TEST(Bf16Depthwise, Shapes) {
  POACL_NEEDS_BF16();
  for (const int64_t c : {16, 20, 3, 64}) {
    for (const ConvShape& s : {ConvShape{1, c, 14, 14, c, 3, 3, 1, 1, {1, 1, 1, 1}, 1, 1, c},
                               ConvShape{2, c, 15, 17, c, 3, 3, 2, 2, {1, 1, 1, 1}, 1, 1, c},
                               ConvShape{1, c, 8, 29, c, 3, 3, 2, 2, {0, 1, 0, 1}, 1, 1, c},
                               ConvShape{1, c, 13, 23, c, 3, 3, 1, 1, {2, 2, 2, 2}, 1, 1, c},
                               ConvShape{1, c, 9, 31, c, 5, 5, 1, 1, {2, 2, 2, 2}, 1, 1, c},
                               ConvShape{1, c, 12, 12, c, 5, 5, 2, 2, {2, 2, 2, 2}, 1, 1, c},
                               ConvShape{1, c, 7, 7, c, 5, 5, 1, 1, {4, 4, 4, 4}, 1, 1, c},
                               ConvShape{1, c, 1, 1, c, 3, 3, 1, 1, {1, 1, 1, 1}, 1, 1, c},
                               ConvShape{1, c, 2, 1, c, 3, 3, 1, 1, {1, 1, 1, 1}, 1, 1, c},
                               ConvShape{1, c, 2, 3, c, 5, 5, 2, 2, {2, 2, 2, 2}, 1, 1, c},
                               ConvShape{1, c, 9, 9, c, 7, 7, 1, 1, {3, 3, 3, 3}, 1, 1, c},
                               ConvShape{1, c, 9, 9, c, 3, 3, 1, 1, {5, 0, 6, 7}, 1, 1, c},
                               ConvShape{1, c, 6, 9, c, 3, 3, 1, 1, {7, 8, 2, 2}, 1, 1, c},
                               ConvShape{1, c, 9, 9, c, 3, 3, 1, 3, {2, 2, 2, 2}, 2, 2, c},
                               ConvShape{1, c, 11, 9, c, 3, 3, 1, 1, {2, 2, 1, 1}, 2, 1, c},
                               ConvShape{1, c, 11, 9, c, 3, 3, 2, 1, {1, 1, 1, 1}, 1, 1, c},
                               ConvShape{3, c, 6, 5, c, 1, 3, 1, 1, {0, 0, 1, 1}, 1, 1, c}}) {
      check(s);
      check(s,
            {.bias = false, .residual = true, .activation = {ActivationKind::kClip, 0.25f, 6.0f}});
      check(s, {.activation = {ActivationKind::kSigmoid, 0.0f, 0.0f}});
    }
  }
}

TEST(Bf16Depthwise, OnlyOneToOne) {
  POACL_NEEDS_BF16();
  EXPECT_NE(reason("conv2d.depthwise.bf16",
                   make_conv({1, 16, 5, 5, 32, 3, 3, 1, 1, {1, 1, 1, 1}, 1, 1, 16}, {}))
                .find("16 groups to 32 channels"),
            std::string::npos);
  kernel_test::TestOp op = make_conv({1, 16, 5, 5, 16, 3, 3, 1, 1, {1, 1, 1, 1}, 1, 1, 16}, {});
  op.attrs.erase(kComputeTypeAttr);
  EXPECT_EQ(reason("conv2d.depthwise.bf16", op), "the operator computes in float");
}

}  // namespace
}  // namespace poacl
