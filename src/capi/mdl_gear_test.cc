// Models with gears through the C interface (spec: model section 6, dynamic-shape sections 4 to 6).
#include <thread>

#include "capi/mdl_test_util.h"

namespace poacl::capi {
namespace {

// y[n] = relu(x[n]) * 2, or what `kind` varies of x[n,m].
OmModel gear_model(GearKind kind, std::vector<std::vector<int64_t>> values) {
  OmModel om;
  om.info.model_name = "gears";
  om.gears.kind = kind;
  om.gears.values = std::move(values);
  om.gears.order = {0};
  for (const auto& gear : om.gears.values) {
    Graph graph;
    graph.name = "gears";
    const Dims dims = kind == GearKind::kBatch   ? Dims{gear[0], 3}
                      : kind == GearKind::kImage ? Dims{1, 1, gear[0], gear[1]}
                                                 : Dims{gear[0], gear[1]};
    const ValueId x = graph.add_input("x", DataType::kFloat, dims);
    const NodeId relu = graph.add_node("relu", "Relu", {x}, {"r"});
    const ValueId two = graph.add_constant("two", model::floats({1}, 2.0f));
    const NodeId mul = graph.add_node("twice", "Mul", {graph.node(relu).outputs[0], two}, {"y"});
    graph.outputs = {graph.node(mul).outputs[0]};
    graph.output_names = {"twice:0:y"};
    EXPECT_TRUE(infer_shapes(graph).ok());
    om.gears.graphs.push_back(std::move(graph));
  }
  const Dims open = kind == GearKind::kBatch   ? Dims{-1, 3}
                    : kind == GearKind::kImage ? Dims{1, 1, -1, -1}
                                               : Dims{-1, -1};
  set_gear_input_dims(om.gears, {open});
  return om;
}

OmModel batches() {
  return gear_model(GearKind::kBatch, {{2}, {4}, {1}});
}

class MdlGear : public MdlTest {
 protected:
  Dims current(uint32_t id) {
    aclmdlDesc* desc = aclmdlCreateDesc();
    EXPECT_EQ(aclmdlGetDesc(desc, id), ACL_SUCCESS);
    aclmdlIODims dims;
    EXPECT_EQ(aclmdlGetCurOutputDims(desc, 0, &dims), ACL_SUCCESS);
    aclmdlDestroyDesc(desc);
    return Dims(dims.dims, dims.dims + dims.dimCount);
  }
  std::vector<float> x_ = {-1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  std::vector<float> y_ = std::vector<float>(12, -7.0f);
  uint64_t chosen_ = 0;
};

TEST_F(MdlGear, RunsTheGearOfTheDataset) {
  const uint32_t id = load(batches());
  TestDataset input, output;
  input.add(x_).add(&chosen_, sizeof(chosen_));
  output.add(y_);
  ASSERT_EQ(aclmdlSetDynamicBatchSize(id, input.handle(), 1, 2), ACL_SUCCESS) << recent_error();
  EXPECT_EQ(chosen_, 2u);
  ASSERT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_SUCCESS) << recent_error();
  EXPECT_EQ(y_, std::vector<float>({0, 4, 6, 8, 10, 12, -7, -7, -7, -7, -7, -7}));
  EXPECT_EQ(current(id), Dims({2, 3}));
  // What the program writes into the buffer itself does not count.
  chosen_ = 4;
  y_.assign(12, -7.0f);
  ASSERT_EQ(aclmdlExecuteAsync(id, input.handle(), output.handle(), nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(y_[5], 12);
  EXPECT_EQ(y_[6], -7);
  ASSERT_EQ(aclmdlSetDynamicBatchSize(id, input.handle(), 1, 4), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_SUCCESS);
  EXPECT_EQ(y_[11], 24);
}

TEST_F(MdlGear, FourByteElementsInASmallBuffer) {
  const uint32_t id = load(gear_model(GearKind::kImage, {{2, 3}, {4, 3}}));
  int32_t small[2] = {-1, -1};
  TestDataset input;
  input.add(x_).add(small, sizeof(small));
  ASSERT_EQ(aclmdlSetDynamicHWSize(id, input.handle(), 1, 4, 3), ACL_SUCCESS) << recent_error();
  EXPECT_EQ(small[0], 4);
  EXPECT_EQ(small[1], 3);
  int64_t wide[2] = {-1, -1};
  TestDataset other;
  other.add(x_).add(wide, sizeof(wide));
  ASSERT_EQ(aclmdlSetDynamicHWSize(id, other.handle(), 1, 2, 3), ACL_SUCCESS);
  EXPECT_EQ(wide[0], 2);
  EXPECT_EQ(wide[1], 3);
  TestDataset short_one;
  short_one.add(x_).add(wide, 7);
  EXPECT_EQ(aclmdlSetDynamicHWSize(id, short_one.handle(), 1, 2, 3),
            ACL_ERROR_GE_DYNAMIC_INPUT_LENGTH_INVALID);
}

TEST_F(MdlGear, BuffersSmallerThanTheGearAreRefused) {
  const uint32_t id = load(gear_model(GearKind::kBatch, {{1}, {100}}));
  TestDataset input, output;
  input.add(x_).add(&chosen_, sizeof(chosen_));
  output.add(y_);
  // The largest gear, which nobody chose, needs 1200 bytes.
  EXPECT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_ERROR_GE_PARAM_INVALID);
  EXPECT_NE(recent_error().find("1200"), std::string::npos);
  ASSERT_EQ(aclmdlSetDynamicBatchSize(id, input.handle(), 1, 1), ACL_SUCCESS);
  EXPECT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_SUCCESS) << recent_error();
}

TEST_F(MdlGear, EmptyOutputsGetTheSizeOfTheGear) {
  const uint32_t id = load(batches());
  TestDataset input, output;
  input.add(x_).add(&chosen_, sizeof(chosen_));
  output.add(nullptr, 0);
  ASSERT_EQ(aclmdlSetDynamicBatchSize(id, input.handle(), 1, 2), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_SUCCESS) << recent_error();
  EXPECT_EQ(aclGetDataBufferSizeV2(output.buffer(0)), 24u);
  EXPECT_EQ(aclrtFree(aclGetDataBufferAddr(output.buffer(0))), ACL_SUCCESS);
}

TEST_F(MdlGear, ADatasetThatWasSetForAnotherModelIsRefused) {
  const uint32_t one = load(batches());
  const uint32_t other = load(gear_model(GearKind::kDims, {{2, 3}, {4, 3}}));
  TestDataset input, output;
  input.add(x_).add(&chosen_, sizeof(chosen_));
  output.add(y_);
  ASSERT_EQ(aclmdlSetDynamicBatchSize(one, input.handle(), 1, 2), ACL_SUCCESS);
  EXPECT_EQ(aclmdlExecute(other, input.handle(), output.handle()),
            ACL_ERROR_GE_DYNAMIC_BATCH_SIZE_INVALID);
  EXPECT_NE(recent_error().find("2,3; 4,3"), std::string::npos) << recent_error();
}

TEST_F(MdlGear, MisuseOfTheSetters) {
  const uint32_t id = load(batches());
  TestDataset input, lonely;
  input.add(x_).add(&chosen_, sizeof(chosen_));
  lonely.add(x_);
  EXPECT_EQ(aclmdlSetDynamicBatchSize(id, nullptr, 1, 2), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlSetDynamicBatchSize(id, input.handle(), 1, 0), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlSetDynamicBatchSize(id, input.handle(), 0, 2), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlSetDynamicBatchSize(id, lonely.handle(), 1, 2), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlSetDynamicBatchSize(id + 99, input.handle(), 1, 2),
            ACL_ERROR_GE_EXEC_MODEL_ID_INVALID);
  EXPECT_EQ(aclmdlSetDynamicHWSize(id, input.handle(), 1, 2, 2),
            ACL_ERROR_GE_DYNAMIC_BATCH_SIZE_INVALID);
  EXPECT_EQ(aclmdlSetInputDynamicDims(id, input.handle(), 1, nullptr), ACL_ERROR_INVALID_PARAM);
  for (void* handle : bad_handles()) {
    EXPECT_EQ(aclmdlSetDynamicBatchSize(id, static_cast<aclmdlDataset*>(handle), 1, 2),
              ACL_ERROR_INVALID_PARAM);
  }
  TestDataset wild;
  wild.add(x_).add(reinterpret_cast<void*>(uintptr_t{64}), 8);
  EXPECT_EQ(aclmdlSetDynamicBatchSize(id, wild.handle(), 1, 2), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(current(id), Dims({4, 3}));
}

TEST_F(MdlGear, ManyGearsDoNotFitTheStructures) {
  std::vector<std::vector<int64_t>> values;
  for (int64_t n = 1; n <= 129; ++n) values.push_back({n});
  aclmdlDesc* desc = aclmdlCreateDesc();
  ASSERT_EQ(aclmdlGetDesc(desc, load(gear_model(GearKind::kBatch, values))), ACL_SUCCESS);
  aclmdlBatch batch;
  EXPECT_EQ(aclmdlGetDynamicBatch(desc, &batch), ACL_ERROR_STORAGE_OVER_LIMIT);
  aclmdlHW hw;
  EXPECT_EQ(aclmdlGetDynamicHW(desc, 0, &hw), ACL_SUCCESS);
  EXPECT_EQ(hw.hwCount, 0u);
  aclmdlDestroyDesc(desc);
}

TEST_F(MdlGear, DescriptionsOfFilesTellTheSame) {
  const std::string path = folder_.write(batches());
  aclmdlDesc* desc = aclmdlCreateDesc();
  ASSERT_EQ(aclmdlGetDescFromFile(desc, path.c_str()), ACL_SUCCESS) << recent_error();
  EXPECT_EQ(aclmdlGetNumInputs(desc), 2u);
  EXPECT_EQ(aclmdlGetInputSizeByIndex(desc, 0), 48u);
  EXPECT_EQ(aclmdlGetOutputSizeByIndex(desc, 0), 48u);
  aclmdlBatch batch;
  ASSERT_EQ(aclmdlGetDynamicBatch(desc, &batch), ACL_SUCCESS);
  ASSERT_EQ(batch.batchCount, 3u);
  EXPECT_EQ(batch.batch[2], 1u);
  aclmdlDestroyDesc(desc);
  size_t work = 0, weight = 0;
  EXPECT_EQ(aclmdlQuerySize(path.c_str(), &work, &weight), ACL_SUCCESS);
  EXPECT_GE(weight, 4u);
  EXPECT_LE(weight, 64u);  // one number, stored once for three gears, and its padding
}

TEST_F(MdlGear, ThreadsRunDifferentGearsOfOneModel) {
  const uint32_t id = load(batches());
  std::vector<std::thread> threads;
  for (const uint64_t batch : {1, 2, 4, 2}) {
    threads.emplace_back([id, batch] {
      ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
      std::vector<float> x(12, static_cast<float>(batch)), y(12);
      uint64_t chosen = 0;
      TestDataset input, output;
      input.add(x).add(&chosen, sizeof(chosen));
      output.add(y);
      for (int i = 0; i < 200; ++i) {
        y.assign(12, -7.0f);
        ASSERT_EQ(aclmdlSetDynamicBatchSize(id, input.handle(), 1, batch), ACL_SUCCESS);
        ASSERT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_SUCCESS);
        for (size_t k = 0; k < y.size(); ++k) {
          ASSERT_EQ(y[k], k < batch * 3 ? static_cast<float>(2 * batch) : -7.0f);
        }
      }
      ASSERT_EQ(aclrtResetDevice(0), ACL_SUCCESS);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace poacl::capi
