// Runs graphs in tests.
#pragma once

#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "compile/compile.h"
#include "graph/shape_inference.h"

namespace poacl {

inline Tensor random_tensor(Dims dims, uint32_t seed, float low = -1.0f, float high = 1.0f) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(low, high);
  std::vector<float> values(static_cast<size_t>(element_count(dims)));
  for (float& value : values) value = uniform(random);
  return Tensor::from<float>(DataType::kFloat, std::move(dims), values);
}

// Lowers and runs with the given float (or raw) inputs; outputs as raw bytes.
inline std::vector<std::vector<std::byte>> run_graph(const Graph& graph,
                                                     const std::vector<const void*>& inputs,
                                                     Isa isa = active_isa()) {
  auto lowered = lower(graph, LowerOptions{isa, 1, {}});
  EXPECT_TRUE(lowered.ok()) << lowered.status().message();
  if (!lowered.ok()) return {};
  const Program& program = *lowered->program;
  std::vector<std::vector<std::byte>> outputs;
  std::vector<void*> pointers;
  for (const ModelPort& port : program.outputs) {
    outputs.emplace_back(port.bytes, std::byte{0xa5});
  }
  for (auto& output : outputs) pointers.push_back(output.data());
  ExecState state(program);
  SerialFor serial;
  state.run(inputs, pointers, serial);
  return outputs;
}

inline std::vector<float> as_floats(const std::vector<std::byte>& bytes) {
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

inline void expect_close(const std::vector<float>& actual, const std::vector<float>& expected,
                         float tolerance) {
  ASSERT_EQ(actual.size(), expected.size());
  float range = 1e-6f;
  for (const float value : expected) range = std::max(range, std::abs(value));
  for (size_t i = 0; i < actual.size(); ++i) {
    ASSERT_NEAR(actual[i], expected[i], tolerance * range) << "element " << i;
  }
}

}  // namespace poacl
