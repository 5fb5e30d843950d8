// What a quantised transformer layer becomes, and that it gives the numbers of the dequantised one.
#include "compile/image_split.h"
#include "compile/quantised_test_util.h"

namespace poacl {
namespace {

constexpr int64_t kTokens = 6, kHeads = 2, kDepth = 8, kWidth = kHeads * kDepth;

class Layer : public QuantisedBuilder {
 public:
  ValueId ints(const std::vector<int64_t>& values) {
    return constant(
        numbers<int64_t>(DataType::kInt64, {static_cast<int64_t>(values.size())}, values));
  }
  ValueId again(ValueId x, float s, int z) { return dequantise(quantise(x, s, z), s, z); }
  // A product with quantised weights, each time others, whose result is quantised, and its bias.
  ValueId linear(ValueId x, int64_t from, int64_t to) {
    step_ += 2;
    const Tensor bytes = numbers<uint8_t>(DataType::kInt8, {from, to}, pattern(from * to, step_));
    const ValueId w = add("DequantizeLinear", {constant(bytes), scale(0.02f)});
    const ValueId y = again(add("BatchMatMulV2", {x, w}), 0.05f, 128);
    return add("Add", {constant(random_tensor({to}, static_cast<uint32_t>(step_))), y});
  }
  ValueId reshape(ValueId x, const std::vector<int64_t>& dims) {
    return add("Reshape", {x, ints(dims)});
  }
  ValueId transpose(ValueId x, std::vector<int64_t> perm) {
    AttrMap attrs;
    attrs.set("perm", std::move(perm));
    return add("TransposeD", {x}, std::move(attrs));
  }
  ValueId gelu(ValueId x) { return add("GeluV2", {x}); }
  ValueId norm(ValueId x) {
    AttrMap attrs;
    attrs.set("begin_norm_axis", int64_t{-1});
    const ValueId gamma = constant(random_tensor({kWidth}, 7, 0.5f, 1.5f));
    return add("LayerNormV3", {x, gamma, constant(random_tensor({kWidth}, 8))}, std::move(attrs));
  }
  // softmax(q k / 3 + mask) v, every product quantised; q and v [1, heads, tokens, depth], k
  // [1, heads, depth, tokens].
  ValueId attend(ValueId q, ValueId k, ValueId v, ValueId mask) {
    ValueId scores = again(add("BatchMatMulV2", {q, k}), 0.3f, 120);
    scores = add("RealDiv", {scores, scale(3.0f)});
    if (mask != kNoValue) scores = add("Add", {scores, mask});
    const ValueId shares = again(add("SoftmaxV2", {scores}), 1.0f / 255, 0);
    return again(add("BatchMatMulV2", {shares, v}), 0.02f, 125);
  }
  ValueId heads(ValueId x, std::vector<int64_t> perm) {
    return transpose(reshape(x, {1, kTokens, kHeads, kDepth}), std::move(perm));
  }
  ValueId joined(ValueId x) { return reshape(transpose(x, {0, 2, 1, 3}), {1, kTokens, kWidth}); }
  ValueId tokens() { return dequantise(input(DataType::kUint8, {1, kTokens, kWidth}), 0.02f, 120); }

