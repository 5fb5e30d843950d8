// Between float and bfloat16, in both orders, against the reference.
#include "kernels/bf16/bf16_test_util.h"
#include "kernels/families.h"

namespace poacl {
namespace {

using namespace bf16_test;

kernel_test::TestOp make_trans(const Tensor& x, Layout src, Layout dst) {
  kernel_test::TestOp op;
  op.type = "TransData";
  op.attrs.set("src_layout", static_cast<int64_t>(src));
  op.attrs.set("dst_layout", static_cast<int64_t>(dst));
  op.inputs.push_back({x, false, src});
  op.outputs.push_back({x.dtype, x.dims});
  return op;
}

constexpr Layout kBf16Layouts[] = {Layout::kPlainBf16, Layout::kBlocked16Bf16};

TEST(Bf16TransData, EveryOrder) {
  POACL_NEEDS_BF16();
  for (const Dims& dims : {Dims{1, 16, 8, 8}, Dims{3, 20, 5, 7}, Dims{2, 3, 1, 1}, Dims{1, 33, 2},
                           Dims{2, 9}, Dims{1, 40, 33, 40}, Dims{1, 1, 3, 5}, Dims{2, 100, 17, 1},
                           Dims{1, 16, 700, 3}, Dims{3, 5, 2, 3, 4}}) {
    const Tensor x = kernel_test::random_tensor(dims, 3);
    for (const Layout bf16 : kBf16Layouts) {
      for (const Layout other :
           {Layout::kPlain, Layout::kBlocked16, Layout::kPlainBf16, Layout::kBlocked16Bf16}) {
        SCOPED_TRACE(::testing::Message() << dims_to_string(dims) << " " << static_cast<int>(bf16)
                                          << " " << static_cast<int>(other));
        // Rounding is to nearest even, as float_to_bfloat16 does it: nothing may differ.
        expect_matches("trans_data.bf16", layout_kernels(), make_trans(x, other, bf16), {0, 0});
        expect_matches("trans_data.bf16", layout_kernels(), make_trans(x, bf16, other), {0, 0});
      }
    }
  }
}

TEST(Bf16TransData, SpecialNumbers) {
  POACL_NEEDS_BF16();
  const float infinity = INFINITY;
  const Tensor x = kernel_test::float_tensor(
      {1, 9}, {infinity, -infinity, NAN, 0.0f, -0.0f, 3.4e38f, 1.00390625f, 1.01171875f, -1e-30f});
  for (const Layout to : kBf16Layouts) {
    expect_matches("trans_data.bf16", layout_kernels(), make_trans(x, Layout::kPlain, to), {0, 0});
  }
}

TEST(Bf16TransData, OnlyBfloat16) {
  POACL_NEEDS_BF16();
  const Tensor x = kernel_test::random_tensor({1, 16, 2}, 1);
  EXPECT_EQ(reason("trans_data.bf16", make_trans(x, Layout::kPlain, Layout::kBlocked16)),
            "nothing in bfloat16");
}

}  // namespace
}  // namespace poacl
