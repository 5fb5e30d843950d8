#include "graph/bodies.h"

#include <gtest/gtest.h>

#include <string>

#include "graph/shape_inference.h"

namespace poacl {
namespace {

AttrMap attrs(std::initializer_list<std::pair<const char*, AttrValue>> values) {
  AttrMap map;
  for (const auto& [name, value] : values) map.set(name, value);
  return map;
}

ValueId add(Graph& graph, const char* type, std::vector<ValueId> inputs, AttrMap map = {}) {
  const NodeId id = graph.add_node(type, type, std::move(inputs), {"y"}, std::move(map));
  return graph.node(id).outputs[0];
}

ValueId scalar(Graph& graph, int64_t value) {
  return graph.add_constant("c", Tensor::from<int64_t>(DataType::kInt64, {}, std::span(&value, 1)));
}

GraphPtr finished(Graph graph, std::vector<ValueId> outputs) {
  graph.outputs = std::move(outputs);
  return std::make_shared<const Graph>(std::move(graph));
}

// One input x of float, and what is made of it by `type`.
GraphPtr branch(const char* type, AttrMap map = {}) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {});
  const ValueId y = add(graph, type, {x}, std::move(map));
  return finished(std::move(graph), {y});
}

// iteration, condition, carried x: x grows by its own length along dimension 0 when `grows`.
GraphPtr loop_body(bool grows, bool forever = true) {
  Graph graph;
  graph.add_input("iteration", DataType::kInt64, {});
  const ValueId cond = graph.add_input("cond", DataType::kBool, {});
  const ValueId x = graph.add_input("x", DataType::kFloat, {});
  const ValueId next = grows ? add(graph, "ConcatD", {x, x}, attrs({{"concat_dim", int64_t{0}}}))
                             : add(graph, "Relu", {x});
  const ValueId again = forever ? cond : add(graph, "LogicalNot", {cond});
  const ValueId listed = add(graph, "Neg", {x});
  return finished(std::move(graph), {again, next, listed});
}

struct Outcome {
  Status status;
  Dims first, second;
  bool first_known = false;
};

Outcome infer_loop(const GraphPtr& body, int64_t trips, Dims dims) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, std::move(dims));
  const ValueId trip_count =
      trips < 0 ? graph.add_input("m", DataType::kInt64, {}) : scalar(graph, trips);
  const NodeId loop = graph.add_node("loop", "Loop", {trip_count, kNoValue, x}, {"y", "list"},
                                     attrs({{"body", body}, {"carried", int64_t{1}}}));
  Outcome outcome;
  outcome.status = infer_shapes(graph);
  if (!outcome.status.ok()) return outcome;
  const Value& first = graph.value(graph.node(loop).outputs[0]);
  outcome.first = first.dims;
  outcome.first_known = first.shape_known;
  outcome.second = graph.value(graph.node(loop).outputs[1]).dims;
  return outcome;
}

TEST(IfInference, ResultsAreWhatBothBranchesShare) {
  Graph graph;
  const ValueId cond = graph.add_input("cond", DataType::kBool, {});
  const ValueId x = graph.add_input("x", DataType::kFloat, {2, 3});
  const NodeId node = graph.add_node(
      "if", "If", {cond, x}, {"y"},
      attrs(
          {{"then_branch", branch("TransposeD", attrs({{"perm", std::vector<int64_t>{0, 1}}}))},
           {"else_branch", branch("TransposeD", attrs({{"perm", std::vector<int64_t>{1, 0}}}))}}));
  ASSERT_TRUE(infer_shapes(graph).ok());
  EXPECT_EQ(graph.value(graph.node(node).outputs[0]).dims, (Dims{-1, -1}));
  // The bodies themselves stay as they are.
  const Graph* body = body_of(graph.node(node), "else_branch");
  EXPECT_EQ(body->value(body->outputs[0]).dtype, DataType::kUndefined);
}

