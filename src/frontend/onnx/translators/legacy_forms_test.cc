// Forms that only old operator versions have.
#include <gtest/gtest.h>

#include "frontend/onnx/test_import.h"

namespace poacl::onnx_frontend {
namespace {

const Node* find_node(const Graph& graph, std::string_view type) {
  for (const Node& node : graph.nodes()) {
    if (node.type == type) return &node;
  }
  return nullptr;
}

TEST(LegacyForms, AddAlongAnAxis) {
  TestModel test(6);
  test.input("x", {2, 3, 4, 5});
  test.input("bias", {3});
  auto& add = test.node("Add", {"x", "bias"}, {"y"});
  add_int(add, "broadcast", 1);
  add_int(add, "axis", 1);
  test.output("y");
  auto graph = import(test);
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  const Node* found = find_node(*graph, "Add");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(graph->value(found->inputs[1]).dims, (Dims{3, 1, 1}));
  EXPECT_EQ(graph->value(graph->outputs[0]).dims, (Dims{2, 3, 4, 5}));
}

TEST(LegacyForms, AnAxisTooFarIsAnError) {
  TestModel test(6);
  test.input("x", {2, 3});
  test.input("bias", {3});
  auto& add = test.node("Add", {"x", "bias"}, {"y"});
  add_int(add, "broadcast", 1);
  add_int(add, "axis", 2);
  test.output("y");
  const auto graph = import(test);
  ASSERT_FALSE(graph.ok());
  EXPECT_NE(graph.status().message().find("axis is 2"), std::string::npos)
      << graph.status().message();
}

TEST(LegacyForms, SlopesOfThePReluAreTheChannels) {
  TestModel test(6);
  test.input("x", {2, 3, 4, 4});
  test.input("slope", {3});
  test.node("PRelu", {"x", "slope"}, {"y"});
  test.output("y");
  auto graph = import(test);
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  EXPECT_EQ(graph->value(find_node(*graph, "PRelu")->inputs[1]).dims, (Dims{3, 1, 1}));
}

TEST(LegacyForms, CastNamesItsType) {
  TestModel test(5);
  test.input("x", {2});
  auto* to = test.node("Cast", {"x"}, {"y"}).add_attribute();
  to->set_name("to");
  to->set_type(3);
  to->set_s("INT64");
  test.output("y");
  auto graph = import(test);
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  EXPECT_EQ(graph->value(graph->outputs[0]).dtype, DataType::kInt64);
}

TEST(LegacyForms, HardmaxFlattensBeforeOpset13) {
  TestModel test(11);
  test.input("x", {2, 3, 4});
  test.node("Hardmax", {"x"}, {"y"});
  test.output("y");
  auto graph = import(test);
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  EXPECT_EQ(graph->value(find_node(*graph, "HardMax")->inputs[0]).dims, (Dims{2, 12}));
  EXPECT_EQ(graph->value(graph->outputs[0]).dims, (Dims{2, 3, 4}));
}

TEST(RandomForms, AreNeverFolded) {
  TestModel test(13);
  auto* shape = test.node("RandomNormal", {}, {"y"}).add_attribute();
  shape->set_name("shape");
  shape->set_type(7);
  shape->add_ints(3);
  test.output("y");
  auto graph = import(test);
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  EXPECT_FALSE(graph->value(graph->outputs[0]).is_constant());
  EXPECT_EQ(graph->value(graph->outputs[0]).dims, (Dims{3}));
}

}  // namespace
}  // namespace poacl::onnx_frontend
