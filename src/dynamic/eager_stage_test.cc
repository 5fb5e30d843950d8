// Stages around operators that only running can tell the shapes of.
#include "dynamic/dynamic_test_util.h"

namespace poacl {
namespace {

using Floats = std::vector<float>;
using Ints = std::vector<int64_t>;

std::shared_ptr<const Graph> body_of(Graph graph) {
  return std::make_shared<const Graph>(std::move(graph));
}

Tensor truth(bool value) {
  const std::vector<uint8_t> bytes = {value ? uint8_t{1} : uint8_t{0}};
  return Tensor::from<uint8_t>(DataType::kBool, {}, bytes);
}

// The positive elements of relu(x), doubled, and their positions.
Graph selecting() {
  Graph graph;
  graph.name = "selecting";
  const ValueId x = graph.add_input("x", DataType::kFloat, {6});
  const ValueId relu = add(graph, "relu", "Relu", {x});
  const ValueId where = add(graph, "where", "NonZero", {relu});
  const ValueId shape = graph.add_constant("shape", ints({1}, {-1}));
  const ValueId list = add(graph, "list", "Reshape", {where, shape});
  const ValueId found = add(graph, "gather", "GatherV2", {relu, list});
  finish(graph, {add(graph, "double", "Add", {found, found}), where});
  return graph;
}

TEST(EagerStages, WhatIsFoundDecidesWhatFollows) {
  Graph graph = selecting();
  const Value& doubled = graph.value(graph.outputs[0]);
  EXPECT_EQ(doubled.dims, Dims({-1}));
  EXPECT_EQ(doubled.max_dims, Dims({6}));
  const auto program = make_program(std::move(graph));
  EXPECT_EQ(program->plan_count(), 1u);
  for (int round = 0; round < 2; ++round) {
    const auto two = run(*program, {floats({6}, {-1, 2, -3, 0, 5, -6})});
    EXPECT_EQ(values_of<float>(two[0]), Floats({4, 10}));
    EXPECT_EQ(two[1].dims, Dims({1, 2}));
    EXPECT_EQ(values_of<int64_t>(two[1]), Ints({1, 4}));
    const auto none = run(*program, {floats({6}, Floats(6, -1))});
    EXPECT_EQ(none[0].dims, Dims({0}));
    EXPECT_EQ(none[1].dims, Dims({1, 0}));
  }
  EXPECT_EQ(program->plan_count(), 3u);
  // Another two positions: the plans are those of the first two.
  EXPECT_EQ(values_of<float>(run(*program, {floats({6}, {1, 0, 0, 0, 0, 3})})[0]), Floats({2, 6}));
  EXPECT_EQ(program->plan_count(), 3u);
}

TEST(EagerStages, ConstantsAreFoldedAway) {
  Graph graph;
  const ValueId c = graph.add_constant("c", floats({4}, {0, 1, 0, 1}));
  const ValueId x = graph.add_input("x", DataType::kFloat, {4});
  const ValueId shape = graph.add_constant("shape", ints({1}, {-1}));
  const ValueId list = add(graph, "list", "Reshape", {add(graph, "where", "NonZero", {c}), shape});
  finish(graph, {add(graph, "gather", "GatherV2", {x, list})});
  ASSERT_TRUE(graph.compact().ok());
  EXPECT_FALSE(needs_dynamic(graph));
  EXPECT_EQ(graph.value(graph.outputs[0]).dims, Dims({2}));
}

Graph branch(const char* op) {
  Graph graph;
  graph.name = op;
  const ValueId x = graph.add_input("captured", DataType::kFloat, {2});
  finish(graph, {add(graph, op, op, {x})});
  return graph;
}

TEST(EagerStages, BranchesRunAsProgramsOfTheirOwn) {
  Graph graph;
  const ValueId cond = graph.add_input("cond", DataType::kBool, {});
  const ValueId x = graph.add_input("x", DataType::kFloat, {2});
  AttrMap attrs;
  attrs.set("then_branch", body_of(branch("Neg")));
  attrs.set("else_branch", body_of(branch("Relu")));
  const ValueId y = add(graph, "if", "If", {cond, x}, attrs);
  finish(graph, {add(graph, "twice", "Add", {y, y})});
  const auto program = make_program(std::move(graph));
  EXPECT_EQ(values_of<float>(run(*program, {truth(true), floats({2}, {-1, 2})})[0]),
            Floats({2, -4}));
  EXPECT_EQ(values_of<float>(run(*program, {truth(false), floats({2}, {-1, 2})})[0]),
            Floats({0, 4}));
}

// list = [0]; repeated: list = concat(list, list + 1).
TEST(EagerStages, LoopsMayGrowTheirValues) {
  Graph body;
  body.name = "grow";
  body.add_input("i", DataType::kInt64, {});
  const ValueId go_on = body.add_input("go_on", DataType::kBool, {});
  const ValueId list = body.add_input("list", DataType::kFloat, {-1});
  const ValueId one = body.add_constant("one", floats({}, {1}));
  AttrMap axis;
  axis.set("concat_dim", int64_t{0});
  const ValueId more = add(body, "more", "Add", {list, one});
  finish(body, {go_on, add(body, "concat", "ConcatD", {list, more}, axis)});

  Graph graph;
  const ValueId trips = graph.add_input("trips", DataType::kInt64, {});
  const ValueId first = graph.add_input("first", DataType::kFloat, {-1});
  AttrMap attrs;
  attrs.set("body", body_of(std::move(body)));
  attrs.set("carried", int64_t{1});
  finish(graph, {add(graph, "loop", "Loop", {trips, kNoValue, first}, attrs)});
  const auto program = make_program(std::move(graph));
  EXPECT_EQ(values_of<float>(run(*program, {ints({}, {3}), floats({1}, {0})})[0]),
            Floats({0, 1, 1, 2, 1, 2, 2, 3}));
  EXPECT_EQ(values_of<float>(run(*program, {ints({}, {0}), floats({1}, {7})})[0]), Floats({7}));
  const Status error = run_status(*program, {ints({}, {-1}), floats({1}, {7})});
  EXPECT_TRUE(error.ok()) << error.message();
}

TEST(EagerStages, GrowthIsBoundedByMemory) {
  Graph body;
  body.add_input("i", DataType::kInt64, {});
  const ValueId go_on = body.add_input("go_on", DataType::kBool, {});
  const ValueId list = body.add_input("list", DataType::kFloat, {-1});
  AttrMap axis;
  axis.set("concat_dim", int64_t{0});
  finish(body, {go_on, add(body, "concat", "ConcatD", {list, list}, axis)});
  Graph graph;
  const ValueId first = graph.add_input("first", DataType::kFloat, {1});
  AttrMap attrs;
  attrs.set("body", body_of(std::move(body)));
  attrs.set("carried", int64_t{1});
  finish(graph, {add(graph, "loop", "Loop", {kNoValue, kNoValue, first}, attrs)});
  DynamicOptions options;
  options.memory_limit = 1 << 20;
  const auto program = make_program(std::move(graph), options);
  const Status status = run_status(*program, {floats({1}, {1})});
  EXPECT_EQ(status.code(), 245000);
  EXPECT_NE(status.message().find("node 'loop' (Loop)"), std::string_view::npos)
      << status.message();
}

}  // namespace
}  // namespace poacl