 private:
  int step_ = 5;
};

TEST(FuseQuantised, BiasGeluAndResidualJoinTheProduct) {
  Layer b;
  const ValueId x = b.tokens();
  const ValueId hidden = b.again(b.gelu(b.linear(x, kWidth, 40)), 0.02f, 10);
  b.output(b.add("Add", {b.linear(hidden, 40, kWidth), x}));
  Graph optimised = b.graph;
  expect_same(b.graph, &optimised, 1);
  EXPECT_EQ(optimised.nodes().size(), 2u);
  EXPECT_EQ(count_of(optimised, "QuantLinear"), 2);
}

TEST(FuseQuantised, IntegerProductsRunImageByImage) {
  const auto layer = [](int64_t images) {
    Layer b;
    const ValueId x =
        b.dequantise(b.input(DataType::kUint8, {images, kTokens, kWidth}), 0.02f, 120);
    const ValueId hidden = b.again(b.gelu(b.linear(x, kWidth, 40)), 0.02f, 10);
    b.output(b.add("Add", {b.linear(hidden, 40, kWidth), x}));
    EXPECT_TRUE(optimize(b.graph).ok());
    EXPECT_EQ(count_of(b.graph, "QuantLinear"), 2);
    return b.graph;
  };
  const Graph four = layer(4);
  const auto single = single_image_graph(four, four.nodes().size());
  ASSERT_TRUE(single.has_value());
  const std::vector<uint8_t> bytes = pattern(kTokens * kWidth, 29);
  EXPECT_EQ(as_floats(run_graph(*single, {bytes.data()})[0]),
            as_floats(run_graph(layer(1), {bytes.data()})[0]));
}

TEST(FuseQuantised, AProductThatIsNotQuantisedLeavesAsFloat) {
  Layer b;
  const ValueId x = b.tokens();
  const ValueId y = b.add("BatchMatMulV2", {x, b.weights({kWidth, 24}, 1)});
  b.output(b.add("Add", {y, b.constant(random_tensor({24}, 3))}));
  Graph optimised = b.graph;
  expect_same(b.graph, &optimised, 0);
  EXPECT_EQ(optimised.nodes().size(), 1u);
  EXPECT_EQ(count_of(optimised, "QuantLinear"), 1);
}

TEST(FuseQuantised, WhatOthersReadStays) {
  Layer b;
  const ValueId y = b.linear(b.tokens(), kWidth, 24);
  b.output(y);
  b.output(b.quantise(b.gelu(y), 0.02f, 10));
  Graph optimised = b.graph;
  expect_same(b.graph, &optimised, 1);
  EXPECT_EQ(count_of(optimised, "GeluV2"), 1);
  EXPECT_EQ(count_of(optimised, "QuantLinear"), 1);
}

TEST(FuseQuantised, NormAndQuantizeAreOne) {
  Layer b;
  const ValueId x = b.add("Relu", {b.tokens()});
  b.output(b.quantise(b.norm(x), 0.03f, 100));
  b.output(b.norm(x));
  Graph optimised = b.graph;
  expect_same(b.graph, &optimised, 1);
  EXPECT_EQ(count_of(optimised, "LayerNormQuant"), 1);
}

TEST(QuantAttention, HeadsAreReadWhereTheyLie) {
  for (const bool masked : {false, true}) {
    Layer b;
    const ValueId x = b.tokens();
    ValueId parts[3];
    for (size_t i = 0; i < 3; ++i) {
      const ValueId y = b.linear(x, kWidth, kWidth);
      parts[i] = b.again(
          b.heads(y, i == 1 ? std::vector<int64_t>{0, 2, 3, 1} : std::vector<int64_t>{0, 2, 1, 3}),
          0.03f, 110 + static_cast<int>(i));
    }
    const ValueId mask =
        masked ? b.constant(random_tensor({1, 1, 1, kTokens}, 5, -2, 0)) : kNoValue;
    const ValueId y = b.joined(b.attend(parts[0], parts[1], parts[2], mask));
    b.output(b.quantise(y, 0.02f, 125));
    Graph optimised = b.graph;
    expect_same(b.graph, &optimised, 2);
    EXPECT_EQ(count_of(optimised, "QuantLinear"), 3);
    EXPECT_EQ(count_of(optimised, "QuantAttention"), 1);
    EXPECT_EQ(count_of(optimised, "TransposeD"), 0);
    EXPECT_EQ(count_of(optimised, "Quantize"), 0);
  }
}

TEST(QuantAttention, JointProjectionsAreTakenApart) {
  Layer b;
  const ValueId all = b.linear(b.tokens(), kWidth, 3 * kWidth);
  const ValueId y = b.transpose(b.reshape(all, {1, kTokens, 3, kHeads, kDepth}), {2, 0, 3, 1, 4});
  ValueId parts[3];
  for (int64_t i = 0; i < 3; ++i) {
    const ValueId index = b.constant(numbers<int64_t>(DataType::kInt64, {}, {i}));
    const ValueId axis = b.constant(numbers<int64_t>(DataType::kInt64, {}, {0}));
    ValueId part = b.add("GatherV2", {y, index, axis});
    if (i == 1) part = b.transpose(part, {0, 1, 3, 2});
    parts[i] = b.again(part, 0.03f, 110 + static_cast<int>(i));
  }
  b.output(b.quantise(b.joined(b.attend(parts[0], parts[1], parts[2], kNoValue)), 0.02f, 125));
  Graph optimised = b.graph;
  expect_same(b.graph, &optimised, 2);
  EXPECT_EQ(count_of(optimised, "QuantLinear"), 3);
  EXPECT_EQ(count_of(optimised, "GatherV2"), 0);
  EXPECT_EQ(count_of(optimised, "TransposeD"), 0);
}

TEST(QuantAttention, OtherPatternsStay) {
  // The scores are read by somebody else, too.
  Layer b;
  const auto part = [&b](int64_t i) {
    return b.dequantise(b.input(DataType::kUint8,
                                {1, kHeads, i == 1 ? kDepth : kTokens, i == 1 ? kTokens : kDepth}),
                        0.02f, 100);
  };
  const ValueId scores = b.again(b.add("BatchMatMulV2", {part(0), part(1)}), 0.3f, 120);
  b.output(scores);
  const ValueId shares = b.again(b.add("SoftmaxV2", {scores}), 1.0f / 255, 0);
  b.output(b.quantise(b.add("BatchMatMulV2", {shares, part(2)}), 0.02f, 125));
  Graph optimised = b.graph;
  expect_same(b.graph, &optimised, 1);
  EXPECT_EQ(count_of(optimised, "QuantAttention"), 0);
  EXPECT_EQ(count_of(optimised, "BatchMatMulV2"), 2);
}

}  // namespace
}  // namespace poacl
