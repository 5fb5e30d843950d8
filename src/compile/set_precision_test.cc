#include "compile/set_precision.h"

#include <algorithm>

#include "base/half.h"
#include "compile/bf16_error.h"
#include "compile/compile_test_util.h"
#include "kernels/kernel.h"

namespace poacl {
namespace {

// x [4,32] * w [32,n].
NodeId add_product(Graph& graph, const std::string& name, ValueId x, std::vector<float> weights,
                   int64_t n) {
  const Dims dims = {static_cast<int64_t>(weights.size()) / n, n};
  const ValueId w =
      graph.add_constant(name + ".w", Tensor::from<float>(DataType::kFloat, dims, weights));
  return graph.add_node(name, "MatMulV2", {x, w}, {name + ":0"});
}

std::vector<float> spread_weights(size_t count) {
  std::vector<float> weights(count);
  for (size_t i = 0; i < count; ++i) {
    weights[i] = static_cast<float>(static_cast<int>(i * 37 % 101) - 50) / 50.0f;
  }
  return weights;
}

// "plain" is an ordinary product. "hard" multiplies pairs of all but equal inputs by weights of
// opposite sign, so that what rounding leaves out is most of what remains.
Graph two_products() {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {4, 32});
  const NodeId plain = add_product(graph, "plain", x, spread_weights(32 * 8), 8);
  std::vector<float> spread(32 * 2, 0.0f);
  for (size_t i = 0; i < 32; ++i) {
    spread[i * 2] = 1.0f;
    spread[i * 2 + 1] = 1.001f;
  }
  const NodeId pairs = add_product(graph, "pairs", x, spread, 2);
  const NodeId hard = add_product(graph, "hard", graph.node(pairs).outputs[0], {1.0f, -1.0f}, 1);
  graph.inputs = {x};
  graph.outputs = {graph.node(plain).outputs[0], graph.node(hard).outputs[0]};
  graph.output_names = {"plain", "hard"};
  EXPECT_TRUE(infer_shapes(graph).ok());
  return graph;
}

bool marked(const Graph& graph, const std::string& name) {
  for (const Node& node : graph.nodes()) {
    if (node.name == name) return node.attrs.has(kComputeTypeAttr);
  }
  ADD_FAILURE() << "no node " << name;
  return false;
}

TEST(SetPrecision, MarksWhatRoundingDoesNotHarm) {
  Graph graph = two_products();
  // What "hard" gets must be exact, or the whole model's result is off and nothing is marked.
  const auto report = set_precision(graph, {.bf16 = true, .float_nodes = {"pairs"}});
  ASSERT_TRUE(report.ok()) << report.status().message();
  EXPECT_TRUE(marked(graph, "plain"));
  EXPECT_FALSE(marked(graph, "hard"));
  EXPECT_EQ(report->candidates, 3u);
  EXPECT_TRUE(report->measured);
  EXPECT_GT(report->worst_error, 0.0);
  EXPECT_LE(report->worst_error, kMostBf16Error);
  const auto hard = std::find_if(report->kept.begin(), report->kept.end(),
                                 [](const auto& kept) { return kept.node == "hard"; });
  ASSERT_NE(hard, report->kept.end());
  EXPECT_NE(hard->reason.find("changes its result by"), std::string::npos) << hard->reason;
}

// Every single product loses little; what "hard" makes of that is most of its result.
TEST(SetPrecision, TheWholeModelsResultCounts) {
  if (!cpu_has_avx512_bf16() || active_isa() != Isa::kAvx512) {
    GTEST_SKIP() << "no bfloat16 instructions to run the model with";
  }
  Graph graph = two_products();
  const auto report = set_precision(graph, {.bf16 = true});
  ASSERT_TRUE(report.ok()) << report.status().message();
  EXPECT_FALSE(marked(graph, "pairs"));
  ASSERT_TRUE(report->cosine.has_value());
  EXPECT_GE(*report->cosine, kLeastBf16Cosine);
  const auto pairs = std::find_if(report->kept.begin(), report->kept.end(),
                                  [](const auto& kept) { return kept.node == "pairs"; });
  ASSERT_NE(pairs, report->kept.end());
  EXPECT_NE(pairs->reason.find("cosine"), std::string::npos) << pairs->reason;
}

TEST(SetPrecision, MeasuresTheErrorOfRounding) {
  Graph graph = two_products();
  const NodeId node = 0;
  ASSERT_EQ(graph.node(node).name, "plain");
  const auto errors = measure_bf16_errors(graph, {&node, 1});
  ASSERT_TRUE(errors.ok());
  ASSERT_EQ(errors->size(), 1u);
  // Two factors rounded to 8 bits, errors of all products independent: about 2^-9 / sqrt(1.5).
  EXPECT_GT(errors->front().error, 0.0005);
  EXPECT_LT(errors->front().error, 0.004);
}

TEST(SetPrecision, TheUserNamesWhatStaysFloat) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {4, 32});
  for (const char* name : {"plain", "other"}) {
    const NodeId node = add_product(graph, name, x, spread_weights(32 * 8), 8);
    graph.outputs.push_back(graph.node(node).outputs[0]);
    graph.output_names.emplace_back(name);
  }
  graph.inputs = {x};
  ASSERT_TRUE(infer_shapes(graph).ok());
  graph.node(0).origins = {"Framework/Node"};
  const auto by_origin = set_precision(graph, {.bf16 = true, .float_nodes = {"Framework/Node"}});
  ASSERT_TRUE(by_origin.ok());
  EXPECT_FALSE(marked(graph, "plain"));
  EXPECT_TRUE(marked(graph, "other"));
  for (const char* type : {"MatMulV2", "MatMul"}) {
    const auto by_type = set_precision(graph, {.bf16 = true, .float_types = {type}});
    ASSERT_TRUE(by_type.ok());
    EXPECT_EQ(by_type->kept.size(), 2u);
    EXPECT_FALSE(marked(graph, "other")) << "a mark of before is left";
  }
}

TEST(SetPrecision, NothingWithoutBeingAsked) {
  Graph graph = two_products();
  ASSERT_TRUE(set_precision(graph, {.bf16 = true}).ok());
  const auto report = set_precision(graph, {});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->candidates, 0u);
  EXPECT_FALSE(marked(graph, "plain"));
}

TEST(SetPrecision, OpenShapesAreMarkedUnmeasured) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {-1, 32});
  const NodeId product = add_product(graph, "plain", x, spread_weights(32 * 8), 8);
  graph.inputs = {x};
  graph.outputs = {graph.node(product).outputs[0]};
  graph.output_names = {"y"};
  ASSERT_TRUE(infer_shapes(graph).ok());
  const auto report = set_precision(graph, {.bf16 = true});
  ASSERT_TRUE(report.ok());
  EXPECT_FALSE(report->measured);
  EXPECT_TRUE(marked(graph, "plain"));
}

TEST(SetPrecision, OtherTypesAreNoCandidates) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kDouble, {2, 2});
  const NodeId product = graph.add_node("p", "MatMulV2", {x, x}, {"p:0"});
  graph.inputs = {x};
  graph.outputs = {graph.node(product).outputs[0]};
  graph.output_names = {"y"};
  ASSERT_TRUE(infer_shapes(graph).ok());
  const auto report = set_precision(graph, {.bf16 = true});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->candidates, 0u);
  EXPECT_TRUE(bf16_factors("SoftmaxV2").empty());
}

}  // namespace
}  // namespace poacl
