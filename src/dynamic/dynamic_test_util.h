// Graphs with run-time shapes and helpers to run them, for the tests of this layer.
#pragma once

#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "dynamic/dynamic_program.h"
#include "graph/shape_inference.h"

namespace poacl {

inline Tensor floats(Dims dims, const std::vector<float>& values) {
  return Tensor::from<float>(DataType::kFloat, std::move(dims), values);
}

inline Tensor ints(Dims dims, const std::vector<int64_t>& values) {
  return Tensor::from<int64_t>(DataType::kInt64, std::move(dims), values);
}

inline Tensor ramp(Dims dims, float first = 0) {
  std::vector<float> values(static_cast<size_t>(element_count(dims)));
  for (float& value : values) value = first++;
  return floats(std::move(dims), values);
}

template <typename T>
std::vector<T> values_of(const Tensor& tensor) {
  const auto data = tensor.as<T>();
  return std::vector<T>(data.begin(), data.end());
}

// Adds a node and returns its output.
inline ValueId add(Graph& graph, const char* name, const char* type, std::vector<ValueId> inputs,
                   AttrMap attrs = {}) {
  const NodeId node =
      graph.add_node(name, type, std::move(inputs), {std::string(name) + ":0"}, std::move(attrs));
  return graph.node(node).outputs[0];
}

inline void finish(Graph& graph, std::vector<ValueId> outputs) {
  graph.outputs = std::move(outputs);
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    graph.output_names.push_back("output" + std::to_string(i));
  }
  const Status status = infer_shapes(graph);
  EXPECT_TRUE(status.ok()) << status.message();
}

inline std::unique_ptr<DynamicProgram> make_program(Graph graph, DynamicOptions options = {}) {
  auto program = DynamicProgram::make(std::move(graph), options);
  EXPECT_TRUE(program.ok()) << program.status().message();
  return program.ok() ? *std::move(program) : nullptr;
}

inline std::vector<Tensor> run(DynamicProgram& program, std::vector<Tensor> inputs) {
  std::vector<Tensor> outputs;
  SerialFor serial;
  const Status status = program.run(inputs, &outputs, serial);
  EXPECT_TRUE(status.ok()) << status.code() << " " << status.message();
  return status.ok() ? outputs : std::vector<Tensor>(program.graph().outputs.size());
}

inline Status run_status(DynamicProgram& program, std::vector<Tensor> inputs) {
  std::vector<Tensor> outputs;
  SerialFor serial;
  return program.run(inputs, &outputs, serial);
}

}  // namespace poacl
