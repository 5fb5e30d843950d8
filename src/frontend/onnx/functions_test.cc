#include "frontend/onnx/functions.h"

#include <gtest/gtest.h>

#include "frontend/onnx/onnx_import.h"
#include "frontend/onnx/test_model.h"

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

Result<Graph> import(const TestModel& test) {
  const std::string bytes = test.bytes();
  return import_onnx_bytes(bytes.data(), bytes.size(), {});
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
