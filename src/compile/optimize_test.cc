#include <limits>

#include "base/half.h"
#include "compile/compile_test_util.h"

namespace poacl {
namespace {

AttrMap conv_attrs(std::vector<int64_t> pads, int64_t stride = 1, int64_t groups = 1) {
  AttrMap attrs;
  attrs.set("strides", std::vector<int64_t>{1, 1, stride, stride});
  attrs.set("pads", std::move(pads));
  attrs.set("dilations", std::vector<int64_t>{1, 1, 1, 1});
  attrs.set("groups", groups);
  attrs.set("data_format", std::string("NCHW"));
  return attrs;
}

ValueId out(const Graph& graph, NodeId node) {
  return graph.node(node).outputs[0];
}

ValueId add_batch_norm(Graph& graph, const std::string& name, ValueId x, int64_t channels,
                       uint32_t seed) {
  AttrMap attrs;
  attrs.set("epsilon", 1e-3f);
  const std::vector<ValueId> inputs{
      x, graph.add_constant(name + "_scale", random_tensor({channels}, seed, 0.5f, 1.5f)),
      graph.add_constant(name + "_offset", random_tensor({channels}, seed + 1)),
      graph.add_constant(name + "_mean", random_tensor({channels}, seed + 2)),
      graph.add_constant(name + "_variance", random_tensor({channels}, seed + 3, 0.2f, 2.0f))};
  return out(graph, graph.add_node(name, "BatchNorm", inputs, {name + ":0"}, attrs));
}

ValueId add_conv(Graph& graph, const std::string& name, ValueId x, Dims filter, AttrMap attrs,
                 uint32_t seed) {
  const ValueId weights = graph.add_constant(name + "_w", random_tensor(std::move(filter), seed));
  return out(graph, graph.add_node(name, "Conv2D", {x, weights}, {name + ":0"}, std::move(attrs)));
}

ValueId add_unary(Graph& graph, const std::string& name, const std::string& type, ValueId x,
                  AttrMap attrs = {}) {
  return out(graph, graph.add_node(name, type, {x}, {name + ":0"}, std::move(attrs)));
}

// A residual block as an exporter writes it: conv-bn-relu, conv-bn, add, relu, global pool.
Graph residual_block() {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {2, 16, 9, 7});
  graph.inputs = {x};
  ValueId y = add_conv(graph, "c1", x, {32, 16, 3, 3}, conv_attrs({1, 1, 1, 1}), 1);
  y = add_unary(graph, "r1", "Relu", add_batch_norm(graph, "b1", y, 32, 10));
  y = add_conv(graph, "c2", y, {32, 32, 1, 1}, conv_attrs({0, 0, 0, 0}), 2);
  y = add_batch_norm(graph, "b2", y, 32, 20);
  ValueId shortcut = add_conv(graph, "c3", x, {32, 16, 1, 1}, conv_attrs({0, 0, 0, 0}), 3);
  shortcut = add_batch_norm(graph, "b3", shortcut, 32, 30);
  y = out(graph, graph.add_node("sum", "Add", {y, shortcut}, {"sum:0"}));
  y = add_unary(graph, "r2", "Relu", y);
  y = add_unary(graph, "pool", "GlobalAveragePool", y);
  graph.outputs = {y};
  graph.output_names = {"pool:0:y"};
  return graph;
}

TEST(Optimize, ResidualBlockBecomesThreeConvolutionsAndAPool) {
  Graph plain = residual_block();
  ASSERT_TRUE(infer_shapes(plain).ok());
  Graph fused = residual_block();
  ASSERT_TRUE(infer_shapes(fused).ok());
  const Status status = optimize(fused);
  ASSERT_TRUE(status.ok()) << status.message();
  ASSERT_EQ(fused.nodes().size(), 4u);
  int residuals = 0;
  for (const Node& node : fused.nodes()) {
    EXPECT_TRUE(node.type == "Conv2D" || node.type == "GlobalAveragePool") << node.type;
    residuals += node.inputs.size() == 4 ? 1 : 0;
  }
  EXPECT_EQ(residuals, 1);

  const Tensor x = random_tensor({2, 16, 9, 7}, 99);
  const auto expected = run_graph(plain, {x.buffer.data()}, Isa::kGeneric);
  for (const Isa isa : {Isa::kGeneric, Isa::kAvx2, Isa::kAvx512}) {
    if (isa > detected_isa()) continue;
    const auto actual = run_graph(fused, {x.buffer.data()}, isa);
    expect_close(as_floats(actual[0]), as_floats(expected[0]), 1e-5f);
  }
}

TEST(Optimize, SharedConvolutionIsNotFolded) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {1, 4, 5, 5});
  graph.inputs = {x};
  const ValueId y = add_conv(graph, "c", x, {8, 4, 3, 3}, conv_attrs({0, 0, 0, 0}), 1);
  const ValueId z = add_batch_norm(graph, "b", y, 8, 2);
  graph.outputs = {y, z};
  graph.output_names = {"y", "z"};
  ASSERT_TRUE(infer_shapes(graph).ok());
  Graph optimised = graph;
  ASSERT_TRUE(optimize(optimised).ok());
  EXPECT_EQ(optimised.nodes().size(), 2u);
  const Tensor input = random_tensor({1, 4, 5, 5}, 3);
  const auto expected = run_graph(graph, {input.buffer.data()}, Isa::kGeneric);
  const auto actual = run_graph(optimised, {input.buffer.data()});
  expect_close(as_floats(actual[0]), as_floats(expected[0]), 1e-5f);
  expect_close(as_floats(actual[1]), as_floats(expected[1]), 1e-5f);
}

