#include <cmath>

#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl::kernel_test {
namespace {

struct Shape {
  int64_t batch = 2, heads = 4, kv_heads = 2, queries = 7, keys = 19, depth = 12, value_depth = 20;
};

TestOp attention(const Shape& s) {
  TestOp op;
  op.type = "FusedInferAttentionScore";
  op.attrs.set("scale_value", 0.4f);
  op.inputs = {{random_tensor({s.batch, s.heads, s.queries, s.depth}, 1, -2.0f, 2.0f)},
               {random_tensor({s.batch, s.kv_heads, s.keys, s.depth}, 2, -2.0f, 2.0f)},
               {random_tensor({s.batch, s.kv_heads, s.keys, s.value_depth}, 3)}};
  op.outputs = {{DataType::kFloat, {s.batch, s.heads, s.queries, s.value_depth}}};
  return op;
}

Tensor bool_mask(Dims dims, uint32_t seed) {
  const Tensor random = random_tensor(dims, seed);
  std::vector<uint8_t> values;
  for (const float v : random.as<float>()) values.push_back(v > -0.3f ? 1 : 0);
  return Tensor::from<uint8_t>(DataType::kBool, std::move(dims), values);
}

TEST(Attention, ShapesAndMasks) {
  const Shape shapes[] = {{},
                          {1, 1, 1, 1, 1, 1, 1},
                          {1, 2, 2, 1, 70, 64, 64},
                          {2, 6, 2, 33, 33, 16, 8},
                          {1, 3, 1, 5, 130, 33, 31}};
  for (const Shape& s : shapes) {
    const TestOp plain = attention(s);
    EXPECT_FALSE(expect_all_match(attention_kernels(), plain).empty());
    TestOp causal = plain;
    causal.attrs.set("is_causal", true);
    EXPECT_FALSE(expect_all_match(attention_kernels(), causal).empty());
    TestOp added = plain;
    added.inputs.push_back({random_tensor({s.queries, s.keys}, 4, -3.0f, 3.0f)});
    added.attrs.set("softcap", 1.5f);
    expect_all_match(attention_kernels(), added);
    TestOp masked = plain;
    masked.inputs.push_back({bool_mask({s.batch, 1, s.queries, s.keys}, 5)});
    expect_all_match(attention_kernels(), masked);
    TestOp window = plain;
    window.attrs.set("pre_tokens", int64_t{3});
    window.attrs.set("next_tokens", int64_t{2});
    expect_all_match(attention_kernels(), window);
  }
}

// A lane for each query: more than a vector of them, masks that are the same for all.
TEST(Attention, ManyQueries) {
  const Shape shapes[] = {{2, 4, 2, 8, 19, 12, 20},
                          {1, 1, 1, 16, 1, 1, 1},
                          {1, 2, 2, 33, 40, 64, 64},
                          {2, 3, 3, 47, 15, 17, 16},
                          {1, 2, 1, 130, 129, 8, 33}};
  for (const Shape& s : shapes) {
    TestOp op = attention(s);
    expect_all_match(attention_kernels(), op);
    op.inputs.push_back({random_tensor({s.batch, s.heads, 1, s.keys}, 4, -3.0f, 3.0f)});
    expect_all_match(attention_kernels(), op);
    op.inputs[3] = {random_tensor({s.keys}, 4, -90.0f, 3.0f)};
    expect_all_match(attention_kernels(), op);
    op.inputs[3] = {random_tensor({s.batch, 1, 1, 1}, 4, -3.0f, 3.0f)};
    expect_all_match(attention_kernels(), op);
    std::vector<float> forbidden(static_cast<size_t>(s.keys), -INFINITY);
    op.inputs[3] = {float_tensor({s.keys}, forbidden)};
    expect_all_match(attention_kernels(), op);
    forbidden[0] = -10000.0f;
    op.inputs[3] = {float_tensor({s.keys}, forbidden)};
    expect_all_match(attention_kernels(), op);
  }
}

Tensor heads_behind(const Tensor& x) {
  std::vector<float> values;
  const auto from = x.as<float>();
  for (int64_t b = 0; b < x.dims[0]; ++b) {
    for (int64_t s = 0; s < x.dims[2]; ++s) {
      for (int64_t n = 0; n < x.dims[1]; ++n) {
        for (int64_t d = 0; d < x.dims[3]; ++d) {
          const int64_t at = ((b * x.dims[1] + n) * x.dims[2] + s) * x.dims[3] + d;
          values.push_back(from[static_cast<size_t>(at)]);
        }
      }
    }
  }
  return float_tensor({x.dims[0], x.dims[2], x.dims[1], x.dims[3]}, values);
}

TEST(Attention, HeadsBehindPositions) {
  for (const Shape& s : {Shape{}, Shape{2, 4, 2, 21, 19, 12, 20}, Shape{1, 3, 3, 70, 35, 16, 5}}) {
    for (const bool causal : {false, true}) {
      TestOp op = attention(s);
      op.attrs.set("is_causal", causal);
      const auto expected = run_reference(attention_kernels(), op);
      ASSERT_TRUE(expected.ok()) << expected.status().message();
      for (TestInput& input : op.inputs) input.tensor = heads_behind(input.tensor);
      op.attrs.set("input_layout", std::string("BSND"));
      op.outputs = {{DataType::kFloat, {s.batch, s.queries, s.heads, s.value_depth}}};
      const auto actual = run_reference(attention_kernels(), op);
      ASSERT_TRUE(actual.ok()) << actual.status().message();
      EXPECT_TRUE(tensors_match((*actual)[0], heads_behind((*expected)[0])));
      EXPECT_FALSE(expect_all_match(attention_kernels(), op).empty());
    }
  }
}

TEST(Attention, LengthsPastAndShortMasks) {
  const Shape s;
  TestOp op = attention(s);
  op.inputs.push_back({bool_mask({s.heads, s.queries, 15}, 5)});
  op.inputs.push_back({int64_tensor({2}, {15, 9})});
  expect_all_match(attention_kernels(), op);
  op.attrs.set("is_causal", true);
  expect_all_match(attention_kernels(), op);
  op.inputs[3] = op.inputs[4] = TestInput::absent();
  op.inputs.push_back({random_tensor({2, 2, 12, 12}, 6)});
  expect_all_match(attention_kernels(), op);
}

// Two keys, one element: softmax over two products, in each of the forms that can be shown.
TEST(Attention, ScoresByHand) {
  const double a = 0.5 * 2 * 1;
  const double b = 0.5 * 2 * 3;
  const double capped_a = 2 * std::tanh(a / 2);
  const double capped_b = 2 * std::tanh(b / 2);
  const double weight = 1 / (1 + std::exp(capped_b + 0.25 - capped_a));
  const float expected[4][2] = {{static_cast<float>(a), static_cast<float>(b)},
                                {static_cast<float>(capped_a), static_cast<float>(capped_b)},
                                {static_cast<float>(capped_a), static_cast<float>(capped_b + 0.25)},
                                {static_cast<float>(weight), static_cast<float>(1 - weight)}};
  for (int64_t mode = 0; mode < 4; ++mode) {
    TestOp op;
    op.type = "FusedInferAttentionScore";
    op.attrs.set("scale_value", 0.5f);
    op.attrs.set("softcap", 2.0f);
    op.attrs.set("score_mode", mode);
    op.inputs = {{float_tensor({1, 1, 1, 1}, {2})},
                 {float_tensor({1, 1, 2, 1}, {1, 3})},
                 {float_tensor({1, 1, 2, 1}, {10, 20})},
                 {float_tensor({1, 2}, {0, 0.25f})}};
    op.outputs = {{DataType::kFloat, {1, 1, 1, 1}}, {DataType::kFloat, {1, 1, 1, 2}}};
    const auto result = run_reference(attention_kernels(), op);
    ASSERT_TRUE(result.ok()) << result.status().message();
    EXPECT_NEAR((*result)[0].as<float>()[0], 10 * weight + 20 * (1 - weight), 1e-5);
    const float* wanted = expected[mode];
    EXPECT_TRUE(tensors_match((*result)[1], float_tensor({1, 1, 1, 2}, {wanted[0], wanted[1]})));
  }
}

TEST(Attention, AQueryWithoutKeysGivesZero) {
  TestOp op = attention({1, 1, 1, 3, 5, 4, 4});
  op.inputs.push_back(TestInput::absent());
  op.inputs.push_back({int64_tensor({1}, {2})});
  op.attrs.set("is_causal", true);  // the first query stands before the first key
  const auto result = run_reference(attention_kernels(), op);
  ASSERT_TRUE(result.ok()) << result.status().message();
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ((*result)[0].as<float>()[i], 0.0f);
  EXPECT_NE((*result)[0].as<float>()[4], 0.0f);
  expect_all_match(attention_kernels(), op);
}

TEST(Rotary, TurnsPairsByTheirAngle) {
  const float c = 0.6f;
  const float s = 0.8f;
  for (const bool interleaved : {false, true}) {
    TestOp op;
    op.type = "RotaryPositionEmbedding";
    op.attrs.set("mode", int64_t{interleaved});
    op.attrs.set("layout", std::string("BSND"));
    op.inputs = {{float_tensor({1, 2, 1, 5}, {1, 2, 3, 4, 5, 1, 2, 3, 4, 5})},
                 {float_tensor({1, 2, 2}, {c, 1, 1, c})},
                 {float_tensor({1, 2, 2}, {s, 0, 0, s})}};
    op.outputs = {{DataType::kFloat, {1, 2, 1, 5}}};
    const auto result = run_reference(attention_kernels(), op);
    ASSERT_TRUE(result.ok()) << result.status().message();
    const std::vector<float> apart = {c - 3 * s,     2, s + 3 * c,     4, 5, 1,
                                      2 * c - 4 * s, 3, 2 * s + 4 * c, 5};
    const std::vector<float> pairs = {c - 2 * s,     s + 2 * c,     3, 4, 5, 1, 2,
                                      3 * c - 4 * s, 3 * s + 4 * c, 5};
    EXPECT_TRUE(
        tensors_match((*result)[0], float_tensor({1, 2, 1, 5}, interleaved ? pairs : apart)));
    expect_all_match(attention_kernels(), op);
  }
}

TEST(CacheScatter, LinearAndCircular) {
  for (const bool circular : {false, true}) {
    TestOp op;
    op.type = "Scatter";
    op.attrs.set("axis", int64_t{1});
    op.attrs.set("circular", circular);
    op.inputs = {{float_tensor({2, 3, 1}, {1, 2, 3, 4, 5, 6})},
                 {int64_tensor({2}, {0, 2})},
                 {float_tensor({2, 2, 1}, {10, 20, 30, 40})}};
    op.outputs = {{DataType::kFloat, {2, 3, 1}}};
    const auto result = run_reference(attention_kernels(), op);
    ASSERT_TRUE(result.ok()) << result.status().message();
    EXPECT_TRUE(tensors_match(
        (*result)[0], float_tensor({2, 3, 1}, {10, 20, 3, circular ? 40.0f : 4.0f, 5, 30})));
    expect_all_match(attention_kernels(), op);
  }
}

// One head, one step: state and output follow from the rule.
TEST(LinearAttention, GatedDeltaByHand) {
  TestOp op;
  op.type = "RecurrentGatedDeltaRule";
  op.attrs.set("num_heads", int64_t{1});
  op.attrs.set("num_key_value_heads", int64_t{1});
  op.attrs.set("scale_value", 0.5f);
  op.inputs = {{float_tensor({1, 1, 2}, {1, 2})},        {float_tensor({1, 1, 2}, {0.6f, 0.8f})},
               {float_tensor({1, 1, 1}, {3})},           {float_tensor({1, 1, 2, 1}, {4, -1})},
               {float_tensor({1, 1, 1}, {-0.6931472f})}, {float_tensor({1, 1, 1}, {0.25f})}};
  op.outputs = {{DataType::kFloat, {1, 1, 1}}, {DataType::kFloat, {1, 1, 2, 1}}};
  const auto result = run_reference(attention_kernels(), op);
  ASSERT_TRUE(result.ok()) << result.status().message();
  // Half the state is left, [2, -0.5]; it recalls 0.8, a quarter of 2.2 is added along the key.
  const float first = 2 + 0.6f * 0.55f;
  const float second = -0.5f + 0.8f * 0.55f;
  EXPECT_TRUE(tensors_match((*result)[1], float_tensor({1, 1, 2, 1}, {first, second})));
  EXPECT_TRUE(tensors_match((*result)[0], float_tensor({1, 1, 1}, {0.5f * (first + 2 * second)})));

  // What does not fit is declined, numbers without dimensions and no heads at all included.
  op.inputs[4] = {float_tensor({}, {-0.6931472f})};
  EXPECT_FALSE(run_reference(attention_kernels(), op).ok());
  op.inputs[4] = {float_tensor({1, 1, 1}, {-0.6931472f})};
  op.attrs.set("num_heads", int64_t{0});
  EXPECT_FALSE(run_reference(attention_kernels(), op).ok());
}

}  // namespace
}  // namespace poacl::kernel_test