TEST(IfInference, MistakesAreNamed) {
  const struct {
    GraphPtr yes, no;
    const char* part;
  } cases[] = {
      {branch("Relu"), branch("Cast", attrs({{"dst_type", DataType::kInt32}})), "from one branch"},
      {branch("Relu"), nullptr, "else_branch is missing"},
      {branch("Relu"), loop_body(false), "takes 3 inputs, but 1 are passed"},
      {branch("NoSuchOperator"), branch("Relu"), "no operator 'NoSuchOperator'"},
  };
  for (const auto& c : cases) {
    Graph graph;
    const ValueId cond = graph.add_input("cond", DataType::kBool, {});
    const ValueId x = graph.add_input("x", DataType::kFloat, {2});
    graph.add_node("if", "If", {cond, x}, {"y"},
                   attrs({{"then_branch", c.yes}, {"else_branch", c.no}}));
    const Status status = infer_shapes(graph);
    ASSERT_FALSE(status.ok()) << c.part;
    EXPECT_NE(status.message().find(c.part), std::string::npos) << status.message();
    EXPECT_NE(status.message().find("node 'if'"), std::string::npos) << status.message();
  }
}

TEST(LoopInference, KnownTripsAndSteadyShapes) {
  const Outcome steady = infer_loop(loop_body(false), 5, {2, 3});
  ASSERT_TRUE(steady.status.ok()) << steady.status.message();
  EXPECT_EQ(steady.first, (Dims{2, 3}));
  EXPECT_EQ(steady.second, (Dims{5, 2, 3}));
  EXPECT_EQ(infer_loop(loop_body(false), -1, {2, 3}).second, (Dims{-1, 2, 3}));
  EXPECT_EQ(infer_loop(loop_body(false, false), 5, {2, 3}).second, (Dims{-1, 2, 3}));
  EXPECT_EQ(infer_loop(loop_body(false), -1, {2, 3}).first, (Dims{2, 3}));
}

TEST(LoopInference, GrowingDimensionsAreUnknown) {
  const Outcome grows = infer_loop(loop_body(true), 5, {2, 3});
  ASSERT_TRUE(grows.status.ok()) << grows.status.message();
  EXPECT_EQ(grows.first, (Dims{-1, 3}));
  EXPECT_EQ(grows.second, (Dims{5, -1, 3}));
}

TEST(LoopInference, ChangingRanksAreUnknown) {
  Graph body;
  body.add_input("iteration", DataType::kInt64, {});
  const ValueId cond = body.add_input("cond", DataType::kBool, {});
  const ValueId x = body.add_input("x", DataType::kFloat, {});
  const ValueId next = add(body, "Unsqueeze", {x}, attrs({{"axes", std::vector<int64_t>{0}}}));
  const Outcome outcome = infer_loop(finished(std::move(body), {cond, next, x}), 3, {2});
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.message();
  EXPECT_FALSE(outcome.first_known);
}

TEST(ScanInference, AxesAndLengths) {
  Graph body;
  const ValueId sum = body.add_input("sum", DataType::kFloat, {});
  const ValueId item = body.add_input("item", DataType::kFloat, {});
  const ValueId next = add(body, "Add", {sum, item});
  const GraphPtr finished_body = finished(std::move(body), {next, next});
  const auto infer = [&](Dims list, std::vector<int64_t> in, std::vector<int64_t> out, Dims* dims) {
    Graph graph;
    const ValueId state = graph.add_input("state", DataType::kFloat, {3});
    const ValueId x = graph.add_input("x", DataType::kFloat, std::move(list));
    const NodeId node = graph.add_node("scan", "Scan", {state, x}, {"y", "list"},
                                       attrs({{"body", finished_body},
                                              {"states", int64_t{1}},
                                              {"num_scan_inputs", int64_t{1}},
                                              {"scan_input_axes", std::move(in)},
                                              {"scan_output_axes", std::move(out)}}));
    const Status status = infer_shapes(graph);
    if (status.ok()) *dims = graph.value(graph.node(node).outputs[1]).dims;
    return status;
  };
  Dims dims;
  ASSERT_TRUE(infer({7, 3}, {0}, {0}, &dims).ok());
  EXPECT_EQ(dims, (Dims{7, 3}));
  ASSERT_TRUE(infer({3, 7}, {-1}, {-1}, &dims).ok());
  EXPECT_EQ(dims, (Dims{3, 7}));
  ASSERT_TRUE(infer({3, -1}, {1}, {1}, &dims).ok());
  EXPECT_EQ(dims, (Dims{3, -1}));
  EXPECT_NE(infer({7, 3}, {2}, {0}, &dims).message().find("scan_input_axes"), std::string::npos);
  EXPECT_NE(infer({7, 3}, {0, 0}, {0}, &dims).message().find("2 numbers"), std::string::npos);
  EXPECT_NE(infer({7, 4}, {0}, {0}, &dims).message().find("broadcast"), std::string::npos);
}

