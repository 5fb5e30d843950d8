#include "compile/compile_test_util.h"
#include "compile/passes.h"

namespace poacl {
namespace {

ValueId add(Graph& graph, const std::string& name, const std::string& type,
            std::vector<ValueId> inputs, AttrMap attrs = {}) {
  const NodeId node =
      graph.add_node(name, type, std::move(inputs), {name + ":0"}, std::move(attrs));
  return graph.node(node).outputs[0];
}

ValueId constant(Graph& graph, const std::string& name, float value) {
  return graph.add_constant(name, Tensor::from<float>(DataType::kFloat, {}, {&value, 1}));
}

// (sigmoid(x) * 2) + (sigmoid(x) * 2) + (sigmoid(x) * 3), every part written out.
Graph repeated() {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {4});
  graph.inputs = {x};
  std::vector<ValueId> products;
  for (int i = 0; i < 3; ++i) {
    const std::string suffix = std::to_string(i);
    const ValueId s = add(graph, "s" + suffix, "Sigmoid", {x});
    const ValueId factor = constant(graph, "f" + suffix, i == 2 ? 3.0f : 2.0f);
    products.push_back(add(graph, "m" + suffix, "Mul", {s, factor}));
  }
  const ValueId sum = add(graph, "sum", "Add", {products[0], products[1]});
  graph.outputs = {add(graph, "total", "Add", {sum, products[2]})};
  graph.output_names = {"total:0:y"};
  return graph;
}

TEST(MergeEqual, EqualNodesBecomeOne) {
  Graph graph = repeated();
  ASSERT_TRUE(infer_shapes(graph).ok());
  Graph plain = graph;
  ASSERT_TRUE(merge_equal(graph).ok());
  ASSERT_TRUE(infer_shapes(graph).ok());
  EXPECT_EQ(graph.nodes().size(), 5u);  // one Sigmoid, two Mul, two Add
  const std::vector<float> x = {-1.0f, 0.0f, 0.5f, 3.0f};
  expect_close(as_floats(run_graph(graph, {x.data()})[0]),
               as_floats(run_graph(plain, {x.data()})[0]), 1e-6f);
}

TEST(MergeEqual, AttributesAndOutputsTellNodesApart) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {4});
  graph.inputs = {x};
  for (const float slope : {0.1f, 0.2f}) {
    AttrMap attrs;
    attrs.set("negative_slope", slope);
    graph.outputs.push_back(
        add(graph, "sum" + std::to_string(slope), "Neg",
            {add(graph, "leaky" + std::to_string(slope), "LeakyRelu", {x}, attrs)}));
  }
  // Two outputs of the model that are the same number stay two.
  for (const char* name : {"a", "b"}) graph.outputs.push_back(add(graph, name, "Relu", {x}));
  graph.output_names = {"l1", "l2", "a", "b"};
  ASSERT_TRUE(infer_shapes(graph).ok());
  ASSERT_TRUE(merge_equal(graph).ok());
  EXPECT_EQ(graph.nodes().size(), 6u);
}

TEST(MergeEqual, RandomNumbersStayDifferent) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {4});
  graph.inputs = {x};
  AttrMap attrs;
  attrs.set("seed", int64_t{0});
  // The attribute alone decides: no operator with a seed is merged.
  const ValueId a = add(graph, "a", "Relu", {x}, attrs);
  const ValueId b = add(graph, "b", "Relu", {x}, attrs);
  graph.outputs = {add(graph, "sum", "Add", {a, b})};
  graph.output_names = {"sum"};
  ASSERT_TRUE(infer_shapes(graph).ok());
  ASSERT_TRUE(merge_equal(graph).ok());
  EXPECT_EQ(graph.nodes().size(), 3u);
}

}  // namespace
}  // namespace poacl
