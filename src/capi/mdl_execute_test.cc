#include <cmath>
#include <thread>

#include "capi/mdl_test_util.h"

namespace poacl::capi {
namespace {

constexpr size_t kCount = 24;
constexpr size_t kBytes = kCount * sizeof(float);

class MdlExecute : public MdlTest {
 protected:
  std::vector<float> a_ = std::vector<float>(kCount, 1.5f);
  std::vector<float> b_ = std::vector<float>(kCount, 2.25f);
  std::vector<float> sum_ = std::vector<float>(kCount, -1.0f);
};

TEST_F(MdlExecute, AddsOnTheCallingThread) {
  const uint32_t id = load(model::image_model());
  for (size_t i = 0; i < kCount; ++i) a_[i] = static_cast<float>(i);
  TestDataset input, output;
  input.add(a_).add(b_);
  output.add(sum_);
  ASSERT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_SUCCESS);
  for (size_t i = 0; i < kCount; ++i) EXPECT_EQ(sum_[i], static_cast<float>(i) + 2.25f);
}

TEST_F(MdlExecute, QueuesOnDefaultAndExplicitStreams) {
  const uint32_t id = load(model::image_model());
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  for (const aclrtStream target : {stream, aclrtStream{nullptr}}) {
    std::fill(sum_.begin(), sum_.end(), -1.0f);
    TestDataset input, output;
    input.add(a_).add(b_);
    output.add(sum_);
    ASSERT_EQ(aclmdlExecuteAsync(id, input.handle(), output.handle(), target), ACL_SUCCESS);
    ASSERT_EQ(aclrtSynchronizeStream(target), ACL_SUCCESS);
    EXPECT_EQ(sum_, std::vector<float>(kCount, 3.75f));
  }
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
}

TEST_F(MdlExecute, UnloadingWhileQueuedIsSafe) {
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  uint32_t id = 0;
  ASSERT_EQ(aclmdlLoadFromFile(folder_.write(model::image_model()).c_str(), &id), ACL_SUCCESS);
  {
    TestDataset input, output;
    input.add(a_).add(b_);
    output.add(sum_);
    for (int i = 0; i < 50; ++i) {
      ASSERT_EQ(aclmdlExecuteAsync(id, input.handle(), output.handle(), stream), ACL_SUCCESS);
    }
  }
  EXPECT_EQ(aclmdlUnload(id), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(sum_, std::vector<float>(kCount, 3.75f));
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
}

TEST_F(MdlExecute, UnknownIdsAndWrongCounts) {
  const uint32_t id = load(model::image_model());
  TestDataset two, one, three;
  two.add(a_).add(b_);
  one.add(sum_);
  three.add(a_).add(b_).add(sum_);
  EXPECT_EQ(aclmdlExecute(id + 1000, two.handle(), one.handle()),
            ACL_ERROR_GE_EXEC_MODEL_ID_INVALID);
  EXPECT_EQ(aclmdlExecuteAsync(id + 1000, two.handle(), one.handle(), nullptr),
            ACL_ERROR_GE_EXEC_MODEL_ID_INVALID);
  EXPECT_EQ(aclmdlExecute(id, one.handle(), one.handle()), ACL_ERROR_GE_PARAM_INVALID);
  EXPECT_EQ(aclmdlExecute(id, three.handle(), one.handle()), ACL_ERROR_GE_PARAM_INVALID);
  EXPECT_EQ(aclmdlExecute(id, two.handle(), two.handle()), ACL_ERROR_GE_PARAM_INVALID);
  EXPECT_EQ(aclmdlExecuteAsync(id, two.handle(), two.handle(), nullptr),
            ACL_ERROR_GE_PARAM_INVALID);
}

TEST_F(MdlExecute, NullDeadAndForeignDatasets) {
  const uint32_t id = load(model::image_model());
  TestDataset input, output;
  input.add(a_).add(b_);
  output.add(sum_);
  std::vector<void*> handles = bad_handles();
  handles.push_back(nullptr);
  handles.push_back(input.buffer(0));
  for (void* handle : handles) {
    auto* bad = static_cast<aclmdlDataset*>(handle);
    EXPECT_EQ(aclmdlExecute(id, bad, output.handle()), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclmdlExecute(id, input.handle(), bad), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclmdlExecuteAsync(id, bad, output.handle(), nullptr), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclmdlExecuteAsync(id, input.handle(), bad, nullptr), ACL_ERROR_INVALID_PARAM);
  }
  const auto no_stream = reinterpret_cast<aclrtStream>(uintptr_t{12345});
  EXPECT_NE(aclmdlExecuteAsync(id, input.handle(), output.handle(), no_stream), ACL_SUCCESS);
}

TEST_F(MdlExecute, ADestroyedBufferInTheDatasetIsTold) {
  const uint32_t id = load(model::image_model());
  TestDataset output;
  output.add(sum_);
  aclmdlDataset* input = aclmdlCreateDataset();
  aclDataBuffer* first = aclCreateDataBuffer(a_.data(), kBytes);
  aclDataBuffer* second = aclCreateDataBuffer(b_.data(), kBytes);
  aclmdlAddDatasetBuffer(input, first);
  aclmdlAddDatasetBuffer(input, second);
  ASSERT_EQ(aclmdlExecute(id, input, output.handle()), ACL_SUCCESS);
  ASSERT_EQ(aclDestroyDataBuffer(second), ACL_SUCCESS);
  EXPECT_EQ(aclmdlExecute(id, input, output.handle()), ACL_ERROR_INVALID_PARAM);
  EXPECT_NE(recent_error().find("input 1"), std::string::npos);
  EXPECT_EQ(aclDestroyDataBuffer(first), ACL_SUCCESS);
  EXPECT_EQ(aclmdlDestroyDataset(input), ACL_SUCCESS);
}

// A buffer may be 64 bytes shorter than its tensor; not a byte beyond it is touched.
TEST_F(MdlExecute, SlackOfSixtyFourBytes) {
  const uint32_t id = load(model::image_model());
  for (const auto& [size, code] : {std::pair<size_t, int>{kBytes - 65, ACL_ERROR_GE_PARAM_INVALID},
                                   {kBytes - 64, ACL_SUCCESS},
                                   {kBytes - 4, ACL_SUCCESS},
                                   {kBytes, ACL_SUCCESS}}) {
    std::fill(sum_.begin(), sum_.end(), -1.0f);
    TestDataset input, output;
    input.add(a_.data(), size).add(b_);
    output.add(sum_.data(), size);
    EXPECT_EQ(aclmdlExecute(id, input.handle(), output.handle()), code) << size;
    if (code != ACL_SUCCESS) continue;
    for (size_t i = 0; i < kCount; ++i) {
      EXPECT_EQ(sum_[i], i < size / 4 ? 3.75f : -1.0f) << size << " at " << i;
    }
  }
  TestDataset input, output;
  input.add(a_.data(), 3).add(b_);
  output.add(sum_);
  EXPECT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_ERROR_GE_PARAM_INVALID);
  const std::string text = recent_error();
  for (const char* part : {"input 0", "image", " 3 bytes", "96", "[1,2,3,4]"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " / " << text;
  }
}

TEST_F(MdlExecute, BiggerBuffersAreFineAndKeepTheirTail) {
  const uint32_t id = load(model::image_model());
  a_.resize(kCount + 100, 9.0f);
  sum_.resize(kCount + 100, -1.0f);
  TestDataset input, output;
  input.add(a_).add(b_);
  output.add(sum_);
  ASSERT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_SUCCESS);
  EXPECT_EQ(sum_[kCount - 1], 3.75f);
  EXPECT_EQ(sum_[kCount], -1.0f);
}

TEST_F(MdlExecute, AddressesThatAreNoMemoryAreTold) {
  const uint32_t id = load(model::image_model());
  TestDataset output;
  output.add(sum_);
  for (const uintptr_t address : {uintptr_t{0}, uintptr_t{8192}, ~uintptr_t{0} - 40}) {
    TestDataset input;
    input.add(reinterpret_cast<void*>(address), kBytes).add(b_);
    EXPECT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_ERROR_INVALID_PARAM);
    TestDataset good, bad;
    good.add(a_).add(b_);
    bad.add(reinterpret_cast<void*>(address), kBytes);
    EXPECT_EQ(aclmdlExecute(id, good.handle(), bad.handle()), ACL_ERROR_INVALID_PARAM);
  }
  // A data buffer that claims more than its allocation.
  void* memory = nullptr;
  ASSERT_EQ(aclrtMalloc(&memory, 16, ACL_MEM_MALLOC_NORMAL_ONLY), ACL_SUCCESS);
  TestDataset input;
  input.add(memory, kBytes).add(b_);
  EXPECT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtFree(memory), ACL_SUCCESS);
  EXPECT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_ERROR_INVALID_PARAM);
}

