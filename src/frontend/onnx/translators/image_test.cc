// Translation of convolutions, pools, Resize and sampling operators, where the forms of the opsets
// and the ranks differ.
#include <gtest/gtest.h>

#include <string>

#include "frontend/onnx/test_import.h"

namespace poacl {
namespace {

using onnx_frontend::TestModel;

void set_ints(poacl::onnx::Node& node, const std::string& name, const std::vector<int64_t>& list) {
  auto* attr = node.add_attribute();
  attr->set_name(name);
  attr->set_type(7);  // INTS
  for (const int64_t v : list) attr->add_ints(v);
}

const Node* find(const Graph& graph, std::string_view type) {
  for (const Node& node : graph.nodes()) {
    if (node.type == type) return &node;
  }
  return nullptr;
}

TEST(ImageTranslators, OneDimensionBecomesTheWidth) {
  TestModel test(13);
  test.input("x", {1, 2, 9});
  test.input("w", {2, 3, 4});
  auto& node = test.node("ConvTranspose", {"x", "w"}, {"y"}, "up");
  set_ints(node, "strides", {2});
  set_ints(node, "output_padding", {1});
  set_ints(node, "pads", {1, 2});
  test.output("y");
  const auto graph = import(test);
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  EXPECT_EQ(graph->value(graph->outputs[0]).dims, (Dims{1, 3, 18}));
  const Node* conv = find(*graph, "Conv2DTransposeD");
  ASSERT_NE(conv, nullptr);
  EXPECT_EQ(conv->attrs.get_ints("pads"), (Dims{0, 0, 1, 2}));
  EXPECT_EQ(conv->attrs.get_ints("strides"), (Dims{1, 1, 1, 2}));
}

TEST(ImageTranslators, PositionsOnlyWhereAsked) {
  for (const bool asked : {false, true}) {
    TestModel test(12);
    test.input("x", {1, 2, 9});
    auto& node = asked ? test.node("MaxPool", {"x"}, {"y", "at"}, "pool")
                       : test.node("MaxPool", {"x"}, {"y"}, "pool");
    set_ints(node, "kernel_shape", {3});
    test.output("y");
    if (asked) test.output("at");
    const auto graph = import(test);
    ASSERT_TRUE(graph.ok()) << graph.status().message();
    EXPECT_EQ(find(*graph, "MaxPoolV3") == nullptr, asked);
    EXPECT_EQ(graph->value(graph->outputs.back()).dims, (Dims{1, 2, 7}));
    EXPECT_EQ(graph->value(graph->outputs.back()).dtype,
              asked ? DataType::kInt64 : DataType::kFloat);
  }
}

TEST(ImageTranslators, ResizeOfEachOpset) {
  // Up to opset 10 scales stand second, later third, behind a region that may be empty.
  TestModel old(10);
  old.input("x", {1, 1, 4, 4});
  old.initializer("scales", {4}, {1, 1, 2, 2});
  old.node("Resize", {"x", "scales"}, {"y"}, "up");
  old.output("y");
  auto graph = import(old);
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  EXPECT_EQ(find(*graph, "Resize")->attrs.get_string("nearest_mode"), "ceil_if_smaller");
  EXPECT_EQ(graph->value(graph->outputs[0]).dims, (Dims{1, 1, 8, 8}));

  TestModel now(11);
  now.input("x", {1, 1, 4, 4});
  now.initializer("roi", {0}, {});
  now.initializer("scales", {4}, {1, 1, 2, 2});
  now.node("Resize", {"x", "roi", "scales"}, {"y"}, "up");
  now.output("y");
  graph = import(now);
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  EXPECT_EQ(find(*graph, "Resize")->inputs[1], kNoValue);
  EXPECT_EQ(find(*graph, "Resize")->attrs.get_string("coordinate_transformation_mode"),
            "half_pixel");
}

TEST(ImageTranslators, ResizeToSizesOfTheRun) {
  TestModel test(13);
  test.input("x", {1, 1, 4, 4});
  test.input("sizes", {4}, 7);
  test.node("Resize", {"x", "", "", "sizes"}, {"y"}, "up");
  test.output("y");
  const auto graph = import(test);
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  EXPECT_EQ(graph->value(graph->outputs[0]).dims, (Dims{-1, -1, -1, -1}));
}

TEST(ImageTranslators, FourDimensionsAreNotSupported) {
  TestModel test(13);
  test.input("x", {1, 1, 4, 4, 4, 4});
  set_ints(test.node("MaxPool", {"x"}, {"y"}, "pool"), "kernel_shape", {2, 2, 2, 2});
  test.output("y");
  const auto graph = import(test);
  ASSERT_FALSE(graph.ok());
  EXPECT_NE(graph.status().message().find("pooling over 4 dimensions"), std::string::npos)
      << graph.status().message();
}

}  // namespace
}  // namespace poacl
