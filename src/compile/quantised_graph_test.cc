// Quantise/dequantise models: the passes keep the arithmetic of the dequantised numbers.
#include <cmath>

#include "compile/compile_test_util.h"

namespace poacl {
namespace {

constexpr int64_t kIn = 3, kOut = 5, kSize = 6;

Tensor scale_of(float value) {
  return Tensor::from<float>(DataType::kFloat, {}, {&value, 1});
}

Tensor zero_of(int8_t value) {
  return Tensor::from<int8_t>(DataType::kInt8, {}, {&value, 1});
}

std::vector<int8_t> pattern(int64_t count, int step) {
  std::vector<int8_t> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(static_cast<int8_t>(i * step % 23 - 11));
  return values;
}

ValueId add(Graph& graph, const std::string& name, const std::string& type,
            std::vector<ValueId> inputs, AttrMap attrs = {}) {
  const NodeId node =
      graph.add_node(name, type, std::move(inputs), {name + ":0"}, std::move(attrs));
  const Status status = infer_node(graph, graph.node(node));
  EXPECT_TRUE(status.ok()) << status.message();
  return graph.node(node).outputs[0];
}

// Dequantise, convolve with dequantised weights, Relu, quantise with a scale of 3.
Graph quantised_convolution(const std::vector<int8_t>& weights) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kInt8, {1, kIn, kSize, kSize});
  graph.inputs = {x};
  const ValueId image =
      add(graph, "dq", "DequantizeLinear",
          {x, graph.add_constant("xs", scale_of(1.0f)), graph.add_constant("xz", zero_of(2))});
  const ValueId filter = add(
      graph, "dqw", "DequantizeLinear",
      {graph.add_constant("w", Tensor::from<int8_t>(DataType::kInt8, {kOut, kIn, 3, 3}, weights)),
       graph.add_constant("ws", scale_of(1.0f)), graph.add_constant("wz", zero_of(0))});
  EXPECT_FALSE(graph.value(filter).is_constant());
  AttrMap attrs;
  attrs.set("strides", std::vector<int64_t>{1, 1, 1, 1});
  attrs.set("pads", std::vector<int64_t>{1, 1, 1, 1});
  attrs.set("dilations", std::vector<int64_t>{1, 1, 1, 1});
  const ValueId sums = add(graph, "conv", "Conv2D", {image, filter}, std::move(attrs));
  const ValueId positive = add(graph, "relu", "Relu", {sums});
  AttrMap quantise;
  quantise.set("dtype", DataType::kInt8);
  const ValueId y = add(
      graph, "q", "Quantize",
      {positive, graph.add_constant("ys", scale_of(3.0f)), graph.add_constant("yz", zero_of(-128))},
      std::move(quantise));
  graph.outputs = {y};
  graph.output_names = {"q:0:y"};
  return graph;
}

TEST(QuantisedGraph, ConvolutionIsExact) {
  const std::vector<int8_t> weights = pattern(kOut * kIn * 9, 7);
  const std::vector<int8_t> x = pattern(kIn * kSize * kSize, 5);
  Graph graph = quantised_convolution(weights);
  const Status status = optimize(graph);
  ASSERT_TRUE(status.ok()) << status.message();
  const auto outputs = run_graph(graph, {x.data()});
  ASSERT_EQ(outputs.size(), 1u);
  ASSERT_EQ(outputs[0].size(), static_cast<size_t>(kOut * kSize * kSize));

  // The same in integers. A third of a sum is never a tie, so the rounding is the same everywhere.
  const auto at = [&](int64_t c, int64_t h, int64_t w) {
    if (h < 0 || w < 0 || h >= kSize || w >= kSize) return 0;
    return x[static_cast<size_t>((c * kSize + h) * kSize + w)] - 2;
  };
  for (int64_t o = 0; o < kOut; ++o) {
    for (int64_t h = 0; h < kSize; ++h) {
      for (int64_t w = 0; w < kSize; ++w) {
        int sum = 0;
        for (int64_t i = 0; i < kIn * 9; ++i) {
          sum += weights[static_cast<size_t>(o * kIn * 9 + i)] *
                 at(i / 9, h + i % 9 / 3 - 1, w + i % 3 - 1);
        }
        const double third = std::nearbyint(std::max(sum, 0) / 3.0);
        const double expected = std::min(third - 128.0, 127.0);
        const auto byte = outputs[0][static_cast<size_t>((o * kSize + h) * kSize + w)];
        ASSERT_EQ(static_cast<int>(static_cast<int8_t>(byte)), static_cast<int>(expected))
            << o << ' ' << h << ' ' << w;
      }
    }
  }
}

TEST(QuantisedGraph, RoundingBetweenOperatorsStays) {
  // Quantise and dequantise one after the other round; they are not the identity.
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {4});
  graph.inputs = {x};
  const ValueId scale = graph.add_constant("s", scale_of(0.5f));
  const ValueId zero = graph.add_constant("z", zero_of(0));
  AttrMap attrs;
  attrs.set("dtype", DataType::kInt8);
  const ValueId q = add(graph, "q", "Quantize", {x, scale, zero}, std::move(attrs));
  graph.outputs = {add(graph, "dq", "DequantizeLinear", {q, scale, zero})};
  graph.output_names = {"dq:0:y"};
  ASSERT_TRUE(optimize(graph).ok());
  const std::vector<float> in = {0.3f, -0.8f, 1.1f, 100.0f};
  EXPECT_EQ(as_floats(run_graph(graph, {in.data()})[0]),
            (std::vector<float>{0.5f, -1.0f, 1.0f, 63.5f}));
}

}  // namespace
}  // namespace poacl
