#include "compile/compile_test_util.h"
#include "compile/passes.h"

namespace poacl {
namespace {

ValueId add(Graph& graph, const std::string& name, const std::string& type,
            std::vector<ValueId> inputs, AttrMap attrs = {}) {
  const NodeId node =
      graph.add_node(name, type, std::move(inputs), {name + ":0"}, std::move(attrs));
  const Status status = infer_node(graph, graph.node(node));
  EXPECT_TRUE(status.ok()) << status.message();
  return graph.node(node).outputs[0];
}

ValueId ints(Graph& graph, const std::string& name, Dims dims, const std::vector<int64_t>& values) {
  return graph.add_constant(name, Tensor::from<int64_t>(DataType::kInt64, std::move(dims), values));
}

TEST(FoldDims, KnownDimensionsBesideAnOpenOne) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {-1, 3, 8, 5});
  graph.inputs = {x};
  const ValueId shape = add(graph, "shape", "Shape", {x});
  const ValueId zero = ints(graph, "zero", {}, {0});
  const ValueId width =
      add(graph, "width", "GatherV2", {shape, ints(graph, "last", {1}, {-1}), zero});
  const ValueId tail = add(graph, "tail", "StridedSliceV2",
                           {shape, ints(graph, "b", {1}, {1}), ints(graph, "e", {1}, {INT64_MAX})});
  const ValueId batch =
      add(graph, "batch", "GatherV2", {shape, ints(graph, "first", {1}, {0}), zero});
  std::vector<ValueId> uses;
  for (const ValueId value : {width, tail, batch}) {
    uses.push_back(add(graph, "use" + std::to_string(uses.size()), "Neg", {value}));
  }
  graph.outputs = uses;
  graph.output_names = {"w", "t", "b"};
  ASSERT_TRUE(fold_dims(graph).ok());
  ASSERT_TRUE(infer_shapes(graph).ok());
  const auto numbers = [&](size_t i) {
    const auto values = graph.value(uses[i]).constant->as<int64_t>();
    return std::vector<int64_t>(values.begin(), values.end());
  };
  ASSERT_TRUE(graph.value(uses[0]).is_constant());
  EXPECT_EQ(numbers(0), std::vector<int64_t>{-5});
  ASSERT_TRUE(graph.value(uses[1]).is_constant());
  EXPECT_EQ(numbers(1), (std::vector<int64_t>{-3, -8, -5}));
  EXPECT_FALSE(graph.value(uses[2]).is_constant());
}

}  // namespace
}  // namespace poacl
