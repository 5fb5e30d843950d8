// Pooling of blocks of bfloat16 against the reference.
#include "kernels/bf16/bf16_test_util.h"
#include "kernels/families.h"

namespace poacl {
namespace {

using namespace bf16_test;
using kernel_test::TestOp;

struct Pool {
  Dims x;
  int64_t kh, kw;
  int64_t sh = 1, sw = 1;
  std::vector<int64_t> pads = {0, 0, 0, 0};
};

TestOp make_pool(const char* type, const Pool& p, bool exclusive = true) {
  TestOp op;
  op.type = type;
  op.attrs.set("ksize", std::vector<int64_t>{1, 1, p.kh, p.kw});
  op.attrs.set("strides", std::vector<int64_t>{1, 1, p.sh, p.sw});
  op.attrs.set("pads", p.pads);
  op.attrs.set("exclusive", exclusive);
  op.inputs.push_back({random_bf16(p.x, 6), false, Layout::kBlocked16Bf16});
  op.outputs.push_back({DataType::kFloat,
                        {p.x[0], p.x[1], (p.x[2] + p.pads[0] + p.pads[1] - p.kh) / p.sh + 1,
                         (p.x[3] + p.pads[2] + p.pads[3] - p.kw) / p.sw + 1}});
  return op;
}

const Pool kPools[] = {{{1, 64, 28, 28}, 3, 3, 2, 2, {1, 1, 1, 1}},
                       {{2, 20, 9, 11}, 3, 3, 1, 1, {1, 1, 1, 1}},
                       {{1, 16, 8, 8}, 2, 2, 2, 2},
                       {{1, 5, 13, 7}, 5, 3, 3, 2, {2, 0, 0, 1}},
                       {{1, 16, 3, 300}, 2, 7, 1, 3, {1, 0, 3, 3}},
                       {{1, 16, 2, 300}, 2, 130, 1, 5, {0, 0, 60, 9}},
                       {{3, 33, 7, 7}, 7, 7},
                       {{2, 16, 1, 1}, 1, 1}};

TEST(Bf16Pool, Largest) {
  POACL_NEEDS_BF16();
  for (const Pool& p : kPools) {
    SCOPED_TRACE(dims_to_string(p.x));
    expect_matches("max_pool.bf16", pool_kernels(), make_pool("MaxPoolV3", p), {0, 0});
  }
}

TEST(Bf16Pool, Average) {
  POACL_NEEDS_BF16();
  for (const Pool& p : kPools) {
    SCOPED_TRACE(dims_to_string(p.x));
    for (const bool exclusive : {true, false}) {
      expect_matches("avg_pool.bf16", pool_kernels(), make_pool("AvgPoolV2", p, exclusive));
    }
  }
}

// A result in plain floats is not rounded.
TEST(Bf16Pool, WholeImage) {
  POACL_NEEDS_BF16();
  for (const Dims& x :
       {Dims{1, 64, 7, 7}, Dims{3, 20, 5, 2}, Dims{2, 17, 1, 1}, Dims{1, 16, 1, 2}}) {
    TestOp op;
    op.type = "GlobalAveragePool";
    op.inputs.push_back({random_bf16(x, 7), false, Layout::kBlocked16Bf16});
    op.outputs.push_back({DataType::kFloat, {x[0], x[1], 1, 1}});
    expect_matches("global_avg_pool.bf16", pool_kernels(), op, {1e-6, 1e-6});
  }
}

TEST(Bf16Pool, KeepsWhatIsNotANumber) {
  POACL_NEEDS_BF16();
  TestOp op = make_pool("MaxPoolV3", {{1, 16, 4, 4}, 2, 2, 2, 2});
  Tensor& x = op.inputs[0].tensor;
  std::vector<float> values(x.as<float>().begin(), x.as<float>().end());
  for (size_t i = 0; i < values.size(); i += 7) values[i] = i % 2 == 0 ? NAN : -NAN;
  x = kernel_test::float_tensor(x.dims, values);
  expect_matches("max_pool.bf16", pool_kernels(), op, {0, 0});
}

TEST(Bf16Pool, OnlyWhatComesInBfloat16) {
  POACL_NEEDS_BF16();
  TestOp op = make_pool("MaxPoolV3", {{1, 16, 4, 4}, 2, 2});
  op.inputs[0].offered = Layout::kBlocked16;
  EXPECT_EQ(reason("max_pool.bf16", op), "x does not come in blocks of bfloat16");
}

}  // namespace
}  // namespace poacl
