// What is cast to a half type is rounded to it, though the graph around computes in float.
#include "base/half.h"
#include "compile/compile_test_util.h"
#include "compile/passes.h"

namespace poacl {
namespace {

ValueId add(Graph& graph, const char* type, ValueId input, const char* attr, DataType value) {
  AttrMap attrs;
  attrs.set(attr, value);
  const NodeId node = graph.add_node(type, type, {input}, {std::string(type) + ":0"}, attrs);
  return graph.node(node).outputs[0];
}

std::vector<std::vector<std::byte>> widen_and_run(Graph& graph, ValueId output, const void* data) {
  graph.outputs = {output};
  graph.output_names = {"y"};
  EXPECT_TRUE(infer_shapes(graph).ok());
  const Status status = optimize(graph);
  EXPECT_TRUE(status.ok()) << status.message();
  return run_graph(graph, {data});
}

TEST(WidenHalf, ThereAndBackRounds) {
  for (const DataType type : {DataType::kFloat16, DataType::kBfloat16}) {
    Graph graph;
    const ValueId x = graph.add_input("x", DataType::kFloat, {2});
    const ValueId half = add(graph, "Cast", x, "dst_type", type);
    const ValueId back = add(graph, "Cast", half, "dst_type", DataType::kFloat);
    const float data[] = {1.0f / 3.0f, 100000.0f};
    const auto result = widen_and_run(graph, back, data);
    ASSERT_EQ(result.size(), 1u);
    const auto values = as_floats(result[0]);
    for (size_t i = 0; i < 2; ++i) {
      const float expected = type == DataType::kFloat16
                                 ? half_to_float(float_to_half(data[i]))
                                 : bfloat16_to_float(float_to_bfloat16(data[i]));
      EXPECT_EQ(values[i], expected) << data_type_name(type) << " " << data[i];
    }
  }
}

TEST(WidenHalf, HalfInputsAndOutputsKeepTheirTypes) {
  for (const DataType type : {DataType::kFloat16, DataType::kBfloat16}) {
    Graph graph;
    const ValueId x = graph.add_input("x", type, {2});
    const NodeId neg = graph.add_node("neg", "Neg", {x}, {"neg:0"});
    const bool half = type == DataType::kFloat16;
    const uint16_t data[] = {half ? float_to_half(1.5f) : float_to_bfloat16(1.5f), 0x0000};
    const auto result = widen_and_run(graph, graph.node(neg).outputs[0], data);
    ASSERT_EQ(result.size(), 1u);
    ASSERT_EQ(result[0].size(), 4u);
    uint16_t first = 0;
    std::memcpy(&first, result[0].data(), sizeof(first));
    EXPECT_EQ(half ? half_to_float(first) : bfloat16_to_float(first), -1.5f);
  }
}

TEST(WidenHalf, BitcastSeesTheBitsOfTheHalfType) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat16, {1});
  const NodeId neg = graph.add_node("neg", "Neg", {x}, {"neg:0"});
  const ValueId bits = add(graph, "Bitcast", graph.node(neg).outputs[0], "type", DataType::kUint16);
  const uint16_t data[] = {float_to_half(2.0f)};
  const auto result = widen_and_run(graph, bits, data);
  ASSERT_EQ(result.size(), 1u);
  uint16_t found = 0;
  std::memcpy(&found, result[0].data(), sizeof(found));
  EXPECT_EQ(found, float_to_half(-2.0f));
}

}  // namespace
}  // namespace poacl
