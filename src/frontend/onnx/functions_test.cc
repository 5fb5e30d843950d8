#include "frontend/onnx/functions.h"

#include <gtest/gtest.h>

#include "frontend/onnx/test_import.h"
#include "graph/bodies.h"

namespace poacl {
namespace {

using onnx_frontend::TestModel;

poacl::onnx::Function& add_function(TestModel& test, const std::string& name) {
  auto* function = test.model.add_functions();
  function->set_domain("local");
  function->set_name(name);
  function->add_input("x");
  function->add_output("y");
  return *function;
}

void add_inner(poacl::onnx::Function& function, const std::string& type, const std::string& from,
               const std::string& to, const std::string& domain = {}) {
  auto* node = function.add_node();
  node->set_op_type(type);
  node->set_domain(domain);
  node->add_input(from);
  node->add_output(to);
}

TestModel calling(const std::string& name) {
  TestModel test;
  test.input("data", {2, 3});
  test.node(name, {"data"}, {"a"}, "one").set_domain("local");
  test.node(name, {"a"}, {"b"}, "two").set_domain("local");
  test.output("b");
  return test;
}

TEST(Functions, AreInlined) {
  TestModel test = calling("Twice");
  auto& function = add_function(test, "Twice");
  add_inner(function, "Relu", "x", "mid");
  add_inner(function, "Sigmoid", "mid", "y");
  const Result<Graph> graph = import(test);
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  EXPECT_EQ(graph->nodes().size(), 4u);
  EXPECT_EQ(graph->nodes()[0].name, "one.1/Relu");
  EXPECT_EQ(graph->output_names, std::vector<std::string>{"two.2/Sigmoid:0:b"});
}

TEST(Functions, AttributesComeFromTheCallOrTheDefault) {
  TestModel test = calling("Leaky");
  auto& function = add_function(test, "Leaky");
  add_inner(function, "LeakyRelu", "x", "y");
  auto* reference = function.mutable_node(0)->add_attribute();
  reference->set_name("alpha");
  reference->set_ref_attr_name("slope");
  auto* fallback = function.add_attribute_proto();
  fallback->set_name("slope");
  fallback->set_type(1);
  fallback->set_f(0.5f);
  auto* given = test.graph().mutable_node(1)->add_attribute();
  given->set_name("slope");
  given->set_type(1);
  given->set_f(0.25f);
  const Result<Graph> graph = import(test);
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  EXPECT_EQ(graph->nodes()[0].attrs.get_float("negative_slope"), 0.5f);
  EXPECT_EQ(graph->nodes()[1].attrs.get_float("negative_slope"), 0.25f);
}

TEST(Functions, RecursionAndExplosionAreRefused) {
  TestModel self = calling("Self");
  add_inner(add_function(self, "Self"), "Self", "x", "y", "local");
  Result<Graph> graph = import(self);
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.status().tag(), "E16001");
  EXPECT_NE(graph.status().message().find("\"Self\""), std::string::npos);

  TestModel bomb = calling("F0");
  for (int level = 0; level < 40; ++level) {
    auto& function = add_function(bomb, "F" + std::to_string(level));
    const std::string next = "F" + std::to_string(level + 1);
    add_inner(function, level == 39 ? "Relu" : next, "x", "mid", level == 39 ? "" : "local");
    add_inner(function, level == 39 ? "Relu" : next, "mid", "y", level == 39 ? "" : "local");
  }
  graph = import(bomb);
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.status().tag(), "E16001");
}

poacl::onnx::Graph& add_branch(poacl::onnx::Node& node, const char* name) {
  auto* attribute = node.add_attribute();
  attribute->set_name(name);
  attribute->set_type(5);
  return *attribute->mutable_g();
}

// The branch makes `output` by one operator.
void fill_branch(poacl::onnx::Graph& branch, const char* op, const char* domain, const char* input,
                 const char* output) {
  auto* node = branch.add_node();
  node->set_op_type(op);
  node->set_domain(domain);
  node->add_input(input);
  node->add_output(output);
  branch.add_output()->set_name(output);
}

TEST(Functions, CallsInSubgraphsAreReplaced) {
  TestModel test;
  test.input("cond", {}, 9);
  test.input("data", {2, 3});
  auto& node = test.node("If", {"cond"}, {"made"}, "choice");
  fill_branch(add_branch(node, "then_branch"), "Twice", "local", "data", "t");
  fill_branch(add_branch(node, "else_branch"), "Relu", "", "data", "e");
  test.output("made");
  auto& function = add_function(test, "Twice");
  add_inner(function, "Sigmoid", "x", "data");  // hides nothing of the caller's
  add_inner(function, "Neg", "data", "y");
  const Result<Graph> graph = import(test);
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  const Graph* branch = body_of(graph->nodes().back(), "then_branch");
  ASSERT_EQ(branch->nodes().size(), 2u);
  EXPECT_EQ(branch->node(0).type, "Sigmoid");
  EXPECT_EQ(branch->value(branch->node(0).inputs[0]).name, "data");
  EXPECT_EQ(branch->node(1).type, "Neg");
}

TEST(Functions, SubgraphsOfFunctionsReadTheirNames) {
  TestModel test;
  test.input("cond", {}, 9);
  test.input("mid", {2, 3});  // the function has an inner tensor of this name
  test.node("Choose", {"mid", "cond"}, {"made"}, "call").set_domain("local");
  test.output("made");
  auto& function = add_function(test, "Choose");
  function.add_input("c");
  add_inner(function, "Neg", "x", "mid");
  auto* node = function.add_node();
  node->set_op_type("If");
  node->add_input("c");
  node->add_output("y");
  fill_branch(add_branch(*node, "then_branch"), "Relu", "", "mid", "t");
  fill_branch(add_branch(*node, "else_branch"), "Identity", "", "x", "e");
  const Result<Graph> graph = import(test);
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  ASSERT_EQ(graph->nodes().size(), 2u);
  EXPECT_EQ(graph->node(0).type, "Neg");
  const Node& choice = graph->node(1);
  ASSERT_EQ(choice.inputs.size(), 3u);  // condition, the negated tensor, the input
  EXPECT_EQ(choice.inputs[1], graph->node(0).outputs[0]);
  EXPECT_EQ(choice.inputs[2], graph->inputs[1]);
}

TEST(Functions, OtherOpsetIsRefused) {
  TestModel test = calling("Old");
  auto& function = add_function(test, "Old");
  add_inner(function, "Relu", "x", "y");
  function.add_opset_import()->set_version(9);
  const Result<Graph> graph = import(test);
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.status().tag(), "E16005");
}

}  // namespace
}  // namespace poacl