TEST(Optimize, SpelledOutHardSwishIsOneOperatorInsideTheConvolution) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {1, 3, 6, 6});
  graph.inputs = {x};
  const ValueId c = add_conv(graph, "c", x, {16, 3, 1, 1}, conv_attrs({0, 0, 0, 0}), 4);
  const auto scalar = [&graph](const std::string& name, float value) {
    return graph.add_constant(name, Tensor::from<float>(DataType::kFloat, {}, {{value}}));
  };
  const ValueId three = scalar("three", 3.0f);
  const ValueId zero = scalar("zero", 0.0f);
  const ValueId six = scalar("six", 6.0f);
  const ValueId a = out(graph, graph.add_node("a", "Add", {c, three}, {"a:0"}));
  const ValueId k = out(graph, graph.add_node("k", "ClipByValue", {a, zero, six}, {"k:0"}));
  const ValueId m = out(graph, graph.add_node("m", "Mul", {c, k}, {"m:0"}));
  const ValueId d = out(graph, graph.add_node("d", "RealDiv", {m, six}, {"d:0"}));
  graph.outputs = {d};
  graph.output_names = {"d"};
  ASSERT_TRUE(infer_shapes(graph).ok());
  Graph optimised = graph;
  ASSERT_TRUE(optimize(optimised).ok());
  ASSERT_EQ(optimised.nodes().size(), 1u);
  EXPECT_EQ(optimised.nodes()[0].attrs.get_string("activation"), "hard_swish");
  const Tensor input = random_tensor({1, 3, 6, 6}, 5, -4.0f, 4.0f);
  const auto expected = run_graph(graph, {input.buffer.data()}, Isa::kGeneric);
  const auto actual = run_graph(optimised, {input.buffer.data()});
  expect_close(as_floats(actual[0]), as_floats(expected[0]), 1e-5f);
}

// A [1,1] constant makes the result rank 2; HardSigmoid of x would have rank 1.
TEST(Optimize, ConstantsThatRaiseTheRankKeepTheirEffect) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {4});
  graph.inputs = {x};
  const auto constant = [&graph](const std::string& name, float value) {
    return graph.add_constant(name, Tensor::from<float>(DataType::kFloat, {1, 1}, {{value}}));
  };
  const ValueId three = constant("three", 3.0f);
  const ValueId zero = constant("zero", 0.0f);
  const ValueId six = constant("six", 6.0f);
  const ValueId a = out(graph, graph.add_node("a", "Add", {x, three}, {"a:0"}));
  const ValueId k = out(graph, graph.add_node("k", "ClipByValue", {a, zero, six}, {"k:0"}));
  const ValueId d = out(graph, graph.add_node("d", "RealDiv", {k, six}, {"d:0"}));
  graph.outputs = {d};
  graph.output_names = {"d"};
  ASSERT_TRUE(infer_shapes(graph).ok());
  ASSERT_TRUE(optimize(graph).ok());
  EXPECT_EQ(graph.value(graph.outputs[0]).dims, (Dims{1, 4}));
}

