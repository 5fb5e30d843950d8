#include "atc/half_inputs.h"

#include <gtest/gtest.h>

#include "graph/shape_inference.h"

namespace poacl::atc {
namespace {

// y = relu(x) + z, and x again as it is; i is an integer.
Graph sample() {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {2, 3});
  const ValueId z = graph.add_input("z", DataType::kFloat, {3});
  const ValueId i = graph.add_input("i", DataType::kInt64, {3});
  const NodeId relu = graph.add_node("relu", "Relu", {x}, {"r"});
  const NodeId add = graph.add_node("add", "Add", {graph.node(relu).outputs[0], z}, {"y"});
  graph.outputs = {graph.node(add).outputs[0], x, i};
  graph.output_names = {"add:0:y", "x:0:x", "i:0:i"};
  EXPECT_TRUE(infer_shapes(graph).ok());
  return graph;
}

TEST(HalfInputs, AreCastToWhatTheModelTakes) {
  Graph graph = sample();
  const Status status = apply_half_inputs(graph, {"z", "x"});
  ASSERT_TRUE(status.ok()) << status.message();
  ASSERT_EQ(graph.inputs.size(), 3u);
  for (const size_t i : {0, 1}) {
    const Value& input = graph.value(graph.inputs[i]);
    EXPECT_EQ(input.dtype, DataType::kFloat16);
    EXPECT_EQ(input.name, i == 0 ? "x" : "z");
    EXPECT_EQ(input.dims, i == 0 ? Dims({2, 3}) : Dims({3}));
  }
  EXPECT_EQ(graph.value(graph.inputs[2]).dtype, DataType::kInt64);
  EXPECT_EQ(graph.nodes()[0].type, "Cast");
  // The model's own results keep their types, the input that is handed on too.
  EXPECT_EQ(graph.value(graph.outputs[0]).dtype, DataType::kFloat);
  EXPECT_EQ(graph.value(graph.outputs[1]).dtype, DataType::kFloat);
  EXPECT_TRUE(apply_half_inputs(graph, {"x"}).ok());  // is half already
  EXPECT_EQ(graph.nodes().size(), 4u);
}

TEST(HalfInputs, OtherNamesAndTypesAreRefused) {
  Graph graph = sample();
  Status status = apply_half_inputs(graph, {"x", "w"});
  EXPECT_EQ(status.tag(), "E10016");
  EXPECT_NE(status.message().find("\"w\""), std::string::npos) << status.message();
  EXPECT_NE(status.message().find("x; z; i"), std::string::npos) << status.message();
  status = apply_half_inputs(graph, {"i"});
  EXPECT_EQ(status.tag(), "E10001");
  EXPECT_NE(status.message().find("int64"), std::string::npos) << status.message();
}

}  // namespace
}  // namespace poacl::atc
