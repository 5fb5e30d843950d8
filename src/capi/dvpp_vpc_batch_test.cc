#include <memory>
#include <utility>
#include <vector>

#include "capi/dvpp_test_util.h"

namespace poacl::capi {
namespace {

class DvppBatch : public DvppTest {
 protected:
  static constexpr uint32_t kInputs = 2;
  static constexpr uint32_t kOutputs = 5;
  void SetUp() override {
    DvppTest::SetUp();
    inputs_ = acldvppCreateBatchPicDesc(kInputs);
    outputs_ = acldvppCreateBatchPicDesc(kOutputs);
    for (uint32_t i = 0; i < kInputs; ++i) {
      in_.push_back(std::make_unique<TestPicture>(PIXEL_FORMAT_YUV_400, 64, 48, 64, 48,
                                                  static_cast<uint8_t>(100 + i)));
      in_.back()->describe(acldvppGetPicDesc(inputs_, i));
    }
    for (uint32_t i = 0; i < kOutputs; ++i) {
      out_.push_back(std::make_unique<TestPicture>(PIXEL_FORMAT_YUV_400, 32, 24, 32, 24));
      out_.back()->describe(acldvppGetPicDesc(outputs_, i));
      crops_.push_back(acldvppCreateRoiConfig(i, i + 31, 0, 23));
      pastes_.push_back(acldvppCreateRoiConfig(16, 31, 0, 11));
    }
  }
  void TearDown() override {
    for (acldvppRoiConfig* roi : crops_) EXPECT_EQ(acldvppDestroyRoiConfig(roi), ACL_SUCCESS);
    for (acldvppRoiConfig* roi : pastes_) EXPECT_EQ(acldvppDestroyRoiConfig(roi), ACL_SUCCESS);
    EXPECT_EQ(acldvppDestroyBatchPicDesc(inputs_), ACL_SUCCESS);
    EXPECT_EQ(acldvppDestroyBatchPicDesc(outputs_), ACL_SUCCESS);
    in_.clear();
    out_.clear();
    DvppTest::TearDown();
  }
  aclError crop(std::vector<uint32_t> counts) {
    return acldvppVpcBatchCropAsync(channel_, inputs_, counts.data(),
                                    static_cast<uint32_t>(counts.size()), outputs_, crops_.data(),
                                    stream_);
  }
  acldvppBatchPicDesc* inputs_ = nullptr;
  acldvppBatchPicDesc* outputs_ = nullptr;
  std::vector<std::unique_ptr<TestPicture>> in_, out_;
  std::vector<acldvppRoiConfig*> crops_, pastes_;
};

TEST_F(DvppBatch, OutputsComeFromTheInputTheirAreaBelongsTo) {
  ASSERT_EQ(crop({2, 3}), ACL_SUCCESS);
  ASSERT_EQ(synchronize(), ACL_SUCCESS);
  for (uint32_t i = 0; i < kOutputs; ++i) EXPECT_EQ((*out_[i])[300], i < 2 ? 100 : 101) << i;
  ASSERT_EQ(crop({0, 5}), ACL_SUCCESS);
  ASSERT_EQ(synchronize(), ACL_SUCCESS);
  EXPECT_EQ((*out_[0])[300], 101);
}

TEST_F(DvppBatch, AllForms) {
  uint32_t counts[] = {2, 3};
  acldvppResizeConfig* resize = acldvppCreateResizeConfig();
  std::vector<acldvppBorderConfig*> borders;
  for (uint32_t i = 0; i < kOutputs; ++i) {
    borders.push_back(acldvppCreateBorderConfig());
    acldvppSetBorderConfigTop(borders[i], 4);
    acldvppSetBorderConfigValue(borders[i], 0, 9);
  }
  const auto refill = [&] {
    for (const auto& picture : out_) std::fill_n(picture->begin(), picture->bytes(), 0xEE);
  };
  const auto pixels = [&](size_t inside, uint8_t elsewhere) {
    ASSERT_EQ(synchronize(), ACL_SUCCESS);
    for (uint32_t i = 0; i < kOutputs; ++i) {
      EXPECT_EQ((*out_[i])[inside], i < 2 ? 100 : 101) << i;
      EXPECT_EQ((*out_[i])[0], elsewhere) << i;
    }
  };
  refill();
  ASSERT_EQ(acldvppVpcBatchCropResizeAsync(channel_, inputs_, counts, 2, outputs_, crops_.data(),
                                           resize, stream_),
            ACL_SUCCESS);
  ASSERT_EQ(synchronize(), ACL_SUCCESS);
  EXPECT_EQ((*out_[4])[0], 101);
  refill();
  ASSERT_EQ(acldvppVpcBatchCropAndPasteAsync(channel_, inputs_, counts, 2, outputs_, crops_.data(),
                                             pastes_.data(), stream_),
            ACL_SUCCESS);
  pixels(16, 0xEE);
  refill();
  ASSERT_EQ(acldvppVpcBatchCropResizePasteAsync(channel_, inputs_, counts, 2, outputs_,
                                                crops_.data(), pastes_.data(), resize, stream_),
            ACL_SUCCESS);
  pixels(16, 0xEE);
  refill();
  ASSERT_EQ(
      acldvppVpcBatchCropResizeMakeBorderAsync(channel_, inputs_, counts, 2, outputs_,
                                               crops_.data(), borders.data(), resize, stream_),
      ACL_SUCCESS);
  pixels(4 * 32, 9);
  // Reflection is for borders without resizing.
  acldvppSetBorderConfigBorderType(borders[3], BORDER_REFLECT);
  EXPECT_EQ(
      acldvppVpcBatchCropResizeMakeBorderAsync(channel_, inputs_, counts, 2, outputs_,
                                               crops_.data(), borders.data(), resize, stream_),
      100000);
  for (acldvppBorderConfig* border : borders) acldvppDestroyBorderConfig(border);
  EXPECT_EQ(acldvppDestroyResizeConfig(resize), ACL_SUCCESS);
}

TEST_F(DvppBatch, CountsAgree) {
  EXPECT_TRUE(failed_with(crop({2, 2}), 100000, "add up to 4, the output batch has 5"));
  EXPECT_TRUE(failed_with(crop({2, 3, 0}), 100000, "3 entries, the input batch 2"));
  EXPECT_EQ(crop({UINT32_MAX, 6}), 100000);
  acldvppDestroyRoiConfig(std::exchange(crops_[3], nullptr));
  EXPECT_TRUE(failed_with(crop({2, 3}), 100000, "cropAreas[3]"));
  crops_[3] = acldvppCreateRoiConfig(0, 64, 0, 23);
  EXPECT_TRUE(failed_with(crop({2, 3}), 100000, "crop area 3"));
  EXPECT_EQ(
      acldvppVpcBatchCropAsync(channel_, inputs_, nullptr, 2, outputs_, crops_.data(), stream_),
      100000);
}

}  // namespace
}  // namespace poacl::capi
