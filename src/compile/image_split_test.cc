#include "compile/image_split.h"

#include "compile/compile_test_util.h"

namespace poacl {
namespace {

// conv - relu - pool - flatten - matmul - softmax over a batch of pictures big enough to split.
Graph classifier(int64_t batch, int64_t size) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {batch, 3, size, size});
  graph.inputs = {x};
  const auto out = [&graph](NodeId node) { return graph.node(node).outputs[0]; };
  AttrMap conv;
  conv.set("strides", std::vector<int64_t>{1, 1, 1, 1});
  conv.set("pads", std::vector<int64_t>{1, 1, 1, 1});
  conv.set("dilations", std::vector<int64_t>{1, 1, 1, 1});
  conv.set("groups", int64_t{1});
  const ValueId w = graph.add_constant("w", random_tensor({32, 3, 3, 3}, 1));
  ValueId y = out(graph.add_node("conv", "Conv2D", {x, w}, {"conv"}, conv));
  y = out(graph.add_node("relu", "Relu", {y}, {"relu"}));
  y = out(graph.add_node("pool", "GlobalAveragePool", {y}, {"pool"}));
  const ValueId shape =
      graph.add_constant("shape", Tensor::from<int64_t>(DataType::kInt64, {2}, {{batch, 32}}));
  y = out(graph.add_node("flat", "Reshape", {y, shape}, {"flat"}));
  const ValueId m = graph.add_constant("m", random_tensor({32, 10}, 2));
  y = out(graph.add_node("fc", "MatMulV2", {y, m}, {"fc"}));
  AttrMap axes;
  axes.set("axes", std::vector<int64_t>{1});
  y = out(graph.add_node("softmax", "SoftmaxV2", {y}, {"softmax"}, axes));
  graph.outputs = {y};
  graph.output_names = {"y"};
  EXPECT_TRUE(infer_shapes(graph).ok());
  return graph;
}

// Chunks out of order, workers in turn: images must not depend on either.
class Scrambled final : public ParallelFor {
 public:
  int width() const noexcept override { return 3; }
  void run(int64_t chunks, void (*fn)(void*, int64_t, int), void* ctx) override {
    for (int64_t i = chunks; i-- > 0;) fn(ctx, i, static_cast<int>(i % 3));
  }
};

std::vector<float> run_with(const Graph& graph, const Tensor& input, int workers,
                            ParallelFor& parallel, int64_t expected_images) {
  auto lowered = lower(graph, LowerOptions{active_isa(), workers, {}});
  EXPECT_TRUE(lowered.ok()) << lowered.status().message();
  const Program& program = *lowered->program;
  EXPECT_EQ(program.front ? program.front->images : program.images, expected_images);
  EXPECT_EQ(program.inputs[0].bytes, input.buffer.size());
  std::vector<float> output(program.outputs[0].bytes / sizeof(float));
  ExecState state(program);
  const void* inputs[] = {input.buffer.data()};
  void* outputs[] = {output.data()};
  state.run(inputs, outputs, parallel);
  state.run(inputs, outputs, parallel);
  return output;
}

TEST(ImageSplit, BigBatchRunsImageByImageWithTheSameResult) {
  constexpr int64_t kSize = 160;
  const Graph batch = classifier(5, kSize);
  const Graph one = classifier(1, kSize);
  const Tensor input = random_tensor({5, 3, kSize, kSize}, 7);
  Scrambled scrambled;
  const std::vector<float> together = run_with(batch, input, 3, scrambled, 5);
  ASSERT_EQ(together.size(), 50u);
  SerialFor serial;
  for (size_t image = 0; image < 5; ++image) {
    const size_t elements = 3 * kSize * kSize;
    const Tensor part = Tensor::from<float>(DataType::kFloat, {1, 3, kSize, kSize},
                                            input.as<float>().subspan(image * elements, elements));
    const std::vector<float> alone = run_with(one, part, 1, serial, 1);
    for (size_t i = 0; i < 10; ++i) EXPECT_NEAR(together[image * 10 + i], alone[i], 1e-6f);
  }
}

