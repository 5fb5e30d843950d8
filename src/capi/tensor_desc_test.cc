#include "capi/tensor_desc.h"

#include "capi/mdl_test_util.h"

namespace poacl::capi {
namespace {

class Desc {
 public:
  Desc(aclDataType type, const std::vector<int64_t>& dims, aclFormat format = ACL_FORMAT_NCHW)
      : handle_(aclCreateTensorDesc(type, static_cast<int>(dims.size()), dims.data(), format)) {}
  ~Desc() { aclDestroyTensorDesc(handle_); }
  Desc(const Desc&) = delete;
  Desc& operator=(const Desc&) = delete;
  operator aclTensorDesc*() const { return handle_; }

 private:
  aclTensorDesc* handle_;
};

TEST(TensorDesc, TellsWhatItWasMadeFrom) {
  const Desc desc(ACL_FLOAT16, {2, 3, 4});
  ASSERT_NE(desc, nullptr);
  EXPECT_EQ(aclGetTensorDescType(desc), ACL_FLOAT16);
  EXPECT_EQ(aclGetTensorDescFormat(desc), ACL_FORMAT_NCHW);
  EXPECT_EQ(aclGetTensorDescElementCount(desc), 24u);
  EXPECT_EQ(aclGetTensorDescSize(desc), 48u);
  EXPECT_EQ(aclGetTensorDescNumDims(desc), 3u);
  EXPECT_EQ(aclGetTensorDescDim(desc, 2), 4);
  int64_t dim = 0;
  EXPECT_EQ(aclGetTensorDescDimV2(desc, 1, &dim), ACL_SUCCESS);
  EXPECT_EQ(dim, 3);
  EXPECT_STREQ(aclGetTensorDescName(desc), "");
  EXPECT_EQ(aclGetTensorDescAddress(desc), nullptr);
  EXPECT_EQ(aclGetTensorDescByIndex(desc, 0), static_cast<aclTensorDesc*>(desc));
  EXPECT_EQ(aclGetTensorDescByIndex(desc, 1), nullptr);
}

TEST(TensorDesc, ScalarsUnknownDimsAndOverflow) {
  const Desc scalar(ACL_INT64, {});
  EXPECT_EQ(aclGetTensorDescElementCount(scalar), 1u);
  EXPECT_EQ(aclGetTensorDescSize(scalar), 8u);
  EXPECT_EQ(aclGetTensorDescNumDims(scalar), 0u);
  const Desc unknown(ACL_FLOAT, {-1, 3});
  EXPECT_EQ(aclGetTensorDescElementCount(unknown), 0u);
  EXPECT_EQ(aclGetTensorDescSize(unknown), 0u);
  EXPECT_EQ(aclGetTensorDescDim(unknown, 0), -1);
  const Desc no_rank(ACL_FLOAT, {-2});
  EXPECT_EQ(aclGetTensorDescNumDims(no_rank), static_cast<size_t>(ACL_UNKNOWN_RANK));
  const Desc huge(ACL_FLOAT, {int64_t{1} << 40, int64_t{1} << 40});
  EXPECT_EQ(aclGetTensorDescElementCount(huge), 0u);
  EXPECT_EQ(aclGetTensorDescSize(huge), 0u);
  const Desc text(ACL_STRING, {4});
  EXPECT_EQ(aclGetTensorDescSize(text), 0u);
}

TEST(TensorDesc, CreationRefusesImpossibleDims) {
  const int64_t dims[] = {1};
  EXPECT_EQ(aclCreateTensorDesc(ACL_FLOAT, -1, dims, ACL_FORMAT_ND), nullptr);
  EXPECT_EQ(aclCreateTensorDesc(ACL_FLOAT, 1, nullptr, ACL_FORMAT_ND), nullptr);
  EXPECT_EQ(aclCreateTensorDesc(ACL_FLOAT, 1 << 30, dims, ACL_FORMAT_ND), nullptr);
}

TEST(TensorDesc, SettersChangeWhatTheyName) {
  const Desc desc(ACL_FLOAT, {1, 2});
  const auto object = find_tensor_desc(desc).value();
  aclSetTensorDescName(desc, "label");
  EXPECT_STREQ(aclGetTensorDescName(desc), "label");
  aclSetTensorDescName(desc, nullptr);
  EXPECT_STREQ(aclGetTensorDescName(desc), "");
  EXPECT_EQ(aclSetTensorFormat(desc, ACL_FORMAT_NC1HWC0), ACL_SUCCESS);
  EXPECT_EQ(aclGetTensorDescFormat(desc), ACL_FORMAT_NCHW);  // that one is the main format
  EXPECT_EQ(object->storage_format, ACL_FORMAT_NC1HWC0);
  EXPECT_EQ(aclSetTensorStorageFormat(desc, ACL_FORMAT_ND), ACL_SUCCESS);
  EXPECT_EQ(object->storage_format, ACL_FORMAT_ND);
  EXPECT_EQ(aclSetTensorOriginFormat(desc, ACL_FORMAT_NHWC), ACL_SUCCESS);
  EXPECT_EQ(aclGetTensorDescFormat(desc), ACL_FORMAT_NHWC);
  const int64_t dims[] = {4, 5, 6};
  EXPECT_EQ(aclSetTensorShape(desc, 3, dims), ACL_SUCCESS);
  EXPECT_EQ(object->storage_dims, (Dims{4, 5, 6}));
  EXPECT_EQ(aclGetTensorDescNumDims(desc), 2u);
  EXPECT_EQ(aclSetTensorStorageShape(desc, 2, dims), ACL_SUCCESS);
  EXPECT_EQ(object->storage_dims, (Dims{4, 5}));
  EXPECT_EQ(aclSetTensorOriginShape(desc, 3, dims), ACL_SUCCESS);
  EXPECT_EQ(aclGetTensorDescElementCount(desc), 120u);
  EXPECT_EQ(aclSetTensorOriginShape(desc, -1, dims), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetTensorOriginShape(desc, 1, nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetTensorDynamicInput(desc, "group"), ACL_SUCCESS);
  EXPECT_EQ(object->dynamic_input, "group");
  EXPECT_EQ(aclSetTensorDynamicInput(desc, nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetTensorPlaceMent(desc, ACL_MEMTYPE_HOST), ACL_SUCCESS);
  EXPECT_EQ(object->placement, ACL_MEMTYPE_HOST);
  EXPECT_EQ(aclSetTensorPlaceMent(desc, static_cast<aclMemType>(3)), ACL_ERROR_INVALID_PARAM);
}

TEST(TensorDesc, RangesAreKeptAndReadBack) {
  const Desc desc(ACL_FLOAT, {-1, 2});
  int64_t ranges[][2] = {{1, 8}, {2, 2}};
  EXPECT_EQ(aclSetTensorShapeRange(desc, 2, ranges), ACL_SUCCESS);
  EXPECT_EQ(aclSetTensorValueRange(desc, 2, ranges), ACL_SUCCESS);
  int64_t range[2] = {0, 0};
  EXPECT_EQ(aclGetTensorDescDimRange(desc, 0, 2, range), ACL_SUCCESS);
  EXPECT_EQ(range[0], 1);
  EXPECT_EQ(range[1], 8);
  EXPECT_EQ(aclGetTensorDescDimRange(desc, 2, 2, range), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclGetTensorDescDimRange(desc, 0, 1, range), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclGetTensorDescDimRange(desc, 0, 2, nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetTensorShapeRange(desc, 2, nullptr), ACL_ERROR_INVALID_PARAM);
}

TEST(TensorDesc, ConstantsAreCopied) {
  const Desc desc(ACL_INT32, {2});
  int32_t values[] = {7, 8};
  EXPECT_EQ(aclSetTensorConst(desc, values, sizeof(values)), ACL_SUCCESS);
  values[0] = 0;
  const auto object = find_tensor_desc(desc).value();
  ASSERT_EQ(object->constant.size(), sizeof(values));
  EXPECT_EQ(static_cast<int>(object->constant[0]), 7);
  EXPECT_EQ(aclSetTensorConst(desc, nullptr, 4), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetTensorConst(desc, values, 0), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetTensorConst(desc, reinterpret_cast<void*>(0x1000), 4), ACL_ERROR_INVALID_PARAM);
  EXPECT_NE(recent_error().find("dataBuffer 0x1000"), std::string::npos);
  EXPECT_EQ(aclSetTensorConst(desc, values, SIZE_MAX), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetTensorConst(desc, values, size_t{1} << 46), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(object->constant.size(), sizeof(values));
}

TEST(TensorDesc, FormatConversionIsNotAvailable) {
  const Desc desc(ACL_FLOAT, {1, 2});
  aclTensorDesc* made = nullptr;
  EXPECT_EQ(aclTransTensorDescFormat(desc, ACL_FORMAT_NHWC, &made), ACL_ERROR_API_NOT_SUPPORT);
  EXPECT_EQ(made, nullptr);
  EXPECT_EQ(aclTransTensorDescFormat(desc, ACL_FORMAT_NHWC, nullptr), ACL_ERROR_INVALID_PARAM);
}

TEST(TensorDesc, NullDeadAndForeignHandles) {
  EXPECT_EQ(aclSetTensorFormat(nullptr, ACL_FORMAT_ND), ACL_SUCCESS);
  EXPECT_EQ(aclSetTensorStorageFormat(nullptr, ACL_FORMAT_ND), ACL_SUCCESS);
  EXPECT_EQ(aclSetTensorOriginFormat(nullptr, ACL_FORMAT_ND), ACL_SUCCESS);
  aclTensorDesc* dead = aclCreateTensorDesc(ACL_FLOAT, 0, nullptr, ACL_FORMAT_ND);
  aclDestroyTensorDesc(dead);
  aclDestroyTensorDesc(dead);
  std::vector<void*> handles = bad_handles();
  handles.insert(handles.end(), {nullptr, dead});
  int64_t number = 0;
  int64_t range[1][2] = {{0, 0}};
  for (void* handle : handles) {
    auto* desc = static_cast<aclTensorDesc*>(handle);
    aclDestroyTensorDesc(desc);
    EXPECT_EQ(aclGetTensorDescType(desc), ACL_DT_UNDEFINED);
    EXPECT_EQ(aclGetTensorDescFormat(desc), ACL_FORMAT_UNDEFINED);
    EXPECT_EQ(aclGetTensorDescElementCount(desc), 0u);
    EXPECT_EQ(aclGetTensorDescSize(desc), 0u);
    EXPECT_EQ(aclGetTensorDescNumDims(desc), 0u);
    EXPECT_EQ(aclGetTensorDescDim(desc, 0), -1);
    EXPECT_EQ(aclGetTensorDescDimV2(desc, 0, &number), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclGetTensorDescDimRange(desc, 0, 2, &number), ACL_ERROR_INVALID_PARAM);
    EXPECT_STREQ(aclGetTensorDescName(desc), "");
    aclSetTensorDescName(desc, "x");
    EXPECT_EQ(aclSetTensorShape(desc, 1, &number), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclSetTensorStorageShape(desc, 1, &number), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclSetTensorOriginShape(desc, 1, &number), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclSetTensorShapeRange(desc, 1, range), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclSetTensorValueRange(desc, 1, range), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclSetTensorDynamicInput(desc, "x"), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclSetTensorConst(desc, &number, 1), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclSetTensorPlaceMent(desc, ACL_MEMTYPE_HOST), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclGetTensorDescByIndex(desc, 0), nullptr);
    EXPECT_EQ(aclGetTensorDescAddress(desc), nullptr);
  }
}

}  // namespace
}  // namespace poacl::capi
