// Forms of the index and shape operators by version: constants come out folded, operands that are
// known at run time only are left to the graph.
#include <gtest/gtest.h>

#include "frontend/onnx/onnx_import.h"
#include "frontend/onnx/test_model.h"

namespace poacl {
namespace {

using onnx_frontend::TestModel;

void ints_attribute(poacl::onnx::Node& node, const std::string& name,
                    const std::vector<int64_t>& values) {
  auto* attribute = node.add_attribute();
  attribute->set_name(name);
  attribute->set_type(7);
  for (const int64_t value : values) attribute->add_ints(value);
}

void int_attribute(poacl::onnx::Node& node, const std::string& name, int64_t value) {
  auto* attribute = node.add_attribute();
  attribute->set_name(name);
  attribute->set_type(2);
  attribute->set_i(value);
}

void int_constant(TestModel& test, const std::string& name, const std::vector<int64_t>& values) {
  auto* tensor = test.graph().add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(7);
  tensor->add_dims(static_cast<int64_t>(values.size()));
  for (const int64_t value : values) tensor->add_int64_data(value);
}

std::vector<float> folded(const TestModel& test, const Dims& dims) {
  const std::string bytes = test.bytes();
  const Result<Graph> graph = import_onnx_bytes(bytes.data(), bytes.size(), {});
  EXPECT_TRUE(graph.ok()) << graph.status().message();
  if (!graph.ok()) return {};
  const Value& output = graph->value(graph->outputs[0]);
  EXPECT_EQ(output.dims, dims);
  EXPECT_TRUE(output.is_constant());
  if (!output.is_constant()) return {};
  const auto values = output.constant->as<float>();
  return std::vector<float>(values.begin(), values.end());
}

TEST(IndexOperators, OldFormsTakeAttributes) {
  TestModel pad(1);
  pad.initializer("x", {2}, {1, 2});
  ints_attribute(pad.node("Pad", {"x"}, {"y"}), "paddings", {1, 0});
  pad.output("y");
  EXPECT_EQ(folded(pad, {3}), (std::vector<float>{0, 1, 2}));

  TestModel reshape(1);
  reshape.initializer("x", {4}, {1, 2, 3, 4});
  ints_attribute(reshape.node("Reshape", {"x"}, {"y"}), "shape", {2, -1});
  reshape.output("y");
  EXPECT_EQ(folded(reshape, {2, 2}).size(), 4u);

  TestModel tile(5);
  tile.initializer("x", {1, 2}, {1, 2});
  int_constant(tile, "tiles", {2});
  int_constant(tile, "axis", {1});
  tile.node("Tile", {"x", "tiles", "axis"}, {"y"});
  tile.output("y");
  EXPECT_EQ(folded(tile, {1, 4}), (std::vector<float>{1, 2, 1, 2}));

  TestModel top(1);
  top.initializer("x", {3}, {1, 3, 2});
  int_attribute(top.node("TopK", {"x"}, {"y", "i"}), "k", 2);
  top.output("y");
  EXPECT_EQ(folded(top, {2}), (std::vector<float>{3, 2}));
}

TEST(IndexOperators, PadTakesAxes) {
  TestModel test(18);
  test.initializer("x", {1, 2}, {1, 2});
  int_constant(test, "pads", {1, 2});
  int_constant(test, "axes", {-1});
  test.node("Pad", {"x", "pads", "", "axes"}, {"y"});
  test.output("y");
  EXPECT_EQ(folded(test, {1, 5}), (std::vector<float>{0, 1, 2, 0, 0}));
}

struct OpenCase {
  std::string type;
  std::vector<std::vector<int64_t>> operands;  // shapes of the int64 inputs behind the data
  int outputs;
};

TEST(IndexOperators, OperandsMayComeAtRunTime) {
  const OpenCase cases[] = {
      {"Squeeze", {{1}}, 1}, {"Unsqueeze", {{2}}, 1}, {"Split", {{2}}, 2},
      {"Pad", {{6}}, 1},     {"TopK", {{1}}, 2},      {"Slice", {{1}, {1}, {1}, {1}}, 1},
      {"Reshape", {{2}}, 1}, {"Expand", {{3}}, 1},    {"Tile", {{3}}, 1},
  };
  for (const OpenCase& c : cases) {
    TestModel test(18);
    test.input("x", {1, 4, 6});
    auto& node = test.node(c.type, {"x"}, {});
    for (size_t i = 0; i < c.operands.size(); ++i) {
      const std::string name = "operand" + std::to_string(i);
      test.input(name, c.operands[i], 7);
      node.add_input(name);
    }
    for (int i = 0; i < c.outputs; ++i) {
      node.add_output("y" + std::to_string(i));
      test.output("y" + std::to_string(i));
    }
    const std::string bytes = test.bytes();
    const Result<Graph> graph = import_onnx_bytes(bytes.data(), bytes.size(), {});
    ASSERT_TRUE(graph.ok()) << c.type << ": " << graph.status().message();
    EXPECT_FALSE(graph->value(graph->outputs[0]).fully_known()) << c.type;
  }
}

// Zeros where a list of axes leaves dimensions alone are part of the graph.
TEST(IndexOperators, PadWithOpenAxes) {
  TestModel test(18);
  test.input("x", {1, 4, 6});
  test.input("pads", {4}, 7);
  test.input("axes", {2}, 7);
  test.node("Pad", {"x", "pads", "", "axes"}, {"y"});
  test.output("y");
  const std::string bytes = test.bytes();
  const Result<Graph> graph = import_onnx_bytes(bytes.data(), bytes.size(), {});
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  EXPECT_EQ(graph->value(graph->outputs[0]).dims, (Dims{-1, -1, -1}));
}

TEST(IndexOperators, WrongIndicesAreTold) {
  TestModel test(13);
  test.initializer("x", {2, 3}, {1, 2, 3, 4, 5, 6});
  auto* indices = test.graph().add_initializer();
  indices->set_name("i");
  indices->set_data_type(7);
  for (const int64_t dim : {1, 2}) indices->add_dims(dim);
  for (const int64_t value : {0, 3}) indices->add_int64_data(value);
  test.node("GatherND", {"x", "i"}, {"y"}, "picker");
  test.output("y");
  const std::string bytes = test.bytes();
  const Result<Graph> graph = import_onnx_bytes(bytes.data(), bytes.size(), {});
  ASSERT_FALSE(graph.ok());
  EXPECT_NE(graph.status().message().find("picker"), std::string::npos);
  EXPECT_NE(graph.status().message().find("index 3 is out of range"), std::string::npos)
      << graph.status().message();
}

}  // namespace
}  // namespace poacl