// Two convolutions on large pictures, then, after a pool of stride 16, two of many channels with a
// residual around the second, a pool and softmax: the last ones have the weights.
Graph funnel(int64_t batch) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {batch, 3, 160, 160});
  graph.inputs = {x};
  const auto out = [&graph](NodeId node) { return graph.node(node).outputs[0]; };
  const auto conv = [&](const char* name, ValueId from, int64_t channels, int64_t kernels) {
    AttrMap attrs;
    attrs.set("strides", std::vector<int64_t>{1, 1, 1, 1});
    attrs.set("pads", std::vector<int64_t>{1, 1, 1, 1});
    attrs.set("dilations", std::vector<int64_t>{1, 1, 1, 1});
    attrs.set("groups", int64_t{1});
    const ValueId w = graph.add_constant(std::string(name) + "_w",
                                         random_tensor({kernels, channels, 3, 3}, kernels));
    return out(graph.add_node(name, "Conv2D", {from, w}, {name}, attrs));
  };
  ValueId y = out(graph.add_node("relu", "Relu", {conv("wide1", x, 3, 16)}, {"relu"}));
  y = conv("wide2", y, 16, 20);
  AttrMap pool;
  pool.set("ksize", std::vector<int64_t>{1, 1, 16, 16});
  pool.set("strides", std::vector<int64_t>{1, 1, 16, 16});
  pool.set("pads", std::vector<int64_t>{0, 0, 0, 0});
  y = out(graph.add_node("small", "MaxPoolV3", {y}, {"small"}, pool));
  const ValueId deep = conv("deep1", y, 20, 320);
  y = out(graph.add_node("sum", "Add", {conv("deep2", deep, 320, 320), deep}, {"sum"}));
  graph.outputs = {out(graph.add_node("pool", "GlobalAveragePool", {y}, {"y"}))};
  graph.output_names = {"y"};
  EXPECT_TRUE(infer_shapes(graph).ok());
  return graph;
}

TEST(ImageSplit, TheLayersWithTheWeightsTakeTheBatchAtOnce) {
  const Graph batch = funnel(4);
  const size_t alone = nodes_image_by_image(batch);
  ASSERT_GE(alone, 3u);
  ASSERT_LT(alone, batch.nodes().size());
  const Tensor input = random_tensor({4, 3, 160, 160}, 5);
  Scrambled scrambled;
  const std::vector<float> together = run_with(batch, input, 3, scrambled, 4);
  const Graph one = funnel(1);
  SerialFor serial;
  for (size_t image = 0; image < 4; ++image) {
    const size_t elements = 3 * 160 * 160;
    const Tensor part = Tensor::from<float>(DataType::kFloat, {1, 3, 160, 160},
                                            input.as<float>().subspan(image * elements, elements));
    const std::vector<float> right = run_with(one, part, 1, serial, 1);
    ASSERT_EQ(right.size(), 320u);
    for (size_t i = 0; i < 320; ++i) {
      EXPECT_NEAR(together[image * 320 + i], right[i], 2e-4f) << image << ' ' << i;
    }
  }
}

// Between the residual's two ends both values cross; a value of the front that is an output, too,
// keeps all in one part.
TEST(ImageSplit, WhatCrossesTheCut) {
  Graph graph = funnel(4);
  const auto cut_at = [&](std::string_view node) {
    size_t at = 0;
    while (graph.nodes()[at].name != node) ++at;
    return at;
  };
  const size_t cut = cut_at("sum");
  const auto front = single_image_graph(graph, cut);
  ASSERT_TRUE(front.has_value());
  ASSERT_EQ(front->outputs.size(), 2u);
  const Graph rest = graph_after(graph, cut);
  EXPECT_EQ(rest.inputs, front->outputs);
  ASSERT_EQ(rest.nodes().size(), graph.nodes().size() - cut);
  EXPECT_EQ(rest.nodes()[0].name, "sum");
  EXPECT_EQ(front->value(front->outputs[0]).dims[0], 1);
  EXPECT_EQ(rest.value(rest.inputs[0]).dims[0], 4);

  graph.outputs.push_back(graph.nodes()[cut_at("small")].outputs[0]);
  graph.output_names.emplace_back("small");
  const size_t alone = nodes_image_by_image(graph);
  EXPECT_TRUE(alone == 0 || alone == graph.nodes().size() || alone <= cut_at("small")) << alone;
}

