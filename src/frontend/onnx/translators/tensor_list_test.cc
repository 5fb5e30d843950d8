#include <gtest/gtest.h>

#include "frontend/onnx/test_import.h"

namespace poacl::onnx_frontend {
namespace {

constexpr int32_t kInt64Type = 7;

void add_number(TestModel& model, const char* name, int64_t value) {
  auto* tensor = model.graph().add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(kInt64Type);
  tensor->add_int64_data(value);
}

// Sequence "s" of the inputs a [2,3], b [2,3] and c [2,5].
TestModel three(int64_t opset = 17) {
  TestModel model(opset);
  model.input("a", {2, 3});
  model.input("b", {2, 3});
  model.input("c", {2, 5});
  model.node("SequenceConstruct", {"a", "b", "c"}, {"s"}, "build");
  return model;
}

TEST(Sequence, ConcatOfAKnownList) {
  for (const bool new_axis : {false, true}) {
    TestModel model = three();
    add_number(model, "last", -1);
    if (new_axis) model.node("SequenceErase", {"s", "last"}, {"t"});
    auto& node = model.node("ConcatFromSequence", {new_axis ? "t" : "s"}, {"y"}, "join");
    add_int(node, "axis", 1);
    if (new_axis) add_int(node, "new_axis", 1);
    model.output("y");
    const Graph graph = imported(model);
    EXPECT_EQ(graph.value(graph.outputs[0]).dims, new_axis ? (Dims{2, 2, 3}) : (Dims{2, 11}));
  }
}

TEST(Sequence, InsertAtAndLength) {
  TestModel model = three();
  add_number(model, "one", 1);
  add_number(model, "minus_two", -2);
  model.node("SequenceInsert", {"s", "a", "one"}, {"t"});  // a, a, b, c
  model.node("SequenceAt", {"t", "minus_two"}, {"picked"});
  model.node("Relu", {"picked"}, {"y"});
  model.node("SequenceLength", {"t"}, {"n"});
  model.output("y");
  model.output("n");
  const Graph graph = imported(model);
  ASSERT_EQ(graph.nodes().size(), 1u);
  EXPECT_EQ(graph.value(graph.node(0).inputs[0]).name, "b");
  EXPECT_EQ(graph.value(graph.outputs[1]).constant->as<int64_t>()[0], 4);
}

TEST(Sequence, SplitIntoParts) {
  TestModel model(17);
  model.input("x", {5, 4});
  add_number(model, "size", 2);
  add_number(model, "last", 2);
  model.node("SplitToSequence", {"x", "size"}, {"s"}, "split");
  model.node("SequenceAt", {"s", "last"}, {"y"});
  model.output("y");
  const Graph graph = imported(model);
  EXPECT_EQ(graph.value(graph.outputs[0]).dims, (Dims{1, 4}));
}

TEST(Sequence, PositionsAtRunTimeNeedOneShape) {
  TestModel model = three();
  model.input("p", {}, kInt64Type);
  model.node("SequenceAt", {"s", "p"}, {"y"}, "pick");
  model.output("y");
  EXPECT_NE(error_of(model).find("\"pick\" (SequenceAt"), std::string::npos);
  model.graph().mutable_node(0)->mutable_input()->RemoveLast();
  const Graph graph = imported(model);
  EXPECT_EQ(graph.value(graph.outputs[0]).dims, (Dims{2, 3}));
}

TEST(Sequence, TensorOperatorsRefuseIt) {
  TestModel model = three();
  model.node("Relu", {"s"}, {"y"}, "wrong");
  model.output("y");
  const std::string text = error_of(model);
  EXPECT_NE(text.find("node \"wrong\" (Relu, ai.onnx opset 17): its input 0 (\"s\") is a sequence"),
            std::string::npos)
      << text;
  TestModel whole = three();
  whole.output("s");
  EXPECT_NE(error_of(whole).find("only tensors can leave a model"), std::string::npos);
}

TEST(Sequence, MistakesAreTold) {
  TestModel model = three();
  add_number(model, "far", 3);
  model.node("SequenceAt", {"s", "far"}, {"y"}, "pick");
  model.output("y");
  EXPECT_NE(error_of(model).find("position 3 is not one of the 3"), std::string::npos);
  TestModel mixed(17);
  mixed.input("a", {2});
  mixed.input("b", {2}, kInt64Type);
  mixed.node("SequenceConstruct", {"a", "b"}, {"s"}, "build");
  mixed.node("SequenceLength", {"s"}, {"y"});
  mixed.output("y");
  EXPECT_NE(error_of(mixed).find("int64 is added"), std::string::npos);
}

TEST(Optional, IsItsElementOrNothing) {
  TestModel model(18);
  model.input("x", {2, 3});
  model.node("Optional", {"x"}, {"full"});
  model.node("OptionalGetElement", {"full"}, {"back"});
  model.node("Relu", {"back"}, {"y"});
  model.node("OptionalHasElement", {"full"}, {"yes"});
  model.node("Optional", {}, {"empty"});
  model.node("OptionalHasElement", {"empty"}, {"no"});
  model.node("OptionalHasElement", {""}, {"also_no"});
  for (const char* name : {"y", "yes", "no", "also_no"}) model.output(name);
  const Graph graph = imported(model);
  EXPECT_EQ(graph.nodes().size(), 1u);
  const auto has = [&](size_t i) {
    return graph.value(graph.outputs[i]).constant->as<uint8_t>()[0] != 0;
  };
  EXPECT_TRUE(has(1));
  EXPECT_FALSE(has(2));
  EXPECT_FALSE(has(3));
}

}  // namespace
}  // namespace poacl::onnx_frontend
