#include <cstring>

#include "capi/mdl_test_util.h"

namespace poacl::capi {
namespace {

class MdlDesc : public MdlTest {
 protected:
  void SetUp() override {
    MdlTest::SetUp();
    desc_ = aclmdlCreateDesc();
    ASSERT_NE(desc_, nullptr);
  }
  void TearDown() override {
    EXPECT_EQ(aclmdlDestroyDesc(desc_), ACL_SUCCESS);
    MdlTest::TearDown();
  }
  aclmdlDesc* desc_ = nullptr;
};

TEST_F(MdlDesc, TellsEverythingAboutALoadedModel) {
  ASSERT_EQ(aclmdlGetDesc(desc_, load(model::image_model())), ACL_SUCCESS);
  EXPECT_EQ(aclmdlGetNumInputs(desc_), 2u);
  EXPECT_EQ(aclmdlGetNumOutputs(desc_), 1u);
  EXPECT_EQ(aclmdlGetInputSizeByIndex(desc_, 0), 96u);
  EXPECT_EQ(aclmdlGetOutputSizeByIndex(desc_, 0), 96u);
  EXPECT_STREQ(aclmdlGetInputNameByIndex(desc_, 1), "other");
  EXPECT_STREQ(aclmdlGetOutputNameByIndex(desc_, 0), "plus:0:sum");
  EXPECT_EQ(aclmdlGetInputFormat(desc_, 0), ACL_FORMAT_NCHW);
  EXPECT_EQ(aclmdlGetOutputFormat(desc_, 0), ACL_FORMAT_ND);
  EXPECT_EQ(aclmdlGetInputDataType(desc_, 0), ACL_FLOAT);
  EXPECT_EQ(aclmdlGetOutputDataType(desc_, 0), ACL_FLOAT);
  aclmdlIODims dims;
  for (const auto get : {aclmdlGetInputDims, aclmdlGetInputDimsV2}) {
    std::memset(&dims, 0xff, sizeof(dims));
    ASSERT_EQ(get(desc_, 0, &dims), ACL_SUCCESS);
    EXPECT_STREQ(dims.name, "image");
    EXPECT_EQ(dims.dimCount, 4u);
    EXPECT_EQ(dims.dims[3], 4);
    EXPECT_EQ(dims.dims[4], 0);
  }
  for (const auto get : {aclmdlGetOutputDims, aclmdlGetCurOutputDims}) {
    ASSERT_EQ(get(desc_, 0, &dims), ACL_SUCCESS);
    EXPECT_STREQ(dims.name, "plus:0:sum");
    EXPECT_EQ(dims.dims[1], 2);
  }
  size_t index = 77;
  EXPECT_EQ(aclmdlGetInputIndexByName(desc_, "other", &index), ACL_SUCCESS);
  EXPECT_EQ(index, 1u);
  EXPECT_EQ(aclmdlGetOutputIndexByName(desc_, "plus:0:sum", &index), ACL_SUCCESS);
  EXPECT_EQ(index, 0u);
}

TEST_F(MdlDesc, AStaticModelHasNoGears) {
  ASSERT_EQ(aclmdlGetDesc(desc_, load(model::image_model())), ACL_SUCCESS);
  aclmdlBatch batch;
  std::memset(&batch, 0xff, sizeof(batch));
  EXPECT_EQ(aclmdlGetDynamicBatch(desc_, &batch), ACL_SUCCESS);
  EXPECT_EQ(batch.batchCount, 0u);
  aclmdlHW hw;
  std::memset(&hw, 0xff, sizeof(hw));
  EXPECT_EQ(aclmdlGetDynamicHW(desc_, 99, &hw), ACL_SUCCESS);
  EXPECT_EQ(hw.hwCount, 0u);
  size_t count = 5;
  EXPECT_EQ(aclmdlGetInputDynamicGearCount(desc_, static_cast<size_t>(-1), &count), ACL_SUCCESS);
  EXPECT_EQ(count, 0u);
  EXPECT_EQ(aclmdlGetInputDynamicGearCount(desc_, 0, &count), ACL_ERROR_INVALID_PARAM);
  size_t index = 0;
  EXPECT_EQ(aclmdlGetInputIndexByName(desc_, ACL_DYNAMIC_TENSOR_NAME, &index),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_NE(recent_error().find("image, other"), std::string::npos);
}

TEST_F(MdlDesc, LongNamesAreShortenedInDimsAndFoundAgain) {
  const std::string name(300, 'n');
  const uint32_t id = load(model::chain_model(4, name));
  ASSERT_EQ(aclmdlGetDesc(desc_, id), ACL_SUCCESS);
  EXPECT_EQ(name, aclmdlGetInputNameByIndex(desc_, 0));
  aclmdlIODims dims;
  ASSERT_EQ(aclmdlGetInputDims(desc_, 0, &dims), ACL_SUCCESS);
  EXPECT_EQ(dims.name, "acl_modelId_" + std::to_string(id) + "_input_0");
  EXPECT_EQ(name, aclmdlGetTensorRealName(desc_, dims.name));
  EXPECT_STREQ(aclmdlGetTensorRealName(desc_, "relu:0:r"), "relu:0:r");
  EXPECT_EQ(aclmdlGetTensorRealName(desc_, "none"), nullptr);
  EXPECT_EQ(aclmdlGetTensorRealName(desc_, nullptr), nullptr);
}

TEST_F(MdlDesc, OperatorAttributesNameTheOriginalNodes) {
  ASSERT_EQ(aclmdlGetDesc(desc_, load(model::chain_model())), ACL_SUCCESS);
  EXPECT_STREQ(aclmdlGetOpAttr(desc_, "add", "_datadump_original_op_names"), "[5]Exp_1[5]Add_2");
  EXPECT_STREQ(aclmdlGetOpAttr(desc_, "none", "_datadump_original_op_names"), "");
  EXPECT_EQ(aclmdlGetOpAttr(desc_, "add", "other"), nullptr);
  EXPECT_EQ(aclmdlGetOpAttr(desc_, nullptr, "_datadump_original_op_names"), nullptr);
  EXPECT_EQ(aclmdlGetOpAttr(desc_, "add", nullptr), nullptr);
}

TEST_F(MdlDesc, FromFileAndMemoryWithoutLoading) {
  const std::string path = folder_.write(model::chain_model());
  ASSERT_EQ(aclmdlGetDescFromFile(desc_, path.c_str()), ACL_SUCCESS);
  EXPECT_EQ(aclmdlGetNumOutputs(desc_), 2u);
  aclmdlIODims dims;
  EXPECT_EQ(aclmdlGetOutputDims(desc_, 0, &dims), ACL_SUCCESS);
  EXPECT_EQ(aclmdlGetCurOutputDims(desc_, 0, &dims), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlGetOpAttr(desc_, "add", "_datadump_original_op_names"), nullptr);
  EXPECT_EQ(aclmdlGetDescFromFile(desc_, nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlGetDescFromFile(desc_, "/no/such.om"), ACL_ERROR_GE_EXEC_MODEL_PATH_INVALID);
  // Nothing of the model before may be taken for the one that failed.
  EXPECT_EQ(aclmdlGetNumOutputs(desc_), 0u);
  const std::vector<char> zeros(512);
  EXPECT_EQ(aclmdlGetDescFromMem(desc_, zeros.data(), zeros.size()),
            ACL_ERROR_GE_EXEC_MODEL_DATA_SIZE_INVALID);
  EXPECT_EQ(aclmdlGetDescFromMem(desc_, nullptr, 4), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlGetDescFromMem(desc_, zeros.data(), 0), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlGetDescFromMem(desc_, reinterpret_cast<void*>(uintptr_t{64}), 512),
            ACL_ERROR_INVALID_PARAM);
}

TEST_F(MdlDesc, RefillingReplacesAndUnknownIdsAreTold) {
  ASSERT_EQ(aclmdlGetDesc(desc_, load(model::chain_model())), ACL_SUCCESS);
  ASSERT_EQ(aclmdlGetDesc(desc_, load(model::image_model())), ACL_SUCCESS);
  EXPECT_EQ(aclmdlGetNumInputs(desc_), 2u);
  EXPECT_EQ(aclmdlGetDesc(desc_, 0), ACL_ERROR_GE_EXEC_MODEL_ID_INVALID);
  EXPECT_EQ(aclmdlGetDesc(desc_, 4000000000u), ACL_ERROR_GE_EXEC_MODEL_ID_INVALID);
  EXPECT_NE(recent_error().find("4000000000"), std::string::npos);
}

TEST_F(MdlDesc, OutlivesItsModel) {
  uint32_t id = 0;
  ASSERT_EQ(aclmdlLoadFromFile(folder_.write(model::image_model()).c_str(), &id), ACL_SUCCESS);
  ASSERT_EQ(aclmdlGetDesc(desc_, id), ACL_SUCCESS);
  ASSERT_EQ(aclmdlUnload(id), ACL_SUCCESS);
  EXPECT_STREQ(aclmdlGetInputNameByIndex(desc_, 0), "image");
}

// The whole table of spec model section 3: null, dead, random, empty, out of range.
TEST_F(MdlDesc, MisuseHasItsDocumentedAnswer) {
  aclmdlDesc* dead = aclmdlCreateDesc();
  ASSERT_EQ(aclmdlDestroyDesc(dead), ACL_SUCCESS);
  aclmdlDesc* empty = aclmdlCreateDesc();
  ASSERT_EQ(aclmdlGetDesc(desc_, load(model::image_model())), ACL_SUCCESS);
  std::vector<std::pair<aclmdlDesc*, size_t>> cases = {
      {nullptr, 0}, {dead, 0}, {empty, 0}, {desc_, 2}, {desc_, ~size_t{0}}};
  for (void* handle : bad_handles()) cases.emplace_back(static_cast<aclmdlDesc*>(handle), 0);
  for (const auto& [desc, index] : cases) {
    aclmdlIODims dims;
    EXPECT_EQ(aclmdlGetInputSizeByIndex(desc, index), 0u);
    EXPECT_EQ(aclmdlGetOutputSizeByIndex(desc, index), 0u);
    EXPECT_STREQ(aclmdlGetInputNameByIndex(desc, index), "");
    EXPECT_STREQ(aclmdlGetOutputNameByIndex(desc, index), "");
    EXPECT_EQ(aclmdlGetInputFormat(desc, index), ACL_FORMAT_UNDEFINED);
    EXPECT_EQ(aclmdlGetOutputFormat(desc, index), ACL_FORMAT_UNDEFINED);
    EXPECT_EQ(aclmdlGetInputDataType(desc, index), ACL_DT_UNDEFINED);
    EXPECT_EQ(aclmdlGetOutputDataType(desc, index), ACL_DT_UNDEFINED);
    EXPECT_EQ(aclmdlGetInputDims(desc, index, &dims), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclmdlGetInputDimsV2(desc, index, &dims), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclmdlGetOutputDims(desc, index, &dims), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclmdlGetCurOutputDims(desc, index, &dims), ACL_ERROR_INVALID_PARAM);
    if (desc == desc_) continue;
    size_t number = 0;
    aclmdlBatch batch;
    aclmdlHW hw;
    EXPECT_EQ(aclmdlGetNumInputs(desc), 0u);
    EXPECT_EQ(aclmdlGetNumOutputs(desc), 0u);
    EXPECT_EQ(aclmdlGetInputIndexByName(desc, "image", &number), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclmdlGetOutputIndexByName(desc, "image", &number), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclmdlGetDynamicBatch(desc, &batch), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclmdlGetDynamicHW(desc, 0, &hw), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclmdlGetInputDynamicGearCount(desc, static_cast<size_t>(-1), &number),
              ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclmdlGetTensorRealName(desc, "image"), nullptr);
    EXPECT_EQ(aclmdlGetOpAttr(desc, "plus", "_datadump_original_op_names"), nullptr);
    if (desc == empty) continue;
    EXPECT_EQ(aclmdlGetDesc(desc, 1), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclmdlGetDescFromFile(desc, "x"), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclmdlGetDescFromMem(desc, &dims, 4), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclmdlDestroyDesc(desc), ACL_ERROR_INVALID_PARAM);
  }
  EXPECT_EQ(aclmdlGetInputDims(desc_, 0, nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlGetInputIndexByName(desc_, nullptr, nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlGetInputIndexByName(desc_, "image", nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlGetDynamicBatch(desc_, nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlGetDynamicHW(desc_, 0, nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlDestroyDesc(empty), ACL_SUCCESS);
}

}  // namespace
}  // namespace poacl::capi
