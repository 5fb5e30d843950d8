#include "compile/compile_test_util.h"

namespace poacl {
namespace {

Graph chain() {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {1, 3, 8, 8});
  graph.inputs = {x};
  AttrMap attrs;
  attrs.set("strides", std::vector<int64_t>{1, 1, 1, 1});
  attrs.set("pads", std::vector<int64_t>{1, 1, 1, 1});
  attrs.set("dilations", std::vector<int64_t>{1, 1, 1, 1});
  attrs.set("groups", int64_t{1});
  ValueId y = x;
  int64_t channels = 3;
  for (int i = 0; i < 6; ++i) {
    const std::string name = "c" + std::to_string(i);
    const ValueId w = graph.add_constant(
        name + "_w", random_tensor({32, channels, 3, 3}, static_cast<uint32_t>(i), -0.1f, 0.1f));
    y = graph.node(graph.add_node(name, "Conv2D", {y, w}, {name}, attrs)).outputs[0];
    channels = 32;
  }
  graph.outputs = {y};
  graph.output_names = {"y"};
  EXPECT_TRUE(infer_shapes(graph).ok());
  return graph;
}

TEST(Lower, ArenaOfAChainIsTwoBuffers) {
  const Graph graph = chain();
  const auto lowered = lower(graph, LowerOptions{Isa::kGeneric, 1, {}});
  ASSERT_TRUE(lowered.ok()) << lowered.status().message();
  EXPECT_LE(lowered->program->arena_bytes, 2u * 32 * 8 * 8 * 4);
}

TEST(Lower, PackedConstantsAreTakenFromTheCallerAndRebuiltWhenTheSizeIsWrong) {
  const Graph graph = chain();
  const auto first = lower(graph, LowerOptions{active_isa(), 1, {}});
  ASSERT_TRUE(first.ok());
  int hits = 0;
  const auto find = [&](const std::string& key) {
    for (const PackedConstant& packed : first->packed) {
      if (packed.key == key) {
        ++hits;
        return packed.bytes;
      }
    }
    return ConstBuffer();
  };
  const auto second = lower(graph, LowerOptions{active_isa(), 1, find});
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(static_cast<size_t>(hits), first->packed.size());
  for (size_t i = 0; i < second->packed.size(); ++i) {
    EXPECT_EQ(second->packed[i].bytes.data(), first->packed[i].bytes.data());
  }
  const auto short_buffer = [](const std::string&) { return ConstBuffer::copy_of("abcd", 4); };
  const auto third = lower(graph, LowerOptions{active_isa(), 1, short_buffer});
  ASSERT_TRUE(third.ok());
  for (size_t i = 0; i < third->packed.size(); ++i) {
    EXPECT_EQ(third->packed[i].bytes.size(), first->packed[i].bytes.size());
  }
}

TEST(Lower, OutputsThatAreInputsConstantsViewsOrTwiceTheSameAreFilled) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {2, 3});
  graph.inputs = {x};
  const ValueId k = graph.add_constant("k", random_tensor({4}, 5));
  const ValueId y = graph.node(graph.add_node("r", "Relu", {x}, {"r"})).outputs[0];
  AttrMap flat;
  flat.set("axis", int64_t{0});
  const ValueId v = graph.node(graph.add_node("f", "Flatten", {y}, {"f"}, flat)).outputs[0];
  graph.outputs = {x, k, y, v, y};
  graph.output_names = {"x", "k", "y", "v", "y2"};
  ASSERT_TRUE(infer_shapes(graph).ok());
  const Tensor input = random_tensor({2, 3}, 6);
  const auto outputs = run_graph(graph, {input.buffer.data()});
  ASSERT_EQ(outputs.size(), 5u);
  for (size_t i = 0; i < 6; ++i) {
    const float value = input.as<float>()[i];
    EXPECT_EQ(as_floats(outputs[0])[i], value);
    for (const size_t port : {2u, 3u, 4u}) {
      EXPECT_EQ(as_floats(outputs[port])[i], std::max(value, 0.0f));
    }
  }
  EXPECT_EQ(as_floats(outputs[1])[3], graph.value(k).constant->as<float>()[3]);
}

TEST(Lower, UnknownShapeNamesTheTensorAndTheOption) {
  Graph graph;
  const ValueId x = graph.add_input("images", DataType::kFloat, {-1, 3});
  graph.inputs = {x};
  graph.outputs = {graph.node(graph.add_node("r", "Relu", {x}, {"r"})).outputs[0]};
  ASSERT_TRUE(infer_shapes(graph).ok());
  const auto lowered = lower(graph, LowerOptions{});
  ASSERT_FALSE(lowered.ok());
  EXPECT_NE(lowered.status().message().find("images"), std::string_view::npos);
  EXPECT_NE(lowered.status().message().find("--input_shape"), std::string_view::npos);
}

}  // namespace
}  // namespace poacl
