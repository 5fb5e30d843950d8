#include "atc/output_type.h"

#include <gtest/gtest.h>

#include "graph/shape_inference.h"

namespace poacl::atc {
namespace {

Graph relu_graph() {
  Graph graph;
  const ValueId input = graph.add_input("x", DataType::kFloat, {2, 3});
  const NodeId relu = graph.add_node("act", "Relu", {input}, {"y"});
  EXPECT_TRUE(infer_node(graph, graph.node(relu)).ok());
  graph.outputs = {graph.node(relu).outputs[0]};
  graph.output_names = {"act:0:y"};
  return graph;
}

TEST(OutputType, Parses) {
  const auto whole = parse_output_type("FP16");
  ASSERT_TRUE(whole.ok());
  ASSERT_EQ(whole->size(), 1u);
  EXPECT_TRUE((*whole)[0].output.empty());
  EXPECT_EQ((*whole)[0].dtype, DataType::kFloat16);

  const auto single = parse_output_type("scope:conv:0:FP32;act:1:UINT8");
  ASSERT_TRUE(single.ok());
  EXPECT_EQ((*single)[0].output, "scope:conv:0");
  EXPECT_EQ((*single)[1].output, "act:1");
  EXPECT_EQ((*single)[1].dtype, DataType::kUint8);
}

TEST(OutputType, ParseErrors) {
  for (const char* text : {"fp16", "FLOAT", "node:0:HALF", "FP16;node:0:FP32", "node:FP16"}) {
    const auto types = parse_output_type(text);
    ASSERT_FALSE(types.ok()) << text;
    EXPECT_EQ(types.status().tag(), "E10001") << text;
  }
}

TEST(OutputType, NamedOutputsMustBeRequested) {
  const std::vector<OutputType> types = {{"act:0", DataType::kFloat16}};
  EXPECT_TRUE(check_named_outputs(types, {"act:0"}).ok());
  const Status status = check_named_outputs(types, {"other:0"});
  EXPECT_EQ(status.tag(), "E10001");
  EXPECT_NE(status.message().find("--out_nodes=\"other:0;act:0\""), std::string::npos);
}

TEST(OutputType, AppendsCast) {
  for (const char* wanted : {"", "act:0"}) {
    Graph graph = relu_graph();
    ASSERT_TRUE(apply_output_types(graph, {{wanted, DataType::kFloat16}}).ok());
    const Value& output = graph.value(graph.outputs[0]);
    EXPECT_EQ(output.dtype, DataType::kFloat16);
    EXPECT_EQ(output.dims, (Dims{2, 3}));
    EXPECT_EQ(graph.node(output.producer).type, "Cast");
    EXPECT_EQ(graph.output_names[0], "act:0:y");
  }
}

TEST(OutputType, SameTypeAddsNothing) {
  Graph graph = relu_graph();
  ASSERT_TRUE(apply_output_types(graph, {{"", DataType::kFloat}}).ok());
  EXPECT_EQ(graph.nodes().size(), 1u);
}

TEST(OutputType, UnknownOutputListsTheRealOnes) {
  Graph graph = relu_graph();
  const Status status = apply_output_types(graph, {{"act:1", DataType::kFloat16}});
  EXPECT_EQ(status.tag(), "E10016");
  EXPECT_NE(status.message().find("act:0:y"), std::string::npos);
}

}  // namespace
}  // namespace poacl::atc