TEST(InlineBody, TakesThePlaceOfTheNodeAndFolds) {
  Graph body;
  const ValueId x = body.add_input("x", DataType::kFloat, {2});
  const ValueId shape = add(body, "Shape", {x});
  const GraphPtr small = finished(std::move(body), {shape, x});
  Graph graph;
  const ValueId in = graph.add_input("in", DataType::kFloat, {5, 4});
  const auto outputs = inline_body(graph, *small, std::vector<ValueId>{in});
  ASSERT_TRUE(outputs.ok()) << outputs.status().message();
  ASSERT_EQ(outputs->size(), 2u);
  EXPECT_EQ((*outputs)[1], in);
  const Value& folded = graph.value((*outputs)[0]);
  ASSERT_TRUE(folded.is_constant());
  EXPECT_EQ(folded.constant->as<int64_t>()[0], 5);
  EXPECT_FALSE(inline_body(graph, *small, std::vector<ValueId>{}).ok());
}

// Each level infers the one inside anew, so the cost must not multiply without bound.
TEST(NestedBodies, DepthIsBounded) {
  GraphPtr body = loop_body(true);
  for (int depth = 1; depth <= kMostBodyDepth + 1; ++depth) {
    const Status status = infer_loop(body, -1, {2, 3}).status;
    EXPECT_EQ(status.ok(), depth <= kMostBodyDepth) << depth << status.message();
    if (!status.ok()) {
      EXPECT_NE(status.message().find("nested more than 8 deep"), std::string::npos);
    }
    Graph outer;
    const ValueId trips = outer.add_input("iteration", DataType::kInt64, {});
    const ValueId cond = outer.add_input("cond", DataType::kBool, {});
    const ValueId x = outer.add_input("x", DataType::kFloat, {});
    const NodeId loop = outer.add_node("loop", "Loop", {trips, kNoValue, x}, {"y", "list"},
                                       attrs({{"body", body}, {"carried", int64_t{1}}}));
    const ValueId next = outer.node(loop).outputs[0];
    body = finished(std::move(outer), {cond, next, x});
  }
}

TEST(RewriteBodies, CopiesAreChangedAndErrorsName) {
  Graph graph;
  const ValueId cond = graph.add_input("cond", DataType::kBool, {});
  const ValueId x = graph.add_input("x", DataType::kFloat, {2});
  const GraphPtr yes = branch("Relu");
  const NodeId node = graph.add_node("if", "If", {cond, x}, {"y"},
                                     attrs({{"then_branch", yes}, {"else_branch", branch("Neg")}}));
  ASSERT_TRUE(rewrite_bodies(graph, [](Graph& body) {
                body.name = "changed";
                return Status();
              }).ok());
  EXPECT_EQ(body_of(graph.node(node), "then_branch")->name, "changed");
  EXPECT_EQ(yes->name, "");
  const Status status = rewrite_bodies(graph, [](Graph&) { return Status(1, "no"); });
  EXPECT_NE(status.message().find("node 'if'"), std::string::npos) << status.message();
}

}  // namespace
}  // namespace poacl