TEST(ImageSplit, SmallBatchStaysWhole) {
  const Graph graph = classifier(5, 8);
  EXPECT_TRUE(single_image_graph(graph, graph.nodes().size()).has_value());
  EXPECT_EQ(nodes_image_by_image(graph), 0u);
}

TEST(ImageSplit, OperatorsThatMixImagesAreRefused) {
  const auto with_tail = [](const std::string& type, AttrMap attrs, std::vector<ValueId> more) {
    Graph graph;
    const ValueId x = graph.add_input("x", DataType::kFloat, {4, 4});
    graph.inputs = {x};
    std::vector<ValueId> inputs{x};
    inputs.insert(inputs.end(), more.begin(), more.end());
    graph.outputs = {graph.node(graph.add_node("n", type, inputs, {"y"}, attrs)).outputs[0]};
    graph.output_names = {"y"};
    EXPECT_TRUE(infer_shapes(graph).ok());
    return single_image_graph(graph, 1).has_value();
  };
  AttrMap axis0;
  axis0.set("axes", std::vector<int64_t>{0});
  EXPECT_FALSE(with_tail("SoftmaxV2", axis0, {}));
  AttrMap perm;
  perm.set("perm", std::vector<int64_t>{1, 0});
  EXPECT_FALSE(with_tail("TransposeD", perm, {}));
  // x times itself: the second factor is the batch, too, but as the right matrix.
  EXPECT_FALSE(with_tail("MatMulV2", {}, {0}));
  EXPECT_TRUE(with_tail("Relu", {}, {}));
}

TEST(ImageSplit, ConstantsWithABatchOfTheirOwnAreRefused) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {4, 3});
  graph.inputs = {x};
  const ValueId k = graph.add_constant("k", random_tensor({4, 3}, 1));
  graph.outputs = {graph.node(graph.add_node("a", "Add", {x, k}, {"y"})).outputs[0]};
  graph.output_names = {"y"};
  ASSERT_TRUE(infer_shapes(graph).ok());
  EXPECT_FALSE(single_image_graph(graph, 1).has_value());
}

// Weights that many rows of an image share cost single images nothing, others do.
TEST(ImageSplit, WeightsInShadow) {
  for (const int64_t tokens : {128, 16}) {
    Graph graph;
    const int64_t batch = 2048 / tokens;
    const ValueId x = graph.add_input("x", DataType::kFloat, {batch, tokens, 512});
    graph.inputs = {x};
    const ValueId w = graph.add_constant("w", random_tensor({512, 4096}, 1));
    graph.outputs = {graph.node(graph.add_node("p", "BatchMatMulV2", {x, w}, {"y"})).outputs[0]};
    graph.output_names = {"y"};
    ASSERT_TRUE(infer_shapes(graph).ok());
    EXPECT_EQ(nodes_image_by_image(graph), tokens == 128 ? 1u : 0u);
  }
}

// Of a class token that is the same for all images one is left.
TEST(ImageSplit, RepeatedConstantsOfConcat) {
  for (const bool same : {true, false}) {
    Graph graph;
    const ValueId x = graph.add_input("x", DataType::kFloat, {3, 2, 4});
    graph.inputs = {x};
    std::vector<float> tokens;
    for (int image = 0; image < 3; ++image) {
      for (int i = 0; i < 4; ++i) tokens.push_back(static_cast<float>(same ? i : i + image));
    }
    const ValueId token =
        graph.add_constant("token", Tensor::from<float>(DataType::kFloat, {3, 1, 4}, tokens));
    AttrMap attrs;
    attrs.set("concat_dim", int64_t{1});
    graph.outputs = {
        graph.node(graph.add_node("c", "ConcatD", {token, x}, {"y"}, attrs)).outputs[0]};
    graph.output_names = {"y"};
    ASSERT_TRUE(infer_shapes(graph).ok());
    const auto single = single_image_graph(graph, 1);
    ASSERT_EQ(single.has_value(), same);
    if (!same) continue;
    const Tensor image = random_tensor({1, 2, 4}, 2);
    const auto y = as_floats(run_graph(*single, {image.buffer.data()})[0]);
    std::vector<float> expected = {0, 1, 2, 3};
    expected.insert(expected.end(), image.as<float>().begin(), image.as<float>().end());
    EXPECT_EQ(y, expected);
  }
}

}  // namespace
}  // namespace poacl
