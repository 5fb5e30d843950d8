#include <cstring>
#include <fstream>
#include <vector>

#include "capi/dvpp_test_util.h"

namespace poacl::capi {
namespace {

// A soft ramp in NV12.
void fill_ramp(const TestPicture& picture, uint32_t stride, uint32_t rows) {
  for (uint32_t y = 0; y < rows; ++y) {
    for (uint32_t x = 0; x < stride; ++x) {
      picture[size_t{y} * stride + x] = static_cast<uint8_t>(x + y);
    }
  }
  std::fill(picture.begin() + size_t{stride} * rows, picture.begin() + picture.bytes(), 128);
}

class DvppCodec : public DvppTest {
 protected:
  void SetUp() override {
    DvppTest::SetUp();
    config_ = acldvppCreateJpegeConfig();
    ASSERT_EQ(acldvppMalloc(&file_, kRoom), ACL_SUCCESS);
  }
  void TearDown() override {
    EXPECT_EQ(acldvppDestroyJpegeConfig(config_), ACL_SUCCESS);
    EXPECT_EQ(acldvppFree(file_), ACL_SUCCESS);
    DvppTest::TearDown();
  }
  // Leaves a JPEG of 100 x 64 pixels in file_; its size.
  uint32_t encode() {
    TestPicture picture(PIXEL_FORMAT_YUV_SEMIPLANAR_420, 100, 64, 112, 64);
    fill_ramp(picture, 112, 64);
    uint32_t size = kRoom;
    EXPECT_EQ(acldvppJpegEncodeAsync(channel_, picture.desc(), file_, &size, config_, stream_), 0);
    EXPECT_EQ(synchronize(), ACL_SUCCESS);
    EXPECT_LT(size, kRoom);
    return size;
  }
  aclError decode(uint32_t size, const TestPicture& to) {
    return acldvppJpegDecodeAsync(channel_, file_, size, to.desc(), stream_);
  }
  static constexpr uint32_t kRoom = 1 << 20;
  acldvppJpegeConfig* config_ = nullptr;
  void* file_ = nullptr;
};

TEST_F(DvppCodec, JpegThereAndBack) {
  const uint32_t size = encode();
  const auto* bytes = static_cast<const uint8_t*>(file_);
  EXPECT_EQ(bytes[0], 0xFF);
  EXPECT_EQ(bytes[1], 0xD8);
  EXPECT_EQ(bytes[size - 2], 0xFF);
  EXPECT_EQ(bytes[size - 1], 0xD9);
  uint32_t width = 0;
  uint32_t height = 0;
  int32_t components = 0;
  acldvppJpegFormat format{};
  ASSERT_EQ(acldvppJpegGetImageInfoV2(file_, size, &width, &height, &components, &format), 0);
  EXPECT_EQ(width, 100u);
  EXPECT_EQ(height, 64u);
  EXPECT_EQ(components, 3);
  EXPECT_EQ(format, ACL_JPEG_CSS_420);
  uint32_t predicted = 0;
  ASSERT_EQ(acldvppJpegPredictDecSize(file_, size, PIXEL_FORMAT_YUV_SEMIPLANAR_420, &predicted), 0);
  EXPECT_EQ(predicted, 128u * 64 * 3 / 2);
  TestPicture to(PIXEL_FORMAT_YUV_SEMIPLANAR_420, 100, 64, 128, 64);
  ASSERT_EQ(decode(size, to), ACL_SUCCESS);
  ASSERT_EQ(synchronize(), ACL_SUCCESS);
  for (size_t y = 0; y < 64; ++y) {
    for (size_t x = 0; x < 100; ++x) ASSERT_NEAR(to[y * 128 + x], (x + y) & 255, 3);
  }
  EXPECT_EQ(acldvppGetPicDescRetCode(to.desc()), 0u);
}

TEST_F(DvppCodec, TheDescriptorIsToldAndCanBeUsedAgain) {
  const uint32_t size = encode();
  TestPicture to(PIXEL_FORMAT_YUV_SEMIPLANAR_420, 512, 512, 512, 512);
  for (int round = 0; round < 2; ++round) {
    if (round == 0) {
      acldvppSetPicDescFormat(to.desc(), PIXEL_FORMAT_UNKNOWN);
      acldvppSetPicDescWidth(to.desc(), 0);
      acldvppSetPicDescHeight(to.desc(), 0);
      acldvppSetPicDescWidthStride(to.desc(), 0);
      acldvppSetPicDescHeightStride(to.desc(), 0);
    } else {
      hold();
    }
    ASSERT_EQ(decode(size, to), ACL_SUCCESS);
    // An idle stream's file is looked at by the call.
    EXPECT_EQ(acldvppGetPicDescFormat(to.desc()), PIXEL_FORMAT_YVU_SEMIPLANAR_420);
    EXPECT_EQ(acldvppGetPicDescWidth(to.desc()), 100u);
    EXPECT_EQ(acldvppGetPicDescHeight(to.desc()), 64u);
    EXPECT_EQ(acldvppGetPicDescWidthStride(to.desc()), 128u);
    EXPECT_EQ(acldvppGetPicDescHeightStride(to.desc()), 64u);
    EXPECT_EQ(acldvppGetPicDescSize(to.desc()), 128u * 64 * 3 / 2);
    if (round == 1) release();
    ASSERT_EQ(synchronize(), ACL_SUCCESS);
  }
}

TEST_F(DvppCodec, AFileThatIsCopiedOnTheStreamIsReadWhenItsTurnComes) {
  const uint32_t size = encode();
  void* later = nullptr;
  ASSERT_EQ(acldvppMalloc(&later, kRoom), ACL_SUCCESS);
  std::memset(later, 0, kRoom);
  TestPicture to(PIXEL_FORMAT_YUV_SEMIPLANAR_420, 100, 64, 128, 64);
  hold();
  ASSERT_EQ(aclrtMemcpyAsync(later, kRoom, file_, size, ACL_MEMCPY_DEVICE_TO_DEVICE, stream_), 0);
  ASSERT_EQ(acldvppJpegDecodeAsync(channel_, later, size, to.desc(), stream_), ACL_SUCCESS);
  to.destroy_desc();
  release();
  ASSERT_EQ(synchronize(), ACL_SUCCESS);
  EXPECT_NEAR(to[10], 10, 3);
  EXPECT_EQ(acldvppFree(later), ACL_SUCCESS);
}

TEST_F(DvppCodec, WhatIsNoPictureIsRefused) {
  const uint32_t size = encode();
  TestPicture to(PIXEL_FORMAT_YUV_SEMIPLANAR_420, 100, 64, 128, 64);
  std::vector<uint8_t> text(1000, 'x');
  uint32_t number = 0;
  int32_t components = 0;
  EXPECT_NE(acldvppJpegGetImageInfo(text.data(), 1000, &number, &number, &components), 0);
  EXPECT_NE(acldvppJpegPredictDecSize(text.data(), 1000, PIXEL_FORMAT_UNKNOWN, &number), 0);
  EXPECT_NE(acldvppPngGetImageInfo(text.data(), 1000, &number, &number, &components), 0);
  EXPECT_NE(acldvppPngGetImageInfo(file_, size, &number, &number, &components), 0);
  EXPECT_NE(acldvppPngDecodeAsync(channel_, file_, size, to.desc(), stream_), 0);
  EXPECT_NE(acldvppJpegDecodeAsync(channel_, text.data(), 1000, to.desc(), stream_), 0);
  EXPECT_EQ(acldvppJpegDecodeAsync(channel_, nullptr, size, to.desc(), stream_), 100000);
  EXPECT_EQ(acldvppJpegDecodeAsync(channel_, file_, 0, to.desc(), stream_), 100000);
  EXPECT_EQ(acldvppJpegGetImageInfo(nullptr, size, &number, &number, &components), 100000);
  EXPECT_EQ(acldvppJpegGetImageInfo(file_, kRoom * 2, &number, &number, &components), 100000);
  EXPECT_TRUE(
      failed_with(acldvppJpegPredictDecSize(file_, size, PIXEL_FORMAT_YUV_SEMIPLANAR_444, &number),
                  100000, "4:2:0"));
  // Found out when the task runs.
  hold();
  ASSERT_EQ(acldvppJpegDecodeAsync(channel_, text.data(), 1000, to.desc(), stream_), ACL_SUCCESS);
  release();
  EXPECT_NE(synchronize(), ACL_SUCCESS);
  EXPECT_NE(acldvppGetPicDescRetCode(to.desc()), 0u);
  EXPECT_EQ(synchronize(), ACL_SUCCESS);
}

TEST_F(DvppCodec, ABufferThatIsTooSmallIsToldWithTheRightSize) {
  const uint32_t size = encode();
  TestPicture to(PIXEL_FORMAT_YUV_SEMIPLANAR_420, 100, 64, 128, 64);
  acldvppSetPicDescSize(to.desc(), 8000);
  EXPECT_TRUE(failed_with(decode(size, to), 100000, "allocate 12288"));
  acldvppSetPicDescSize(to.desc(), 128 * 64 * 3 / 2);
  acldvppSetPicDescWidthStride(to.desc(), 64);
  EXPECT_TRUE(failed_with(decode(size, to), 100000, "pass 128"));
}

TEST_F(DvppCodec, EncodingTellsWhatItNeeds) {
  TestPicture picture(PIXEL_FORMAT_YUV_SEMIPLANAR_420, 100, 64, 112, 64, 128);
  uint32_t predicted = 0;
  ASSERT_EQ(acldvppJpegPredictEncSize(picture.desc(), config_, &predicted), ACL_SUCCESS);
  EXPECT_GE(predicted, 112u * 64 * 3 / 2 + 65536);
  uint32_t size = 10;
  ASSERT_EQ(acldvppJpegEncodeAsync(channel_, picture.desc(), file_, &size, config_, stream_), 0);
  EXPECT_EQ(synchronize(), 100000);
  EXPECT_EQ(size, 10u);
  size = 0;
  EXPECT_TRUE(
      failed_with(acldvppJpegEncodeAsync(channel_, picture.desc(), file_, &size, config_, stream_),
                  100000, "is 0"));
  size = kRoom;
  EXPECT_EQ(acldvppJpegEncodeAsync(channel_, picture.desc(), nullptr, &size, config_, stream_),
            100000);
  EXPECT_EQ(acldvppJpegEncodeAsync(channel_, picture.desc(), file_, nullptr, config_, stream_),
            100000);
  size = kRoom * 4;
  EXPECT_EQ(acldvppJpegEncodeAsync(channel_, picture.desc(), file_, &size, config_, stream_),
            100000);
  acldvppSetPicDescFormat(picture.desc(), PIXEL_FORMAT_RGB_888);
  EXPECT_EQ(acldvppJpegPredictEncSize(picture.desc(), config_, &predicted), 100000);
  EXPECT_EQ(acldvppJpegPredictEncSize(picture.desc(), nullptr, &predicted), 100000);
}

TEST_F(DvppCodec, EncodingCopiesItsSettings) {
  TestPicture picture(PIXEL_FORMAT_YUV_SEMIPLANAR_420, 128, 128, 128, 128);
  for (size_t i = 0; i < picture.bytes(); ++i) picture[i] = static_cast<uint8_t>(i * i / 7);
  uint32_t sizes[] = {kRoom / 2, kRoom / 2};
  hold();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(acldvppSetJpegeConfigLevel(config_, i == 0 ? 100 : 10), ACL_SUCCESS);
    EXPECT_EQ(acldvppJpegEncodeAsync(channel_, picture.desc(),
                                     static_cast<uint8_t*>(file_) + i * (kRoom / 2), &sizes[i],
                                     config_, stream_),
              ACL_SUCCESS);
  }
  release();
  ASSERT_EQ(synchronize(), ACL_SUCCESS);
  EXPECT_LT(sizes[1] * 2, sizes[0]);
}

TEST_F(DvppCodec, ChannelsHaveALargestPicture) {
  acldvppChannelDesc* small = acldvppCreateChannelDesc();
  const uint32_t side = 64;
  ASSERT_EQ(acldvppSetChannelDescParam(small, ACL_DVPP_CHANNEL_WIDTH_UINT32, 4, &side), 0);
  ASSERT_EQ(acldvppCreateChannel(small), ACL_SUCCESS);
  TestPicture picture(PIXEL_FORMAT_YUV_SEMIPLANAR_420, 128, 64, 128, 64, 128);
  uint32_t size = kRoom;
  EXPECT_TRUE(
      failed_with(acldvppJpegEncodeAsync(small, picture.desc(), file_, &size, config_, stream_),
                  100000, "128 x 64"));
  EXPECT_EQ(acldvppDestroyChannel(small), ACL_SUCCESS);
  EXPECT_EQ(acldvppDestroyChannelDesc(small), ACL_SUCCESS);
}

}  // namespace
}  // namespace poacl::capi
