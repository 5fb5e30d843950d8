// Every TransData kernel against the reference, and the reference against the definition.
#include <vector>

#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl {
namespace {

using kernel_test::random_tensor;
using kernel_test::TestOp;

TestOp make_trans(const Tensor& x, Layout from, Layout to) {
  TestOp op;
  op.type = "TransData";
  op.attrs.set("src_layout", static_cast<int64_t>(from));
  op.attrs.set("dst_layout", static_cast<int64_t>(to));
  op.inputs.push_back({x, false, from});
  op.outputs.push_back({x.dtype, x.dims});
  return op;
}

constexpr Layout kLayouts[] = {Layout::kPlain, Layout::kBlocked8, Layout::kBlocked16};

// The harness reads every layout back to plain order, so each result must be the input itself.
TEST(TransData, KeepsEveryElement) {
  for (const Dims& dims : {Dims{1, 16, 8, 8}, Dims{3, 20, 5, 7}, Dims{2, 3, 1, 1}, Dims{1, 33, 2},
                           Dims{2, 9}, Dims{1, 40, 33, 40}, Dims{1, 1, 3, 5}}) {
    const Tensor x = random_tensor(dims, 1);
    for (const Layout from : kLayouts) {
      for (const Layout to : kLayouts) {
        const TestOp op = make_trans(x, from, to);
        const auto fast = kernel_test::expect_all_match(layout_kernels(), op, {0, 0});
        EXPECT_EQ(fast.empty(), from == to);
        const auto plain = kernel_test::run_reference(layout_kernels(), op);
        ASSERT_TRUE(plain.ok());
        EXPECT_TRUE(kernel_test::tensors_match((*plain)[0], x, {0, 0}))
            << dims_to_string(dims) << " " << static_cast<int>(from) << static_cast<int>(to);
      }
    }
  }
}

// To bfloat16 and back: each element is rounded to nearest even, once.
TEST(TransData, RoundsToBfloat16) {
  for (const Dims& dims : {Dims{1, 16, 8, 8}, Dims{3, 20, 5, 7}, Dims{2, 3, 1, 1}, Dims{1, 33, 2},
                           Dims{2, 9}, Dims{1, 40, 33, 40}, Dims{1, 1, 3, 5}, Dims{7}}) {
    const Tensor x = random_tensor(dims, 2);
    std::vector<float> rounded;
    for (const float v : x.as<float>()) {
      rounded.push_back(bfloat16_to_float(float_to_bfloat16(v)));
    }
    const Tensor y = kernel_test::float_tensor(dims, rounded);
    for (const Layout from : {Layout::kPlain, Layout::kBlocked16}) {
      for (const Layout to : {Layout::kPlainBf16, Layout::kBlocked16Bf16}) {
        if (dims.size() < 2 && (block_of(from) > 1 || block_of(to) > 1)) continue;
        for (const TestOp& op : {make_trans(x, from, to), make_trans(y, to, from)}) {
          kernel_test::expect_all_match(layout_kernels(), op, {0, 0});
          const auto result = kernel_test::run_reference(layout_kernels(), op);
          ASSERT_TRUE(result.ok());
          EXPECT_TRUE(kernel_test::tensors_match((*result)[0], y, {0, 0}))
              << dims_to_string(dims) << static_cast<int>(from) << static_cast<int>(to);
        }
      }
    }
  }
  TestOp integers =
      make_trans(kernel_test::int64_tensor({1, 2}, {1, 2}), Layout::kPlain, Layout::kPlainBf16);
  EXPECT_FALSE(kernel_test::run_reference(layout_kernels(), integers).ok());
}

TEST(TransData, BytesAndWords) {
  const std::vector<int64_t> words = {1, -2, 3, -4, 5, -6};
  const Tensor x = kernel_test::int64_tensor({1, 3, 2}, words);
  const TestOp op = make_trans(x, Layout::kPlain, Layout::kBlocked8);
  kernel_test::expect_all_match(layout_kernels(), op);
}

TEST(TransData, BytesInBlocks) {
  for (const Dims& dims :
       {Dims{1, 16, 8, 8}, Dims{3, 20, 5, 7}, Dims{2, 3, 1, 1}, Dims{1, 33, 600}, Dims{2, 9}}) {
    std::vector<uint8_t> bytes;
    for (int64_t i = 0; i < element_count(dims); ++i) bytes.push_back(static_cast<uint8_t>(i * 7));
    const Tensor x = Tensor::from<uint8_t>(DataType::kUint8, dims, bytes);
    for (const bool pack : {true, false}) {
      const TestOp op = pack ? make_trans(x, Layout::kPlain, Layout::kBlocked16)
                             : make_trans(x, Layout::kBlocked16, Layout::kPlain);
      EXPECT_FALSE(kernel_test::expect_all_match(layout_kernels(), op).empty());
    }
  }
}

TEST(TransData, DeclinesUnknownLayouts) {
  TestOp op = make_trans(random_tensor({1, 4, 2, 2}, 1), Layout::kPlain, Layout::kBlocked8);
  op.attrs.set("dst_layout", int64_t{7});
  for (const KernelImpl* kernel : layout_kernels()) {
    EXPECT_FALSE(kernel_test::run_kernel(*kernel, op).ok());
  }
}

}  // namespace
}  // namespace poacl
