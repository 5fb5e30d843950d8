// Builds quantise/dequantise graphs in tests, and compares them optimised and as they are.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "compile/compile_test_util.h"

namespace poacl {

template <typename T>
Tensor numbers(DataType type, Dims dims, const std::vector<T>& values) {
  return Tensor::from<T>(type, std::move(dims), values);
}

inline std::vector<uint8_t> pattern(int64_t count, int step) {
  std::vector<uint8_t> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(static_cast<uint8_t>(i * step % 251));
  return values;
}

class QuantisedBuilder {
 public:
  Graph graph;

  ValueId add(const std::string& type, std::vector<ValueId> inputs, AttrMap attrs = {}) {
    const std::string name = type + std::to_string(next_++);
    const NodeId node =
        graph.add_node(name, type, std::move(inputs), {name + ":0"}, std::move(attrs));
    const Status status = infer_node(graph, graph.node(node));
    EXPECT_TRUE(status.ok()) << status.message();
    return graph.node(node).outputs[0];
  }
  ValueId constant(Tensor tensor) {
    return graph.add_constant("c" + std::to_string(next_++), std::move(tensor));
  }
  ValueId input(DataType type, Dims dims) {
    return graph.add_input("x" + std::to_string(next_++), type, std::move(dims));
  }
  void output(ValueId id) {
    graph.outputs.push_back(id);
    graph.output_names.push_back("y" + std::to_string(next_++));
  }

  ValueId scale(float value) { return constant(numbers<float>(DataType::kFloat, {}, {value})); }
  ValueId zero(DataType type, int value) {
    return constant(numbers<uint8_t>(type, {}, {static_cast<uint8_t>(value)}));
  }
  ValueId dequantise(ValueId x, float s, int z) {
    return add("DequantizeLinear", {x, scale(s), zero(graph.value(x).dtype, z)});
  }
  ValueId quantise(ValueId x, float s, int z, DataType type = DataType::kUint8) {
    AttrMap attrs;
    attrs.set("dtype", type);
    return add("Quantize", {x, scale(s), zero(type, z)}, std::move(attrs));
  }
  // Weights of one scale per index of dimension `axis`.
  ValueId weights(Dims dims, int64_t axis) {
    const int64_t channels = dims[static_cast<size_t>(axis)];
    std::vector<float> scales;
    for (int64_t c = 0; c < channels; ++c) scales.push_back(0.01f + 0.001f * static_cast<float>(c));
    AttrMap attrs;
    attrs.set("axis", axis);
    const Tensor bytes = numbers<uint8_t>(DataType::kInt8, dims, pattern(element_count(dims), 7));
    return add("DequantizeLinear",
               {constant(bytes), constant(numbers<float>(DataType::kFloat, {channels}, scales)),
                constant(numbers<uint8_t>(DataType::kInt8, {channels},
                                          std::vector<uint8_t>(static_cast<size_t>(channels), 0)))},
               std::move(attrs));
  }
  ValueId convolution(ValueId x, ValueId w, std::optional<ValueId> bias = {}) {
    AttrMap attrs;
    attrs.set("strides", std::vector<int64_t>{1, 1, 2, 1});
    attrs.set("pads", std::vector<int64_t>{1, 0, 2, 1});  // top, bottom, left, right
    attrs.set("dilations", std::vector<int64_t>{1, 1, 1, 1});
    std::vector<ValueId> inputs = {x, w};
    if (bias) inputs.push_back(*bias);
    return add("Conv2D", std::move(inputs), std::move(attrs));
  }

 private:
  int next_ = 0;
};

inline int count_of(const Graph& graph, std::string_view type) {
  return static_cast<int>(std::count_if(graph.nodes().begin(), graph.nodes().end(),
                                        [&](const Node& node) { return node.type == type; }));
}

// Optimises and runs, and compares with the graph as it is, whose operators compute as floats.
// Bytes may differ by `steps`: a rounding of floats may fall the other way.
inline void expect_same(const Graph& plain, Graph* optimised, int steps) {
  const Status status = optimize(*optimised);
  ASSERT_TRUE(status.ok()) << status.message();
  std::vector<std::vector<uint8_t>> data;
  std::vector<const void*> inputs;
  for (const ValueId id : plain.inputs) {
    data.push_back(pattern(element_count(plain.value(id).dims), 37));
  }
  for (const auto& bytes : data) inputs.push_back(bytes.data());
  const auto expected = run_graph(plain, inputs);
  const auto actual = run_graph(*optimised, inputs);
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t o = 0; o < actual.size(); ++o) {
    ASSERT_EQ(actual[o].size(), expected[o].size());
    const DataType type = plain.value(plain.outputs[o]).dtype;
    if (type == DataType::kFloat) {
      expect_close(as_floats(actual[o]), as_floats(expected[o]), 1e-5f);
      continue;
    }
    bool varied = false;
    for (size_t i = 0; i < actual[o].size(); ++i) {
      const auto number = [&](std::byte b) {
        return type == DataType::kInt8 ? static_cast<int>(static_cast<int8_t>(b))
                                       : static_cast<int>(b);
      };
      ASSERT_LE(std::abs(number(actual[o][i]) - number(expected[o][i])), steps) << i;
      varied = varied || actual[o][i] != actual[o][0];
    }
    EXPECT_TRUE(varied);
  }
}

}  // namespace poacl
