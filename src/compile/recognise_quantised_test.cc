// Which quantise/dequantise patterns become integer arithmetic, and that it gives the numbers of
// the dequantised one.
#include <algorithm>
#include <cmath>
#include <functional>

#include "compile/quantised_test_util.h"

namespace poacl {
namespace {

using Builder = QuantisedBuilder;

TEST(RecogniseQuantised, ConvolutionWithBiasAndRelu) {
  for (const int zero : {0, 40}) {
    Builder b;
    const ValueId x = b.dequantise(b.input(DataType::kUint8, {1, 3, 9, 8}), 0.05f, 120);
    std::vector<int32_t> bias = {100, -2000, 3000, 7, 0};
    std::vector<float> units;
    for (int c = 0; c < 5; ++c) units.push_back(0.05f * (0.01f + 0.001f * static_cast<float>(c)));
    AttrMap attrs;
    attrs.set("axis", int64_t{0});
    const ValueId offset = b.add("DequantizeLinear",
                                 {b.constant(numbers<int32_t>(DataType::kInt32, {5}, bias)),
                                  b.constant(numbers<float>(DataType::kFloat, {5}, units))},
                                 std::move(attrs));
    const ValueId y = b.add("Relu", {b.convolution(x, b.weights({5, 3, 3, 3}, 0), offset)});
    b.output(b.quantise(y, 0.2f, zero));
    Graph optimised = b.graph;
    expect_same(b.graph, &optimised, 1);
    ASSERT_EQ(optimised.nodes().size(), 1u);
    const Node& node = optimised.nodes()[0];
    EXPECT_EQ(node.type, "QuantConv2D");
    EXPECT_EQ(node.name.substr(0, 6), "Conv2D");
    EXPECT_EQ(node.attrs.get_int("clip_low"), zero);
    EXPECT_EQ(node.attrs.get_int("clip_high"), 255);
  }
}

TEST(RecogniseQuantised, FloatBiasAndFloatResult) {
  Builder b;
  const ValueId x = b.dequantise(b.input(DataType::kInt8, {2, 4, 6, 6}), 0.05f, -5);
  const ValueId bias = b.constant(numbers<float>(DataType::kFloat, {6}, {1, -2, 3, 0, 5, 0.5f}));
  b.output(b.convolution(x, b.weights({6, 4, 3, 3}, 0), bias));
  Graph optimised = b.graph;
  expect_same(b.graph, &optimised, 0);
  ASSERT_EQ(optimised.nodes().size(), 1u);
  EXPECT_EQ(optimised.nodes()[0].type, "QuantConv2D");
}

TEST(RecogniseQuantised, ProductsOfMatrices) {
  for (const bool transposed : {false, true}) {
    Builder b;
    const ValueId x = b.dequantise(b.input(DataType::kUint8, {3, 20}), 0.04f, 128);
    AttrMap attrs;
    attrs.set("transpose_x2", transposed);
    const ValueId w = transposed ? b.weights({7, 20}, 0) : b.weights({20, 7}, 1);
    const ValueId y = b.add("MatMulV2", {x, w}, std::move(attrs));
    b.output(b.quantise(y, 0.5f, -3, DataType::kInt8));
    Graph optimised = b.graph;
    expect_same(b.graph, &optimised, 1);
    EXPECT_EQ(count_of(optimised, "QuantBatchMatmul"), 1);
    EXPECT_EQ(optimised.nodes().size(), 1u);
  }
}

TEST(RecogniseQuantised, WeightsThatDoNotFitStayFloat) {
  // Scales along the summed dimension.
  Builder b;
  const ValueId x = b.dequantise(b.input(DataType::kUint8, {3, 20}), 0.04f, 128);
  b.output(b.quantise(b.add("MatMulV2", {x, b.weights({20, 7}, 0)}), 0.5f, 10));
  Graph optimised = b.graph;
  expect_same(b.graph, &optimised, 1);
  EXPECT_EQ(count_of(optimised, "QuantBatchMatmul"), 0);
  EXPECT_EQ(count_of(optimised, "MatMulV2"), 1);
  // The weights' own DequantizeLinear is folded all the same.
  EXPECT_EQ(count_of(optimised, "DequantizeLinear"), 1);
}

TEST(RecogniseQuantised, SumsAndPools) {
  Builder b;
  const ValueId x1 = b.dequantise(b.input(DataType::kUint8, {2, 5, 4, 6}), 0.04f, 128);
  const ValueId x2 = b.dequantise(b.input(DataType::kInt8, {2, 5, 4, 6}), 0.03f, 4);
  const ValueId sum = b.quantise(b.add("Relu", {b.add("Add", {x1, x2})}), 0.05f, 20);
  b.output(sum);
  b.output(b.quantise(b.add("GlobalAveragePool", {b.dequantise(sum, 0.05f, 20)}), 0.01f, 3));
  Graph optimised = b.graph;
  expect_same(b.graph, &optimised, 1);
  EXPECT_EQ(count_of(optimised, "QuantAdd"), 1);
  EXPECT_EQ(count_of(optimised, "QuantGlobalAveragePool"), 1);
  EXPECT_EQ(optimised.nodes().size(), 2u);
}

TEST(RecogniseQuantised, SumsJoinTheConvolution) {
  for (const bool last : {false, true}) {
    Builder b;
    const ValueId bytes = b.input(DataType::kUint8, {2, 5, 8, 6});
    const ValueId x = b.dequantise(bytes, 0.05f, 120);
    AttrMap attrs;
    attrs.set("strides", std::vector<int64_t>{1, 1, 1, 1});
    attrs.set("pads", std::vector<int64_t>{1, 1, 1, 1});
    attrs.set("dilations", std::vector<int64_t>{1, 1, 1, 1});
    const ValueId y = b.add("Conv2D", {x, b.weights({5, 5, 3, 3}, 0)}, std::move(attrs));
    const ValueId z = b.dequantise(b.quantise(y, 0.1f, 100), 0.1f, 100);
    const ValueId sum = last ? b.add("Add", {x, z}) : b.add("Add", {z, x});
    b.output(b.quantise(b.add("Relu", {sum}), 0.07f, 10, DataType::kInt8));
    Graph optimised = b.graph;
    expect_same(b.graph, &optimised, 1);
    ASSERT_EQ(optimised.nodes().size(), 1u);
    const Node& node = optimised.nodes()[0];
    EXPECT_EQ(node.type, "QuantConv2D");
    EXPECT_EQ(node.attrs.get_bool("residual_first"), last);
    EXPECT_EQ(node.attrs.get_int("sum_clip_low"), 10);
    EXPECT_EQ(node.attrs.get_int("clip_low"), 0);
  }
}

TEST(RecogniseQuantised, AConvolutionReadTwiceKeepsItsResult) {
  Builder b;
  const ValueId x = b.dequantise(b.input(DataType::kUint8, {1, 4, 6, 6}), 0.05f, 120);
  const ValueId other = b.dequantise(b.input(DataType::kUint8, {1, 5, 3, 7}), 0.05f, 120);
  const ValueId y = b.quantise(b.convolution(x, b.weights({5, 4, 3, 3}, 0)), 0.1f, 100);
  b.output(y);
  b.output(b.quantise(b.add("Add", {b.dequantise(y, 0.1f, 100), other}), 0.07f, 10));
  Graph optimised = b.graph;
  expect_same(b.graph, &optimised, 1);
  EXPECT_EQ(count_of(optimised, "QuantAdd"), 1);
  EXPECT_EQ(count_of(optimised, "QuantConv2D"), 1);
}

TEST(RecogniseQuantised, MoversWorkOnTheIntegers) {
  for (const bool same : {true, false}) {
    Builder b;
    const ValueId x = b.dequantise(b.input(DataType::kUint8, {2, 5, 4, 6}), 0.04f, 128);
    AttrMap attrs;
    attrs.set("ksize", std::vector<int64_t>{1, 1, 3, 3});
    attrs.set("strides", std::vector<int64_t>{1, 1, 1, 1});
    attrs.set("pads", std::vector<int64_t>{1, 1, 1, 1});
    const ValueId y = b.add("Flatten", {b.add("MaxPoolV3", {x}, std::move(attrs))});
    b.output(b.quantise(y, same ? 0.04f : 0.05f, 128));
    Graph optimised = b.graph;
    expect_same(b.graph, &optimised, 1);
    // The Quantize passes Flatten; the pool moves when the integers mean the same behind it.
    EXPECT_EQ(count_of(optimised, "MaxPoolV3"), 1);
    EXPECT_EQ(count_of(optimised, "DequantizeLinear"), same ? 0 : 1);
  }
  Builder b;
  const ValueId x = b.dequantise(b.input(DataType::kUint8, {2, 5, 4, 6}), 0.04f, 128);
  const ValueId y = b.quantise(b.add("Flatten", {x}), 0.04f, 128);
  const ValueId other = b.dequantise(b.input(DataType::kUint8, {2, 3}), 0.04f, 128);
  AttrMap join;
  join.set("concat_dim", int64_t{1});
  join.set("N", int64_t{2});
  b.output(b.quantise(b.add("ConcatD", {b.dequantise(y, 0.04f, 128), other}, std::move(join)),
                      0.04f, 128));
  Graph optimised = b.graph;
  expect_same(b.graph, &optimised, 0);
  EXPECT_EQ(optimised.nodes().size(), 2u);
}

TEST(RecogniseQuantised, WhatOthersReadStaysThere) {
  // The convolution's float result is an output, too.
  Builder b;
  const ValueId x = b.dequantise(b.input(DataType::kUint8, {1, 3, 9, 8}), 0.05f, 120);
  const ValueId y = b.convolution(x, b.weights({5, 3, 3, 3}, 0));
  const ValueId positive = b.add("Relu", {y});
  b.output(b.quantise(positive, 0.2f, 10));
  b.output(y);
  Graph optimised = b.graph;
  expect_same(b.graph, &optimised, 1);
  EXPECT_EQ(count_of(optimised, "Quantize"), 1);
  EXPECT_EQ(optimised.value(optimised.outputs[1]).dtype, DataType::kFloat);
}

TEST(RecogniseQuantised, ScalesKnownAtRunTimeOnlyAreLeftAlone) {
  Builder b;
  const ValueId bytes = b.input(DataType::kUint8, {1, 3, 9, 8});
  const ValueId zero = b.input(DataType::kUint8, {});
  const ValueId x = b.add("DequantizeLinear", {bytes, b.scale(0.05f), zero});
  b.output(b.quantise(b.convolution(x, b.weights({5, 3, 3, 3}, 0)), 0.2f, 10));
  Graph optimised = b.graph;
  expect_same(b.graph, &optimised, 1);
  EXPECT_EQ(count_of(optimised, "QuantConv2D"), 0);
  EXPECT_EQ(count_of(optimised, "Conv2D"), 1);
}

TEST(RecogniseQuantised, NormalisationGoesIntoTheWeightsInstead) {
  Builder b;
  const ValueId x = b.dequantise(b.input(DataType::kUint8, {1, 3, 9, 8}), 0.05f, 120);
  const ValueId y = b.convolution(x, b.weights({5, 3, 3, 3}, 0));
  const ValueId factor =
      b.constant(numbers<float>(DataType::kFloat, {1, 5, 1, 1}, {1, 2, 3, 4, 0.5f}));
  b.output(b.add("Mul", {y, factor}));
  Graph optimised = b.graph;
  expect_same(b.graph, &optimised, 0);
  EXPECT_EQ(count_of(optimised, "Conv2D"), 1);
  EXPECT_EQ(count_of(optimised, "Mul"), 0);
}

}  // namespace
}  // namespace poacl
