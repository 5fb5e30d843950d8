// Attention in bfloat16 against the reference, on factors that are bfloat16 already.
#include "kernels/bf16/bf16_test_util.h"
#include "kernels/families.h"

namespace poacl {
namespace {

using namespace bf16_test;
using kernel_test::TestOp;

// Shares add up to one and are rounded to eight bits; values are at most one.
constexpr kernel_test::Tolerance kShares = {0.0, 1.0 / 400};

TestOp attention(int64_t heads, int64_t kv_heads, int64_t queries, int64_t keys, int64_t depth,
                 int64_t value_depth, bool rows_first) {
  const auto dims = [&](int64_t n, int64_t rows, int64_t width) {
    return rows_first ? Dims{2, rows, n, width} : Dims{2, n, rows, width};
  };
  TestOp op;
  op.type = "FusedInferAttentionScore";
  op.attrs.set("scale_value", 0.5f);
  op.attrs.set("input_layout", std::string(rows_first ? "BSND" : "BNSD"));
  op.attrs.set(std::string(kComputeTypeAttr), DataType::kBfloat16);
  op.inputs = {{random_bf16(dims(heads, queries, depth), 1)},
               {random_bf16(dims(kv_heads, keys, depth), 2)},
               {random_bf16(dims(kv_heads, keys, value_depth), 3)}};
  op.outputs = {{DataType::kFloat, dims(heads, queries, value_depth)}};
  return op;
}

TEST(Bf16Attention, Shapes) {
  POACL_NEEDS_BF16();
  for (const bool rows_first : {false, true}) {
    for (const TestOp& plain :
         {attention(4, 2, 8, 19, 12, 20, rows_first), attention(1, 1, 33, 1, 1, 1, rows_first),
          attention(3, 3, 47, 64, 64, 64, rows_first),
          attention(2, 1, 129, 130, 33, 31, rows_first)}) {
      expect_matches("attention.columns.bf16", attention_kernels(), plain, kShares);
      const int64_t keys = plain.inputs[1].tensor.dims[rows_first ? 1 : 2];
      TestOp masked = plain;
      masked.inputs.push_back({kernel_test::random_tensor({2, 1, 1, keys}, 4, -3.0f, 3.0f)});
      expect_matches("attention.columns.bf16", attention_kernels(), masked, kShares);
    }
  }
}

TEST(Bf16Attention, DeclinesWhatItLacks) {
  POACL_NEEDS_BF16();
  TestOp op = attention(2, 2, 9, 9, 4, 4, false);
  op.attrs.set("is_causal", true);
  EXPECT_NE(reason("attention.columns.bf16", op).find("causal"), std::string::npos);
  op = attention(2, 2, 9, 9, 4, 4, false);
  op.attrs.erase(kComputeTypeAttr);
  EXPECT_NE(reason("attention.columns.bf16", op).find("computes in float"), std::string::npos);
}

}  // namespace
}  // namespace poacl
