// Models whose shapes or operands are known at run time only (spec: dynamic-shape sections 5, 6).
#include <thread>

#include "capi/mdl_test_util.h"

namespace poacl::capi {
namespace {

// y = relu(x)[0:end], x of 8 numbers, end a number given at run time: y has at most 8.
OmModel sliced_model() {
  Graph graph;
  graph.name = "sliced";
  const ValueId x = graph.add_input("x", DataType::kFloat, {8});
  const ValueId end = graph.add_input("end", DataType::kInt64, {1});
  const std::vector<int64_t> zero = {0};
  const ValueId begin =
      graph.add_constant("begin", Tensor::from<int64_t>(DataType::kInt64, {1}, zero));
  const NodeId relu = graph.add_node("relu", "Relu", {x}, {"r"});
  const NodeId slice =
      graph.add_node("slice", "StridedSliceV2", {graph.node(relu).outputs[0], begin, end}, {"y"});
  graph.outputs = {graph.node(slice).outputs[0]};
  graph.output_names = {"slice:0:y"};
  return model::with_graph(std::move(graph));
}

// y = reshape(x, shape): nothing bounds a single dimension of y.
OmModel reshaped_model() {
  Graph graph;
  graph.name = "reshaped";
  const ValueId x = graph.add_input("x", DataType::kFloat, {2, 6});
  const ValueId shape = graph.add_input("shape", DataType::kInt64, {2});
  const NodeId reshape = graph.add_node("reshape", "Reshape", {x, shape}, {"y"});
  graph.outputs = {graph.node(reshape).outputs[0]};
  graph.output_names = {"reshape:0:y"};
  return model::with_graph(std::move(graph));
}

// y = relu(x) of any number of rows of 3.
OmModel open_model() {
  Graph graph;
  graph.name = "open";
  const ValueId x = graph.add_input("x", DataType::kFloat, {-1, 3});
  const NodeId relu = graph.add_node("relu", "Relu", {x}, {"y"});
  graph.outputs = {graph.node(relu).outputs[0]};
  graph.output_names = {"relu:0:y"};
  return model::with_graph(std::move(graph));
}

class MdlDynamic : public MdlTest {
 protected:
  aclmdlDesc* describe(uint32_t id) {
    desc_ = aclmdlCreateDesc();
    EXPECT_EQ(aclmdlGetDesc(desc_, id), ACL_SUCCESS);
    return desc_;
  }
  void TearDown() override {
    if (desc_ != nullptr) aclmdlDestroyDesc(desc_);
    MdlTest::TearDown();
  }
  // The dims that the last execution left at output 0.
  static Dims told(const TestDataset& output) {
    aclTensorDesc* desc = aclmdlGetDatasetTensorDesc(output.handle(), 0);
    if (desc == nullptr) return {-99};
    Dims dims;
    for (size_t i = 0; i < aclGetTensorDescNumDims(desc); ++i) {
      dims.push_back(aclGetTensorDescDim(desc, i));
    }
    return dims;
  }

