#include <gtest/gtest.h>

#include <algorithm>

#include "frontend/onnx/test_import.h"
#include "graph/bodies.h"

namespace poacl::onnx_frontend {
namespace {

constexpr int32_t kInt64Type = 7;
constexpr int32_t kBoolType = 9;
constexpr int32_t kGraphAttribute = 5;

void add_body(poacl::onnx::Node& node, const char* name, TestModel& body) {
  auto* attribute = node.add_attribute();
  attribute->set_name(name);
  attribute->set_type(kGraphAttribute);
  *attribute->mutable_g() = body.graph();
}

void add_constant(TestModel& model, const char* name, int32_t type,
                  const std::vector<int64_t>& dims, int64_t value) {
  auto* tensor = model.graph().add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(type);
  for (const int64_t dim : dims) tensor->add_dims(dim);
  if (type == kBoolType) {
    tensor->add_int32_data(static_cast<int32_t>(value));
  } else {
    tensor->add_int64_data(value);
  }
}

int count_of(const Graph& graph, std::string_view type) {
  return static_cast<int>(std::count_if(graph.nodes().begin(), graph.nodes().end(),
                                        [&](const Node& node) { return node.type == type; }));
}

// A branch that applies one operator to a tensor of the graph around it.
TestModel branch(const char* op, const char* input = "x") {
  TestModel body;
  body.node(op, {input}, {"made"}, "inner");
  body.output("made");
  return body;
}

TestModel if_model(TestModel yes, TestModel no) {
  TestModel model;
  model.input("cond", {}, kBoolType);
  model.input("x", {2, 3});
  auto& node = model.node("If", {"cond"}, {"y"}, "choice");
  add_body(node, "then_branch", yes);
  add_body(node, "else_branch", no);
  model.output("y");
  return model;
}

TEST(If, BranchesCaptureWhatTheyRead) {
  const Graph graph = imported(if_model(branch("Relu"), branch("Transpose")));
  ASSERT_EQ(count_of(graph, "If"), 1);
  const Node& node = graph.nodes().back();
  EXPECT_EQ(node.name, "choice");
  ASSERT_EQ(node.inputs.size(), 2u);  // condition and x
  EXPECT_EQ(graph.value(node.inputs[1]).name, "x");
  EXPECT_EQ(graph.value(graph.outputs[0]).dims, (Dims{-1, -1}));
  const Graph* yes = body_of(node, "then_branch");
  ASSERT_EQ(yes->nodes().size(), 1u);
  EXPECT_EQ(yes->node(0).name, "choice/then_branch/inner");
}

TEST(If, BranchesShareOneListOfCapturedValues) {
  TestModel model = if_model(branch("Relu", "x"), branch("Neg", "z"));
  model.input("z", {2, 3});
  const Graph graph = imported(model);
  const Node& node = graph.nodes().back();
  ASSERT_EQ(node.inputs.size(), 3u);
  for (const char* name : {"then_branch", "else_branch"}) {
    EXPECT_EQ(body_of(node, name)->inputs.size(), 2u) << name;
  }
  EXPECT_EQ(graph.value(graph.outputs[0]).dims, (Dims{2, 3}));
}

TEST(If, ConstantsOfTheOuterGraphStandInside) {
  TestModel model = if_model(branch("Relu"), branch("Neg", "k"));
  model.initializer("k", {2, 3}, {1, 2, 3, 4, 5, 6});
  const Graph graph = imported(model);
  const Node& node = graph.nodes().back();
  EXPECT_EQ(node.inputs.size(), 2u);
  const Graph* no = body_of(node, "else_branch");
  ASSERT_TRUE(no->value(no->outputs[0]).is_constant());
  EXPECT_EQ(no->value(no->outputs[0]).constant->as<float>()[5], -6.0f);
}

TEST(If, AKnownConditionLeavesOneBranch) {
  for (const bool cond : {true, false}) {
    TestModel yes = branch(cond ? "Relu" : "NoSuchOperator");
    TestModel no = branch(cond ? "NoSuchOperator" : "Sigmoid");
    TestModel model;
    model.input("x", {2, 3});
    add_constant(model, "cond", kBoolType, {}, cond ? 1 : 0);
    auto& node = model.node("If", {"cond"}, {"y"}, "choice");
    add_body(node, "then_branch", yes);
    add_body(node, "else_branch", no);
    model.output("y");
    const Graph graph = imported(model);
    ASSERT_EQ(graph.nodes().size(), 1u);
    EXPECT_EQ(graph.node(0).type, cond ? "Relu" : "Sigmoid");
    EXPECT_EQ(graph.node(0).name, cond ? "choice/then_branch/inner" : "choice/else_branch/inner");
  }
}

TEST(If, InnerNamesHideOuterOnes) {
  TestModel yes;
  yes.initializer("x", {1, 1}, {5});
  yes.node("Relu", {"x"}, {"made"});
  yes.output("made");
  const Graph graph = imported(if_model(yes, branch("Relu")));
  const Graph* inner = body_of(graph.nodes().back(), "then_branch");
  EXPECT_EQ(inner->value(inner->outputs[0]).dims, (Dims{1, 1}));
}

TEST(If, NestedBranchesCaptureThroughEachOther) {
  TestModel outer_yes;
  {
    TestModel yes = branch("Neg", "x");
    TestModel no = branch("Relu", "local");
    outer_yes.node("Sigmoid", {"x"}, {"local"});
    auto& node = outer_yes.node("If", {"cond2"}, {"made"}, "deeper");
    add_body(node, "then_branch", yes);
    add_body(node, "else_branch", no);
    outer_yes.output("made");
  }
  TestModel model = if_model(outer_yes, branch("Relu"));
  model.input("cond2", {}, kBoolType);
  const Graph graph = imported(model);
  const Node& node = graph.nodes().back();
  EXPECT_EQ(node.inputs.size(), 3u);  // cond, cond2, x
  const Graph* inner = body_of(node, "then_branch");
  const Node& deeper = inner->nodes().back();
  EXPECT_EQ(deeper.name, "choice/then_branch/deeper");
  EXPECT_EQ(body_of(deeper, "else_branch")->node(0).name,
            "choice/then_branch/deeper/else_branch/inner");
}

TEST(If, UnsupportedNodesOfBothBranchesAreToldWithTheirPaths) {
  TestModel model = if_model(branch("NoSuchOperator"), branch("NorThisOne"));
  const std::string text = error_of(model);
  EXPECT_NE(text.find("2 nodes"), std::string::npos) << text;
  EXPECT_NE(text.find("\"choice/then_branch/inner\" (NoSuchOperator"), std::string::npos) << text;
  EXPECT_NE(text.find("\"choice/else_branch/inner\" (NorThisOne"), std::string::npos) << text;
  // Also when the node that owns them cannot be translated for lack of its inputs.
  TestModel behind = if_model(branch("NoSuchOperator"), branch("Relu"));
  behind.graph().mutable_node(0)->set_input(0, "unmade");
  behind.node("AlsoUnknown", {"x"}, {"unmade"}, "first");
  const std::string both = error_of(behind);
  EXPECT_NE(both.find("AlsoUnknown"), std::string::npos) << both;
  EXPECT_NE(both.find("choice/then_branch/inner"), std::string::npos) << both;
}

// Exporters keep branches for other input sizes; the condition tells at run time.
TEST(If, ABranchThatDoesNotFitTheShapesIsKept) {
  TestModel yes;
  yes.node("Add", {"x", "four"}, {"made"}, "inner");
  yes.output("made");
  TestModel model = if_model(yes, branch("Relu"));
  model.initializer("four", {4}, {1, 2, 3, 4});
  const Graph graph = imported(model);
  ASSERT_EQ(count_of(graph, "If"), 1);
  EXPECT_EQ(graph.value(graph.outputs[0]).dims, (Dims{-1, -1}));
}

TEST(If, BrokenSubgraphsAreNamed) {
  EXPECT_NE(error_of(if_model(branch("Relu", "nowhere"), branch("Relu"))).find("nowhere"),
            std::string::npos);
  TestModel model = if_model(branch("Relu"), branch("Relu"));
  model.graph().mutable_node(0)->mutable_attribute()->RemoveLast();
  EXPECT_NE(error_of(model).find("lacks the subgraph \"else_branch\""), std::string::npos);
}

TEST(If, NestingIsBounded) {
  TestModel inner = branch("Relu");
  for (int depth = 1; depth <= kMostBodyDepth + 1; ++depth) {
    const Result<Graph> graph = import(if_model(inner, branch("Relu")));
    EXPECT_EQ(graph.ok(), depth <= kMostBodyDepth) << depth;
    if (!graph.ok()) {
      EXPECT_NE(graph.status().message().find("more than 8 deep"), std::string::npos)
          << graph.status().message();
    }
    TestModel next;
    auto& node = next.node("If", {"cond"}, {"made"}, "n");
    TestModel other = branch("Relu");
    add_body(node, "then_branch", inner);
    add_body(node, "else_branch", other);
    next.output("made");
    inner = next;
  }
}

// carried x; next = op(x, x); a list of the iteration numbers.
TestModel loop_model(const char* op, int64_t trips) {
  TestModel body;
  body.input("i", {}, kInt64Type);
  body.input("cond", {}, kBoolType);
  body.graph().add_input()->set_name("value");
  auto& node = body.node(op, {"value", "value"}, {"next"}, "step");
  if (std::string_view(op) == "Concat") add_int(node, "axis", 0);
  body.node("Identity", {"cond"}, {"again"});
  body.node("Identity", {"i"}, {"number"});
  for (const char* name : {"again", "next", "number"}) body.output(name);
  TestModel model;
  model.input("x", {2, 3});
  if (trips >= 0) {
    add_constant(model, "trips", kInt64Type, {}, trips);
  } else {
    model.input("trips", {}, kInt64Type);
  }
  add_body(model.node("Loop", {"trips", "", "x"}, {"last", "numbers"}, "loop"), "body", body);
  model.output("last");
  model.output("numbers");
  return model;
}

TEST(Loop, ShortCountedLoopsAreUnrolled) {
  const Graph graph = imported(loop_model("Concat", 3));
  EXPECT_EQ(count_of(graph, "Loop"), 0);
  EXPECT_EQ(count_of(graph, "ConcatD"), 3);
  EXPECT_EQ(graph.value(graph.outputs[0]).dims, (Dims{16, 3}));
  const Value& numbers = graph.value(graph.outputs[1]);
  ASSERT_TRUE(numbers.is_constant());
  ASSERT_EQ(numbers.dims, (Dims{3}));
  EXPECT_EQ(numbers.constant->as<int64_t>()[2], 2);
}

TEST(Loop, OthersStayAndTellWhatTheyCan) {
  const Graph counted = imported(loop_model("Add", 1000));
  ASSERT_EQ(count_of(counted, "Loop"), 1);
  EXPECT_EQ(counted.value(counted.outputs[0]).dims, (Dims{2, 3}));
  EXPECT_EQ(counted.value(counted.outputs[1]).dims, (Dims{1000}));
  const Graph open = imported(loop_model("Concat", -1));
  EXPECT_EQ(open.value(open.outputs[0]).dims, (Dims{-1, 3}));
  EXPECT_EQ(open.value(open.outputs[1]).dims, (Dims{-1}));
  const Graph none = imported(loop_model("Concat", 0));
  EXPECT_EQ(none.value(none.outputs[1]).dims, (Dims{0}));
}

TEST(Loop, CarriedTypesMustStay) {
  TestModel model = loop_model("Add", -1);
  auto& body = *model.graph().mutable_node(0)->mutable_attribute(0)->mutable_g();
  body.mutable_node(0)->set_op_type("Equal");
  EXPECT_NE(error_of(model).find("before an iteration and bool after"), std::string::npos);
  body.mutable_node(0)->set_op_type("Add");
  body.add_input()->set_name("one_more");
  EXPECT_NE(error_of(model).find("declares 4 inputs, but gets 3"), std::string::npos);
}

// state += item, which is also what is listed.
TestModel scan_model(int64_t opset, std::vector<int64_t> state, std::vector<int64_t> list) {
  TestModel body;
  body.graph().add_input()->set_name("sum");
  body.graph().add_input()->set_name("item");
  body.node("Add", {"sum", "item"}, {"next"}, "step");
  body.node("Identity", {"next"}, {"listed"});
  body.output("next");
  body.output("listed");
  TestModel model(opset);
  model.input("state", state);
  model.input("list", list);
  auto& node = opset >= 9 ? model.node("Scan", {"state", "list"}, {"last", "all"}, "scan")
                          : model.node("Scan", {"", "state", "list"}, {"last", "all"}, "scan");
  add_int(node, "num_scan_inputs", 1);
  add_body(node, "body", body);
  model.output("last");
  model.output("all");
  return model;
}

TEST(Scan, ShortOnesAreUnrolledAndLongOnesStay) {
  const Graph few = imported(scan_model(13, {4}, {3, 4}));
  EXPECT_EQ(count_of(few, "Scan"), 0);
  EXPECT_EQ(count_of(few, "Add"), 3);
  EXPECT_EQ(few.value(few.outputs[1]).dims, (Dims{3, 4}));
  const Graph many = imported(scan_model(13, {4}, {3000, 4}));
  EXPECT_EQ(count_of(many, "Scan"), 1);
  EXPECT_EQ(many.value(many.outputs[0]).dims, (Dims{4}));
  EXPECT_EQ(many.value(many.outputs[1]).dims, (Dims{3000, 4}));
}

TEST(Scan, Version8RunsEachImageOfABatch) {
  const Graph graph = imported(scan_model(8, {2, 4}, {2, 3, 4}));
  ASSERT_EQ(count_of(graph, "Scan"), 1);
  EXPECT_EQ(graph.value(graph.outputs[0]).dims, (Dims{2, 4}));
  EXPECT_EQ(graph.value(graph.outputs[1]).dims, (Dims{2, 3, 4}));
  const Graph* image = body_of(graph.nodes().back(), "body");
  ASSERT_EQ(count_of(*image, "Scan"), 1);
  EXPECT_EQ(image->value(image->outputs[1]).dims, (Dims{3, 4}));
}

}  // namespace
}  // namespace poacl::onnx_frontend
