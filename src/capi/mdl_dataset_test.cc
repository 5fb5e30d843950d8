#include "capi/mdl_test_util.h"

namespace poacl::capi {
namespace {

TEST(MdlDataset, KeepsBuffersInTheOrderOfAdding) {
  std::vector<float> a(1), b(2);
  TestDataset dataset;
  dataset.add(a).add(b);
  EXPECT_EQ(aclmdlGetDatasetNumBuffers(dataset.handle()), 2u);
  EXPECT_EQ(aclmdlGetDatasetBuffer(dataset.handle(), 0), dataset.buffer(0));
  EXPECT_EQ(aclmdlGetDatasetBuffer(dataset.handle(), 1), dataset.buffer(1));
  EXPECT_EQ(aclmdlGetDatasetBuffer(dataset.handle(), 2), nullptr);
}

TEST(MdlDataset, DestroyingItLeavesTheBuffers) {
  aclmdlDataset* dataset = aclmdlCreateDataset();
  aclDataBuffer* buffer = aclCreateDataBuffer(nullptr, 5);
  ASSERT_EQ(aclmdlAddDatasetBuffer(dataset, buffer), ACL_SUCCESS);
  EXPECT_EQ(aclmdlDestroyDataset(dataset), ACL_SUCCESS);
  EXPECT_EQ(aclGetDataBufferSizeV2(buffer), 5u);
  EXPECT_EQ(aclDestroyDataBuffer(buffer), ACL_SUCCESS);
}

TEST(MdlDataset, TensorDescsAreCopiedOwnedAndRemoved) {
  std::vector<float> a(6);
  aclTensorDesc* kept = nullptr;
  {
    TestDataset dataset;
    dataset.add(a);
    EXPECT_EQ(aclmdlGetDatasetTensorDesc(dataset.handle(), 0), nullptr);
    const int64_t dims[] = {2, 3};
    aclTensorDesc* desc = aclCreateTensorDesc(ACL_FLOAT, 2, dims, ACL_FORMAT_ND);
    EXPECT_EQ(aclmdlSetDatasetTensorDesc(dataset.handle(), desc, 0), ACL_SUCCESS);
    aclDestroyTensorDesc(desc);
    kept = aclmdlGetDatasetTensorDesc(dataset.handle(), 0);
    ASSERT_NE(kept, nullptr);
    EXPECT_EQ(aclGetTensorDescElementCount(kept), 6u);
    aclDestroyTensorDesc(kept);  // not the program's to destroy
    EXPECT_EQ(aclGetTensorDescElementCount(kept), 6u);
    EXPECT_EQ(aclmdlSetDatasetTensorDesc(dataset.handle(), kept, 0), ACL_SUCCESS);
    EXPECT_EQ(aclmdlSetDatasetTensorDesc(dataset.handle(), kept, 1), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclmdlGetDatasetTensorDesc(dataset.handle(), 1), nullptr);
    EXPECT_EQ(aclmdlSetDatasetTensorDesc(dataset.handle(), nullptr, 0), ACL_SUCCESS);
    EXPECT_EQ(aclmdlGetDatasetTensorDesc(dataset.handle(), 0), nullptr);
    EXPECT_EQ(aclGetTensorDescElementCount(kept), 0u);
    aclTensorDesc* again = aclCreateTensorDesc(ACL_FLOAT, 2, dims, ACL_FORMAT_ND);
    EXPECT_EQ(aclmdlSetDatasetTensorDesc(dataset.handle(), again, 0), ACL_SUCCESS);
    aclDestroyTensorDesc(again);
    kept = aclmdlGetDatasetTensorDesc(dataset.handle(), 0);
  }
  EXPECT_EQ(aclGetTensorDescElementCount(kept), 0u);  // gone with its dataset
}

TEST(MdlDataset, NullDeadAndForeignHandles) {
  aclmdlDataset* dead = aclmdlCreateDataset();
  ASSERT_EQ(aclmdlDestroyDataset(dead), ACL_SUCCESS);
  aclDataBuffer* buffer = aclCreateDataBuffer(nullptr, 0);
  std::vector<void*> handles = bad_handles();
  handles.insert(handles.end(), {nullptr, dead, buffer});
  for (void* handle : handles) {
    auto* dataset = static_cast<aclmdlDataset*>(handle);
    EXPECT_EQ(aclmdlDestroyDataset(dataset), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclmdlAddDatasetBuffer(dataset, buffer), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclmdlGetDatasetNumBuffers(dataset), 0u);
    EXPECT_EQ(aclmdlGetDatasetBuffer(dataset, 0), nullptr);
    EXPECT_EQ(aclmdlSetDatasetTensorDesc(dataset, nullptr, 0), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclmdlGetDatasetTensorDesc(dataset, 0), nullptr);
  }
  aclmdlDataset* good = aclmdlCreateDataset();
  for (void* handle : bad_handles()) {
    EXPECT_EQ(aclmdlAddDatasetBuffer(good, static_cast<aclDataBuffer*>(handle)),
              ACL_ERROR_INVALID_PARAM);
  }
  EXPECT_EQ(aclmdlAddDatasetBuffer(good, nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlGetDatasetNumBuffers(good), 0u);
  EXPECT_EQ(aclmdlDestroyDataset(good), ACL_SUCCESS);
  EXPECT_EQ(aclDestroyDataBuffer(buffer), ACL_SUCCESS);
}

}  // namespace
}  // namespace poacl::capi
