#include "graph/graph.h"

#include <gtest/gtest.h>

#include "graph/op_def.h"

namespace poacl {
namespace {

TEST(Graph, NodeNamesAreMadeUnique) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {1});
  const NodeId a = graph.add_node("relu", "Relu", {x}, {"a"});
  const NodeId b = graph.add_node("relu", "Relu", {x}, {"b"});
  EXPECT_EQ(graph.node(a).name, "relu");
  EXPECT_EQ(graph.node(b).name, "relu_1");
  EXPECT_EQ(graph.value(graph.node(b).outputs[0]).producer, b);
}

TEST(Graph, UsesCountNodesAndOutputs) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {1});
  const NodeId add = graph.add_node("add", "Add", {x, x}, {"sum"});
  const ValueId sum = graph.node(add).outputs[0];
  graph.outputs = {sum, x};
  EXPECT_EQ(graph.use_counts(), (std::vector<int>{3, 1}));
  graph.replace_uses(x, sum);
  EXPECT_EQ(graph.outputs, (std::vector<ValueId>{sum, sum}));
}

TEST(Graph, CompactDropsWhatNobodyNeedsAndSorts) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {1});
  const float one[] = {1.0f};
  const ValueId unread = graph.add_constant("c", Tensor::from<float>(DataType::kFloat, {1}, one));
  const ValueId late = graph.add_value("late");
  const NodeId last = graph.add_node("last", "Relu", {late}, {"y"});
  graph.add_node("unused", "Relu", {x}, {"z"});
  const NodeId first = graph.add_node("first", "Relu", {x}, {"w"});
  graph.node(last).inputs = {graph.node(first).outputs[0]};
  graph.outputs = {graph.node(last).outputs[0]};
  ASSERT_TRUE(graph.compact().ok());
  ASSERT_EQ(graph.nodes().size(), 2u);
  EXPECT_EQ(graph.node(0).name, "first");
  EXPECT_EQ(graph.node(1).name, "last");
  EXPECT_EQ(graph.value(graph.outputs[0]).producer, 1);
  EXPECT_FALSE(graph.value(unread).is_constant());
}

TEST(Graph, CompactReportsACycle) {
  Graph graph;
  const ValueId a = graph.add_value("a");
  const NodeId first = graph.add_node("first", "Relu", {a}, {"b"});
  const NodeId second = graph.add_node("second", "Relu", {graph.node(first).outputs[0]}, {"c"});
  graph.node(first).inputs = {graph.node(second).outputs[0]};
  graph.outputs = {graph.node(second).outputs[0]};
  const Status status = graph.compact();
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.message().find("cycle"), std::string_view::npos);
}

TEST(OpDef, EveryOperatorIsFoundByName) {
  ASSERT_GT(all_ops().size(), 70u);
  for (const OpDef* def : all_ops()) {
    EXPECT_EQ(find_op(def->type), def) << def->type << " is defined twice";
    EXPECT_NE(def->infer, nullptr);
  }
  EXPECT_EQ(find_op("Conv"), nullptr);
}

}  // namespace
}  // namespace poacl
