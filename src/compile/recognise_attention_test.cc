// What is recognised computes the same as what was written.
#include "compile/compile_test_util.h"
#include "compile/passes.h"

namespace poacl {
namespace {

constexpr int64_t kBatch = 2, kQueries = 9, kKeys = 13, kHeads = 3, kDepth = 8;

enum class KeyForm { kHeadsFirst, kSeqFirst, kTransposedInput };

struct Spelling {
  KeyForm key = KeyForm::kHeadsFirst;
  bool scale = true, quotient = false, mask = false;
  int64_t axis = -1;
  bool shows_scores = false;  // the softmax is an output too
};

ValueId add(Graph& graph, const std::string& type, std::vector<ValueId> inputs,
            AttrMap attrs = {}) {
  const NodeId id = graph.add_node(type, type, std::move(inputs), {type + ":0"}, std::move(attrs));
  return graph.node(id).outputs[0];
}

ValueId transposed(Graph& graph, ValueId value, std::vector<int64_t> perm) {
  AttrMap attrs;
  attrs.set("perm", std::move(perm));
  return add(graph, "TransposeD", {value}, std::move(attrs));
}

Graph write(const Spelling& s) {
  Graph graph;
  const Dims key = s.key == KeyForm::kHeadsFirst ? Dims{kBatch, kHeads, kKeys, kDepth}
                   : s.key == KeyForm::kSeqFirst ? Dims{kBatch, kKeys, kHeads, kDepth}
                                                 : Dims{kBatch, kHeads, kDepth, kKeys};
  const ValueId q = graph.add_input("q", DataType::kFloat, {kBatch, kHeads, kQueries, kDepth});
  ValueId k = graph.add_input("k", DataType::kFloat, key);
  const ValueId v = graph.add_input("v", DataType::kFloat, {kBatch, kHeads, kKeys, 5});
  graph.inputs = {q, k, v};
  if (s.key == KeyForm::kHeadsFirst) k = transposed(graph, k, {0, 1, 3, 2});
  if (s.key == KeyForm::kSeqFirst) k = transposed(graph, k, {0, 2, 3, 1});
  ValueId scores = add(graph, "BatchMatMulV2", {q, k});
  if (s.scale) {
    const float factor[] = {s.quotient ? 2.5f : 0.4f};
    const ValueId constant =
        graph.add_constant("factor", Tensor::from<float>(DataType::kFloat, {}, factor));
    scores = add(graph, s.quotient ? "RealDiv" : "Mul", {scores, constant});
  }
  if (s.mask) {
    const ValueId mask = graph.add_input("mask", DataType::kFloat, {kBatch, 1, 1, kKeys});
    scores = add(graph, "Add", {mask, scores});
  }
  AttrMap attrs;
  attrs.set("axes", std::vector<int64_t>{s.axis});
  const ValueId weights = add(graph, "SoftmaxV2", {scores}, std::move(attrs));
  graph.outputs = {add(graph, "BatchMatMulV2", {weights, v})};
  graph.output_names = {"y"};
  if (s.shows_scores) {
    graph.outputs.push_back(weights);
    graph.output_names.push_back("weights");
  }
  return graph;
}

std::vector<std::string> types(const Graph& graph) {
  std::vector<std::string> all;
  for (const Node& node : graph.nodes()) all.push_back(node.type);
  return all;
}

void expect_recognised(const Spelling& s, const std::vector<std::string>& expected) {
  Graph graph = write(s);
  ASSERT_TRUE(infer_shapes(graph).ok());
  Graph fused = graph;
  ASSERT_TRUE(optimize(fused).ok());
  EXPECT_EQ(types(fused), expected);
  std::vector<Tensor> inputs;
  std::vector<const void*> pointers;
  for (const ValueId id : graph.inputs) {
    inputs.push_back(random_tensor(graph.value(id).dims, static_cast<uint32_t>(id) + 1, -2, 2));
  }
  for (const Tensor& input : inputs) pointers.push_back(input.buffer.data());
  const auto before = run_graph(graph, pointers);
  const auto after = run_graph(fused, pointers);
  ASSERT_EQ(after.size(), before.size());
  for (size_t i = 0; i < after.size(); ++i) {
    expect_close(as_floats(after[i]), as_floats(before[i]), 1e-5f);
  }
}

TEST(RecogniseAttention, KeysScalesAndMasks) {
  for (const bool mask : {false, true}) {
    for (const bool quotient : {false, true}) {
      expect_recognised({KeyForm::kHeadsFirst, true, quotient, mask}, {"FusedInferAttentionScore"});
    }
    expect_recognised({KeyForm::kSeqFirst, false, false, mask},
                      {"TransposeD", "FusedInferAttentionScore"});
    expect_recognised({KeyForm::kTransposedInput, true, false, mask},
                      {"TransposeD", "FusedInferAttentionScore"});
  }
}

TEST(RecogniseAttention, OtherAxesAndWantedWeightsAreLeft) {
  Spelling s;
  s.axis = 2;
  expect_recognised(s, {"TransposeD", "BatchMatMulV2", "Mul", "SoftmaxV2", "BatchMatMulV2"});
  s.axis = 3;
  s.shows_scores = true;
  expect_recognised(s, {"TransposeD", "BatchMatMulV2", "Mul", "SoftmaxV2", "BatchMatMulV2"});
}

}  // namespace
}  // namespace poacl
