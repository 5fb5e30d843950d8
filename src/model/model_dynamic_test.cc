// Models whose shapes are known at run time only.
#include <gtest/gtest.h>

#include "model/loaded_model.h"
#include "model/model.h"
#include "model/model_test_util.h"

namespace poacl::model {
namespace {

// y = reshape(relu(x) * w, shape), x of 2x6 and shape of two numbers.
OmModel reshape_model() {
  Graph graph;
  graph.name = "reshape";
  const ValueId x = graph.add_input("x", DataType::kFloat, {2, 6});
  const ValueId shape = graph.add_input("shape", DataType::kInt64, {2});
  const ValueId w = graph.add_constant("w", floats({6, 6}, 0.5f));
  const NodeId matmul = graph.add_node("matmul", "MatMulV2", {x, w}, {"m"});
  const NodeId reshape =
      graph.add_node("reshape", "Reshape", {graph.node(matmul).outputs[0], shape}, {"y"});
  graph.outputs = {graph.node(reshape).outputs[0]};
  graph.output_names = {"reshape:0:y"};
  return with_graph(std::move(graph));
}

struct VectorSink final : OutputSink {
  std::vector<float> memory = std::vector<float>(12, -1);
  Dims dims;
  Result<void*> place(size_t, DataType, const Dims& d, size_t) override {
    dims = d;
    return static_cast<void*>(memory.data());
  }
  void give(size_t, Tensor) override { ADD_FAILURE(); }
};

TEST(DynamicModel, IsDescribedAndRuns) {
  const ModelFolder folder;
  LoadOptions options;
  options.workers = 1;
  const auto id = load_from_file(folder.write(reshape_model()), options);
  ASSERT_TRUE(id.ok()) << id.status().message();
  const auto model = *find_model(*id);
  const Description& described = *description(*model);
  EXPECT_TRUE(described.dynamic);
  EXPECT_TRUE(described.inputs[0].fixed);
  EXPECT_EQ(described.inputs[0].bytes, 48u);
  EXPECT_FALSE(described.outputs[0].fixed);
  EXPECT_EQ(described.outputs[0].dims, Dims({-1, -1}));
  EXPECT_EQ(described.outputs[0].bytes, 0u);
  VectorSink sink;
  SerialFor serial;
  const std::vector<int64_t> to = {3, 4};
  const std::vector<Tensor> inputs = {floats({2, 6}, 2.0f),
                                      Tensor::from<int64_t>(DataType::kInt64, {2}, to)};
  const Status status = run_dynamic(*model, inputs, sink, serial);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(sink.dims, Dims({3, 4}));
  EXPECT_EQ(sink.memory, std::vector<float>(12, 6.0f));
  EXPECT_TRUE(unload(*id).ok());
}

TEST(DynamicModel, ModelsOfFixedShapeAreNot) {
  const ModelFolder folder;
  const auto id = load_from_file(folder.write(chain_model()));
  ASSERT_TRUE(id.ok());
  EXPECT_FALSE(description(**find_model(*id))->dynamic);
  EXPECT_EQ((*find_model(*id))->dynamic(), nullptr);
  EXPECT_TRUE(unload(*id).ok());
}

TEST(DynamicModel, FilesMayNotMakeUpShapes) {
  const ModelFolder folder;
  OmModel om = reshape_model();
  om.graph.value(om.graph.outputs[0]).dims = {3, 4};
  const auto lie = load_from_file(folder.write(om));
  EXPECT_EQ(lie.status().code(), 145000);
  EXPECT_NE(lie.status().message().find("[3,4]"), std::string::npos) << lie.status().message();
  EXPECT_EQ(describe_file(folder.write(om)).status().code(), 145000);

  om = reshape_model();
  om.graph.nodes()[1].type = "NoSuchOperator";
  EXPECT_EQ(load_from_file(folder.write(om)).status().code(), 145000);
  EXPECT_EQ(describe_file(folder.write(om)).status().code(), 145000);
}

TEST(DynamicModel, NeedsNoWorkMemoryBeforehand) {
  const ModelFolder folder;
  const auto sizes = query_size_file(folder.write(reshape_model()), 1);
  EXPECT_EQ(sizes.status().code(), 145000);
  EXPECT_NE(sizes.status().message().find("run time"), std::string::npos);
}

}  // namespace
}  // namespace poacl::model
