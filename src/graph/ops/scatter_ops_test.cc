// Inference of the index operators where it is not trivial: open operands and wrong shapes.
#include <gtest/gtest.h>

#include "graph/shape_inference.h"

namespace poacl {
namespace {

struct Built {
  Graph graph;
  Status status;
  const Value& output(size_t i = 0) const { return graph.value(graph.nodes()[0].outputs[i]); }
};

Tensor ints(Dims dims, const std::vector<int64_t>& values) {
  return Tensor::from<int64_t>(DataType::kInt64, std::move(dims), values);
}

// One node on a float input of dims `x`; each operand is a constant or an open int64 input.
Built build(const std::string& type, Dims x, const std::vector<Tensor>& constants, AttrMap attrs,
            const std::vector<Dims>& open = {}, int outputs = 1) {
  Built built;
  Graph& graph = built.graph;
  std::vector<ValueId> inputs = {graph.add_input("x", DataType::kFloat, std::move(x))};
  for (const Tensor& tensor : constants) inputs.push_back(graph.add_constant("c", tensor));
  for (const Dims& dims : open) inputs.push_back(graph.add_input("o", DataType::kInt64, dims));
  std::vector<std::string> names;
  for (int i = 0; i < outputs; ++i) names.push_back("y" + std::to_string(i));
  const NodeId id = graph.add_node("node", type, inputs, names, std::move(attrs));
  built.status = infer_node(graph, graph.node(id));
  return built;
}

AttrMap with(const std::string& name, int64_t value) {
  AttrMap attrs;
  attrs.set(name, value);
  return attrs;
}

void expect_fault(const Built& built, const std::string& text) {
  ASSERT_FALSE(built.status.ok());
  EXPECT_NE(built.status.message().find(text), std::string::npos) << built.status.message();
}

TEST(ScatterOps, GatherNdShapes) {
  Built built = build("GatherNd", {4, 5, 6}, {ints({2, 1, 2}, {0, 4, -4, -5})}, {});
  ASSERT_TRUE(built.status.ok()) << built.status.message();
  EXPECT_EQ(built.output().dims, (Dims{2, 1, 6}));
  built = build("GatherNd", {4, 5, 6}, {}, with("batch_dims", 1), {{4, 3, 1}});
  ASSERT_TRUE(built.status.ok()) << built.status.message();
  EXPECT_EQ(built.output().dims, (Dims{4, 3, 6}));
  built = build("GatherNd", {4, 5, 6}, {}, {}, {{7, -1}});
  ASSERT_TRUE(built.status.ok());
  EXPECT_FALSE(built.output().shape_known);
  expect_fault(build("GatherNd", {4, 5, 6}, {ints({1, 2}, {0, 5})}, {}), "index 5 is out of range");
  expect_fault(build("GatherNd", {4, 5, 6}, {}, {}, {{2, 4}}), "address 4 dimensions");
  expect_fault(build("GatherNd", {4, 5, 6}, {}, with("batch_dims", 1), {{3, 1}}), "differ");
  expect_fault(build("GatherNd", {4, 5, 6}, {}, with("batch_dims", 3), {{4, 5, 6, 1}}),
               "batch_dims is 3");
}

TEST(ScatterOps, GatherElementsChecksRanksAndRange) {
  const Built built = build("GatherElements", {4, 5}, {}, with("dim", -1), {{3, 9}});
  ASSERT_TRUE(built.status.ok()) << built.status.message();
  EXPECT_EQ(built.output().dims, (Dims{3, 9}));
  expect_fault(build("GatherElements", {4, 5}, {}, {}, {{3}}), "as many dimensions");
  expect_fault(build("GatherElements", {4, 5}, {}, {}, {{3, 6}}), "reach beyond");
  expect_fault(build("GatherElements", {4, 5}, {ints({1, 1}, {-5})}, {}), "index -5");
}

TEST(ScatterOps, TopKWithAndWithoutK) {
  Built built = build("TopKV2", {3, 7}, {ints({1}, {4})}, {}, {}, 2);
  ASSERT_TRUE(built.status.ok()) << built.status.message();
  EXPECT_EQ(built.output(0).dims, (Dims{3, 4}));
  EXPECT_EQ(built.output(1).dtype, DataType::kInt32);
  built = build("TopKV2", {3, 7}, {}, {}, {{1}}, 2);
  ASSERT_TRUE(built.status.ok());
  EXPECT_EQ(built.output(1).dims, (Dims{3, -1}));
  expect_fault(build("TopKV2", {3, 7}, {ints({1}, {8})}, {}, {}, 2), "it has only 7");
  expect_fault(build("TopKV2", {3, 7}, {ints({1}, {-1})}, {}, {}, 2), "from 0 on");
}

TEST(ScatterOps, TransformsOfEveryForm) {
  AttrMap half;
  half.set("onesided", true);
  EXPECT_EQ(build("DFT", {2, 10, 1}, {}, half).output().dims, (Dims{2, 6, 2}));
  half.set("inverse", true);
  EXPECT_EQ(build("DFT", {2, 6, 2}, {}, half).output().dims, (Dims{2, 10, 1}));
  expect_fault(build("DFT", {2, 6, 1}, {}, half), "needs complex");
  expect_fault(build("DFT", {2, 6, 3}, {}, {}), "1 (real) or 2 (complex)");
  expect_fault(build("DFT", {2, 6, 2}, {ints({}, {0})}, {}), "dft_length is 0");
  EXPECT_EQ(build("DFT", {2, 6, 2}, {}, {}, {{}}).output().dims, (Dims{2, -1, 2}));
}

}  // namespace
}  // namespace poacl