  aclmdlDesc* desc_ = nullptr;
  std::vector<float> x_ = {-1, 2, 3, 4, 5, 6, 7, 8};
  std::vector<float> y_ = std::vector<float>(8, -1.0f);
  int64_t end_ = 3;
};

TEST_F(MdlDynamic, DescriptionsTellOpenDimensionsAndBounds) {
  for (const bool loaded : {true, false}) {
    aclmdlDesc* desc = aclmdlCreateDesc();
    if (loaded) {
      ASSERT_EQ(aclmdlGetDesc(desc, load(sliced_model())), ACL_SUCCESS);
    } else {
      ASSERT_EQ(aclmdlGetDescFromFile(desc, folder_.write(sliced_model()).c_str()), ACL_SUCCESS);
    }
    aclmdlIODims dims;
    ASSERT_EQ(aclmdlGetOutputDims(desc, 0, &dims), ACL_SUCCESS);
    EXPECT_EQ(dims.dimCount, 1u);
    EXPECT_EQ(dims.dims[0], -1);
    EXPECT_EQ(aclmdlGetOutputSizeByIndex(desc, 0), 8 * sizeof(float));
    EXPECT_EQ(aclmdlGetInputSizeByIndex(desc, 0), 8 * sizeof(float));
    EXPECT_NE(aclmdlGetCurOutputDims(desc, 0, &dims), ACL_SUCCESS);
    aclmdlDestroyDesc(desc);
  }
  aclmdlDesc* desc = describe(load(reshaped_model()));
  aclmdlIODims dims;
  ASSERT_EQ(aclmdlGetOutputDims(desc, 0, &dims), ACL_SUCCESS);
  EXPECT_EQ(dims.dims[1], -1);
  EXPECT_EQ(aclmdlGetOutputSizeByIndex(desc, 0), 0u);
  EXPECT_EQ(aclmdlGetCurOutputDims(desc, 0, &dims), ACL_ERROR_API_NOT_SUPPORT);
}

TEST_F(MdlDynamic, ResultsStandDenselyAtTheStartAndTellTheirShape) {
  const uint32_t id = load(sliced_model());
  TestDataset input, output;
  input.add(x_).add(&end_, sizeof(end_));
  output.add(y_);
  ASSERT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_SUCCESS) << recent_error();
  EXPECT_EQ(y_, std::vector<float>({0, 2, 3, -1, -1, -1, -1, -1}));
  EXPECT_EQ(told(output), Dims({3}));
  end_ = 5;
  ASSERT_EQ(aclmdlExecuteAsync(id, input.handle(), output.handle(), nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(y_, std::vector<float>({0, 2, 3, 4, 5, -1, -1, -1}));
  EXPECT_EQ(told(output), Dims({5}));
  end_ = -8;
  ASSERT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_SUCCESS) << recent_error();
  EXPECT_EQ(told(output), Dims({0}));
}

TEST_F(MdlDynamic, TooSmallABufferIsToldWithBothSizes) {
  const uint32_t id = load(reshaped_model());
  std::vector<float> x(12, 1.0f), small(4, 0.0f);
  const int64_t shape[] = {4, 3};
  TestDataset input, output;
  input.add(x).add(const_cast<int64_t*>(shape), sizeof(shape));
  output.add(small.data(), sizeof(float) * 4);
  // 16 of 48 bytes: within the 64 the API lets a buffer be too small.
  ASSERT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_SUCCESS) << recent_error();
  EXPECT_EQ(small, std::vector<float>(4, 1.0f));

  std::vector<float> wide(8 * 100, 1.0f), few(8, 0.0f);
  Graph graph;
  const ValueId a = graph.add_input("x", DataType::kFloat, {800});
  const ValueId s = graph.add_input("shape", DataType::kInt64, {2});
  const NodeId node = graph.add_node("reshape", "Reshape", {a, s}, {"y"});
  graph.outputs = {graph.node(node).outputs[0]};
  graph.output_names = {"reshape:0:y"};
  const uint32_t large = load(model::with_graph(std::move(graph)));
  const int64_t to[] = {8, 100};
  TestDataset in, out;
  in.add(wide).add(const_cast<int64_t*>(to), sizeof(to));
  out.add(few);
  EXPECT_EQ(aclmdlExecute(large, in.handle(), out.handle()), ACL_ERROR_GE_PARAM_INVALID);
  const std::string told_sizes = recent_error();
  EXPECT_NE(told_sizes.find("32 bytes"), std::string::npos) << told_sizes;
  EXPECT_NE(told_sizes.find("3200"), std::string::npos) << told_sizes;
  ASSERT_EQ(aclmdlExecuteAsync(large, in.handle(), out.handle(), nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_ERROR_GE_PARAM_INVALID);
}

TEST_F(MdlDynamic, EmptyBuffersGetMemoryThatIsTheCallers) {
  const uint32_t id = load(reshaped_model());
  std::vector<float> x(12, 2.0f);
  const int64_t shape[] = {3, 4};
  TestDataset input, output;
  input.add(x).add(const_cast<int64_t*>(shape), sizeof(shape));
  output.add(nullptr, 0);
  EXPECT_EQ(aclmdlExecuteAsync(id, input.handle(), output.handle(), nullptr),
            ACL_ERROR_GE_PARAM_INVALID);
  ASSERT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_SUCCESS) << recent_error();
  EXPECT_EQ(aclGetDataBufferSizeV2(output.buffer(0)), 48u);
  void* memory = aclGetDataBufferAddr(output.buffer(0));
  ASSERT_NE(memory, nullptr);
  EXPECT_EQ(static_cast<float*>(memory)[11], 2.0f);
  EXPECT_EQ(told(output), Dims({3, 4}));
  EXPECT_EQ(aclrtFree(memory), ACL_SUCCESS);
}

TEST_F(MdlDynamic, FailuresOfARunNameTheNodeAndLeaveNothingBehind) {
  const uint32_t id = load(reshaped_model());
  std::vector<float> x(12, 2.0f);
  int64_t shape[] = {5, -1};
  TestDataset input, output;
  input.add(x).add(shape, sizeof(shape));
  output.add(nullptr, 0);
  EXPECT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_ERROR_GE_SHAPE_INVALID);
  EXPECT_NE(recent_error().find("'reshape' (Reshape)"), std::string::npos);
  EXPECT_EQ(aclGetDataBufferAddr(output.buffer(0)), nullptr);
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  std::vector<float> y(12);
  TestDataset full;
  full.add(y);
  ASSERT_EQ(aclmdlExecuteAsync(id, input.handle(), full.handle(), stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_GE_SHAPE_INVALID);
  EXPECT_NE(recent_error().find("[5,-1]"), std::string::npos);
  shape[0] = 6;
  ASSERT_EQ(aclmdlExecuteAsync(id, input.handle(), full.handle(), stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(told(full), Dims({6, 2}));
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
}

TEST_F(MdlDynamic, OpenInputsTakeTheShapeSetOnTheDataset) {
  const uint32_t id = load(open_model());
  EXPECT_EQ(aclmdlGetInputSizeByIndex(describe(id), 0), 0u);
  std::vector<float> x(6, -2.0f), y(6, 9.0f);
  TestDataset input, output;
  input.add(x);
  output.add(y);
  EXPECT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_ERROR_INVALID_PARAM);
  EXPECT_NE(recent_error().find("aclmdlSetDatasetTensorDesc"), std::string::npos);
  const auto set = [&](std::vector<int64_t> dims) {
    aclTensorDesc* desc =
        aclCreateTensorDesc(ACL_FLOAT, static_cast<int>(dims.size()), dims.data(), ACL_FORMAT_ND);
    EXPECT_EQ(aclmdlSetDatasetTensorDesc(input.handle(), desc, 0), ACL_SUCCESS);
    aclDestroyTensorDesc(desc);
  };
  set({2, 3});
  ASSERT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_SUCCESS) << recent_error();
  EXPECT_EQ(y, std::vector<float>(6, 0.0f));
  EXPECT_EQ(told(output), Dims({2, 3}));
  set({2, 4});
  EXPECT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_ERROR_INVALID_PARAM);
  set({20, 3});
  EXPECT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_ERROR_GE_PARAM_INVALID);
}