TEST(Optimize, InfiniteScalesAreNotFoldedIntoWeights) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {2, 2});
  graph.inputs = {x};
  const std::vector<float> identity{1, 0, 0, 1};
  const ValueId w =
      graph.add_constant("w", Tensor::from<float>(DataType::kFloat, {2, 2}, identity));
  const ValueId y = out(graph, graph.add_node("m", "MatMulV2", {x, w}, {"m:0"}));
  const ValueId zero = graph.add_constant("z", Tensor::from<float>(DataType::kFloat, {}, {{0.f}}));
  graph.outputs = {out(graph, graph.add_node("d", "RealDiv", {y, zero}, {"d:0"}))};
  graph.output_names = {"d"};
  ASSERT_TRUE(infer_shapes(graph).ok());
  ASSERT_TRUE(optimize(graph).ok());
  const float input[] = {1, -2, 3, 4};
  const auto result = as_floats(run_graph(graph, {input})[0]);
  const float inf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(result, (std::vector<float>{inf, -inf, inf, inf}));
}

TEST(Optimize, ChainsOfIdentitiesGoAway) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {3});
  graph.inputs = {x};
  ValueId y = add_unary(graph, "relu", "Relu", x);
  for (int i = 0; i < 20000; ++i) y = add_unary(graph, "i" + std::to_string(i), "Identity", y);
  graph.outputs = {y, add_unary(graph, "neg", "Neg", y)};
  graph.output_names = {"y", "n"};
  ASSERT_TRUE(infer_shapes(graph).ok());
  ASSERT_TRUE(optimize(graph).ok());
  EXPECT_EQ(graph.nodes().size(), 2u);
  const float input[] = {1, -2, 3};
  const auto result = run_graph(graph, {input});
  EXPECT_EQ(as_floats(result[0]), (std::vector<float>{1, 0, 3}));
  EXPECT_EQ(as_floats(result[1]), (std::vector<float>{-1, 0, -3}));
}

TEST(Optimize, HalfModelKeepsItsPortsAndComputesInFloat) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat16, {1, 2, 4, 4});
  graph.inputs = {x};
  std::vector<uint16_t> weights;
  for (int i = 0; i < 4; ++i) weights.push_back(float_to_half(0.25f * static_cast<float>(i)));
  const ValueId w =
      graph.add_constant("w", Tensor::from<uint16_t>(DataType::kFloat16, {2, 2, 1, 1}, weights));
  const ValueId y =
      out(graph, graph.add_node("c", "Conv2D", {x, w}, {"c:0"}, conv_attrs({0, 0, 0, 0})));
  graph.outputs = {y};
  graph.output_names = {"c"};
  ASSERT_TRUE(infer_shapes(graph).ok());
  const Status status = optimize(graph);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(graph.value(graph.inputs[0]).dtype, DataType::kFloat16);
  EXPECT_EQ(graph.value(graph.outputs[0]).dtype, DataType::kFloat16);
  std::vector<uint16_t> input(32, float_to_half(2.0f));
  const auto outputs = run_graph(graph, {input.data()});
  ASSERT_EQ(outputs[0].size(), 64u);
  uint16_t first = 0;
  uint16_t last = 0;
  std::memcpy(&first, outputs[0].data(), 2);
  std::memcpy(&last, outputs[0].data() + 62, 2);
  EXPECT_EQ(half_to_float(first), 0.5f);
  EXPECT_EQ(half_to_float(last), 2.5f);
}

}  // namespace
}  // namespace poacl