TEST_F(MdlExecute, EmptyOutputsGetMemoryThatIsTheCallers) {
  const uint32_t id = load(model::image_model());
  TestDataset input, output;
  input.add(a_).add(b_);
  output.add(nullptr, 0);
  EXPECT_NE(aclmdlExecuteAsync(id, input.handle(), output.handle(), nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_SUCCESS);
  void* memory = aclGetDataBufferAddr(output.buffer(0));
  ASSERT_NE(memory, nullptr);
  EXPECT_EQ(aclGetDataBufferSizeV2(output.buffer(0)), kBytes);
  EXPECT_EQ(static_cast<float*>(memory)[5], 3.75f);
  EXPECT_EQ(aclrtFree(memory), ACL_SUCCESS);
  EXPECT_EQ(aclUpdateDataBuffer(output.buffer(0), nullptr, 0), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_SUCCESS);
  EXPECT_EQ(aclrtFree(aclGetDataBufferAddr(output.buffer(0))), ACL_SUCCESS);
}

TEST_F(MdlExecute, TensorDescsAreCheckedAndOutputsDescribed) {
  const uint32_t id = load(model::image_model());
  TestDataset input, output;
  input.add(a_).add(b_);
  output.add(sum_);
  ASSERT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_SUCCESS);
  EXPECT_EQ(aclmdlGetDatasetTensorDesc(output.handle(), 0), nullptr);
  const int64_t same[] = {1, 2, 3, 4};
  aclTensorDesc* desc = aclCreateTensorDesc(ACL_FLOAT, 4, same, ACL_FORMAT_NCHW);
  ASSERT_EQ(aclmdlSetDatasetTensorDesc(input.handle(), desc, 0), ACL_SUCCESS);
  aclDestroyTensorDesc(desc);
  ASSERT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_SUCCESS);
  aclTensorDesc* told = aclmdlGetDatasetTensorDesc(output.handle(), 0);
  ASSERT_NE(told, nullptr);
  EXPECT_EQ(aclGetTensorDescNumDims(told), 4u);
  EXPECT_EQ(aclGetTensorDescDim(told, 3), 4);
  EXPECT_EQ(aclGetTensorDescType(told), ACL_FLOAT);

  const int64_t other[] = {2, 2, 3, 4};
  desc = aclCreateTensorDesc(ACL_FLOAT, 4, other, ACL_FORMAT_NCHW);
  ASSERT_EQ(aclmdlSetDatasetTensorDesc(input.handle(), desc, 0), ACL_SUCCESS);
  aclDestroyTensorDesc(desc);
  EXPECT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_ERROR_GE_SHAPE_INVALID);
  EXPECT_NE(recent_error().find("[2,2,3,4]"), std::string::npos);
}