TEST_F(MdlDynamic, MemoryIsBoundedByTheDevice) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kDouble, {1});
  const ValueId shape = graph.add_input("shape", DataType::kInt64, {2});
  const NodeId expand = graph.add_node("expand", "Expand", {x, shape}, {"e"});
  const NodeId neg = graph.add_node("neg", "Exp", {graph.node(expand).outputs[0]}, {"y"});
  graph.outputs = {graph.node(neg).outputs[0]};
  graph.output_names = {"neg:0:y"};
  const uint32_t id = load(model::with_graph(std::move(graph)));
  double value = 1;
  int64_t to[] = {1 << 15, 1 << 16};  // 16 GiB, and as much again as work memory
  TestDataset input, output;
  input.add(&value, sizeof(value)).add(to, sizeof(to));
  output.add(nullptr, 0);
  const aclError code = aclmdlExecute(id, input.handle(), output.handle());
  EXPECT_TRUE(code == ACL_ERROR_GE_MEMORY_ALLOCATION || code == ACL_ERROR_RT_MEMORY_ALLOCATION)
      << code;
  EXPECT_NE(recent_error().find("bytes"), std::string::npos);
  to[0] = int64_t{1} << 40;
  EXPECT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_ERROR_GE_SHAPE_INVALID);
}

TEST_F(MdlDynamic, SizesCannotBeAskedAndOwnWorkMemoryIsIgnored) {
  const std::string path = folder_.write(sliced_model());
  size_t work = 0, weight = 0;
  EXPECT_EQ(aclmdlQuerySize(path.c_str(), &work, &weight), ACL_ERROR_GE_PARAM_INVALID);
  EXPECT_NE(recent_error().find("run time"), std::string::npos);
  std::vector<char> memory(64);
  uint32_t id = 0;
  ASSERT_EQ(aclmdlLoadFromFileWithMem(path.c_str(), &id, memory.data(), memory.size(), nullptr, 0),
            ACL_SUCCESS);
  loaded_.push_back(id);
}

TEST_F(MdlDynamic, ThreadsWithTheirOwnDatasetsShareOneModel) {
  const uint32_t id = load(sliced_model());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([id, t] {
      ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
      std::vector<float> x(8, static_cast<float>(t)), y(8);
      int64_t end = 0;
      TestDataset input, output;
      input.add(x).add(&end, sizeof(end));
      output.add(y);
      for (int i = 0; i < 100; ++i) {
        end = (i + t) % 9;
        ASSERT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_SUCCESS);
        ASSERT_EQ(told(output), Dims({end}));
      }
      ASSERT_EQ(aclrtResetDevice(0), ACL_SUCCESS);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace poacl::capi