TEST_F(MdlExecute, MoreThanSixteenInputsAndOutputs) {
  Graph graph;
  std::vector<ValueId> outputs;
  constexpr size_t kPorts = 20;
  for (size_t i = 0; i < kPorts; ++i) {
    const ValueId x = graph.add_input("x" + std::to_string(i), DataType::kFloat, {1, 8});
    const NodeId node = graph.add_node("n" + std::to_string(i), "Neg", {x}, {"y"});
    graph.outputs.push_back(graph.node(node).outputs[0]);
    graph.output_names.push_back("n" + std::to_string(i) + ":0:y");
  }
  const uint32_t id = load(model::with_graph(std::move(graph)));
  std::vector<std::vector<float>> in(kPorts), out(kPorts);
  TestDataset input, output;
  for (size_t i = 0; i < kPorts; ++i) {
    in[i].assign(8, static_cast<float>(i));
    out[i].assign(8, 1000.0f);
    input.add(in[i]);
    output.add(out[i]);
  }
  ASSERT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecuteAsync(id, input.handle(), output.handle(), nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  for (size_t i = 0; i < kPorts; ++i) EXPECT_EQ(out[i][7], -static_cast<float>(i));
}

TEST_F(MdlExecute, ThreadsWithTheirOwnDatasetsShareOneModel) {
  const uint32_t id = load(model::image_model());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([id, t] {
      ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
      std::vector<float> a(kCount, static_cast<float>(t)), b(kCount, 0.5f), sum(kCount);
      TestDataset input, output;
      input.add(a).add(b);
      output.add(sum);
      for (int i = 0; i < 100; ++i) {
        ASSERT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_SUCCESS);
        ASSERT_EQ(sum, std::vector<float>(kCount, static_cast<float>(t) + 0.5f));
      }
      ASSERT_EQ(aclrtResetDevice(0), ACL_SUCCESS);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(MdlExecuteWithoutContext, IsRefused) {
  TestDataset dataset;
  EXPECT_EQ(aclmdlExecute(1, dataset.handle(), dataset.handle()), ACL_ERROR_RT_CONTEXT_NULL);
  EXPECT_EQ(aclmdlExecuteAsync(1, dataset.handle(), dataset.handle(), nullptr),
            ACL_ERROR_RT_CONTEXT_NULL);
}

}  // namespace
}  // namespace poacl::capi
