#include <array>
#include <memory>
#include <vector>

#include "capi/dvpp_test_util.h"

namespace poacl::capi {
namespace {

// Every pixel of the luma plane tells where it is.
void fill_luma(const TestPicture& picture, uint32_t stride, uint32_t rows) {
  for (uint32_t y = 0; y < rows; ++y) {
    for (uint32_t x = 0; x < stride; ++x) {
      picture[size_t{y} * stride + x] = static_cast<uint8_t>(7 * x + 13 * y);
    }
  }
}

class DvppVpc : public DvppTest {
 protected:
  aclError crop(const TestPicture& from, const TestPicture& to, std::array<uint32_t, 4> area) {
    acldvppRoiConfig* roi = acldvppCreateRoiConfig(area[0], area[1], area[2], area[3]);
    const aclError result = acldvppVpcCropAsync(channel_, from.desc(), to.desc(), roi, stream_);
    EXPECT_EQ(acldvppDestroyRoiConfig(roi), ACL_SUCCESS);
    return result;
  }
};

TEST_F(DvppVpc, CropIsExactAndKeepsOffTheRest) {
  TestPicture from(PIXEL_FORMAT_YUV_SEMIPLANAR_420, 64, 48, 64, 48);
  TestPicture to(PIXEL_FORMAT_YUV_SEMIPLANAR_420, 30, 20, 32, 20, 0xEE);
  fill_luma(from, 64, 72);
  ASSERT_EQ(crop(from, to, {32, 61, 24, 43}), ACL_SUCCESS);
  ASSERT_EQ(synchronize(), ACL_SUCCESS);
  for (size_t y = 0; y < 20; ++y) {
    for (size_t x = 0; x < 30; ++x) {
      ASSERT_EQ(to[y * 32 + x], from[(y + 24) * 64 + x + 32]) << x << "," << y;
      if (y < 10) {
        ASSERT_EQ(to[640 + y * 32 + x], from[64 * 48 + (y + 12) * 64 + x + 32]);
      }
    }
  }
  EXPECT_EQ(acldvppGetPicDescRetCode(to.desc()), 0u);
}

TEST_F(DvppVpc, PasteKeepsTheRest) {
  TestPicture from(PIXEL_FORMAT_YUV_400, 64, 48, 64, 48);
  TestPicture to(PIXEL_FORMAT_YUV_400, 64, 48, 64, 48, 0xEE);
  fill_luma(from, 64, 48);
  acldvppRoiConfig* area = acldvppCreateRoiConfig(0, 31, 0, 23);
  acldvppRoiConfig* place = acldvppCreateRoiConfig(16, 47, 8, 31);
  ASSERT_EQ(acldvppVpcCropAndPasteAsync(channel_, from.desc(), to.desc(), area, place, stream_),
            ACL_SUCCESS);
  ASSERT_EQ(synchronize(), ACL_SUCCESS);
  for (size_t y = 0; y < 48; ++y) {
    for (size_t x = 0; x < 64; ++x) {
      const bool inside = x >= 16 && x < 48 && y >= 8 && y < 32;
      ASSERT_EQ(to[y * 64 + x], inside ? from[(y - 8) * 64 + x - 16] : 0xEE) << x << "," << y;
    }
  }
  EXPECT_EQ(acldvppDestroyRoiConfig(area), ACL_SUCCESS);
  EXPECT_EQ(acldvppDestroyRoiConfig(place), ACL_SUCCESS);
}

TEST_F(DvppVpc, NothingOfTheCallIsNeededLater) {
  TestPicture from(PIXEL_FORMAT_YUV_400, 64, 48, 64, 48, 50);
  TestPicture to(PIXEL_FORMAT_YUV_400, 32, 24, 32, 24);
  acldvppResizeConfig* resize = acldvppCreateResizeConfig();
  hold();
  ASSERT_EQ(acldvppVpcResizeAsync(channel_, from.desc(), to.desc(), resize, stream_), ACL_SUCCESS);
  from.destroy_desc();
  to.destroy_desc();
  EXPECT_EQ(acldvppDestroyResizeConfig(resize), ACL_SUCCESS);
  EXPECT_EQ(to[100], 0);
  release();
  ASSERT_EQ(synchronize(), ACL_SUCCESS);
  EXPECT_EQ(to[100], 50);
}

TEST_F(DvppVpc, FreedMemoryIsAnErrorOfTheStream) {
  TestPicture from(PIXEL_FORMAT_YUV_400, 64, 48, 64, 48, 50);
  TestPicture to(PIXEL_FORMAT_YUV_400, 32, 24, 32, 24);
  hold();
  ASSERT_EQ(crop(from, to, {0, 31, 0, 23}), ACL_SUCCESS);
  from.free_data();
  release();
  EXPECT_TRUE(failed_with(synchronize(), 100000, "freed"));
  EXPECT_EQ(acldvppGetPicDescRetCode(to.desc()), 100000u);
  EXPECT_EQ(synchronize(), ACL_SUCCESS);
}

TEST_F(DvppVpc, ErrorsAreToldByTheCall) {
  TestPicture from(PIXEL_FORMAT_RGB_888, 100, 50, 300, 50);
  TestPicture to(PIXEL_FORMAT_RGB_888, 50, 25, 150, 25);
  acldvppSetPicDescWidthStride(from.desc(), 200);
  EXPECT_TRUE(failed_with(crop(from, to, {0, 49, 0, 24}), 100000,
                          "width stride 200 given, the format RGB_888 with width 100 needs at "
                          "least 300"));
  acldvppSetPicDescWidthStride(from.desc(), 300);
  EXPECT_TRUE(failed_with(crop(from, to, {60, 109, 0, 24}), 100000, "right can be 99"));
  acldvppSetPicDescSize(to.desc(), 3000);
  EXPECT_TRUE(failed_with(crop(from, to, {0, 49, 0, 24}), 100000, "pass 3750"));
  acldvppSetPicDescSize(to.desc(), 3750);
  EXPECT_EQ(crop(from, to, {0, 49, 0, 24}), ACL_SUCCESS);
  // A size that is larger than the memory there is.
  acldvppSetPicDescHeight(to.desc(), 4000);
  acldvppSetPicDescHeightStride(to.desc(), 4000);
  acldvppSetPicDescSize(to.desc(), 600000);
  EXPECT_EQ(crop(from, to, {0, 49, 0, 24}), 100000);
  acldvppSetPicDescData(to.desc(), reinterpret_cast<void*>(16));
  EXPECT_EQ(crop(from, to, {0, 49, 0, 24}), 100000);
  acldvppSetPicDescData(to.desc(), from.begin());
  acldvppSetPicDescHeight(to.desc(), 25);
  EXPECT_TRUE(failed_with(crop(from, to, {0, 49, 0, 24}), 100000, "overlaps"));
  EXPECT_EQ(acldvppVpcCropAsync(channel_, from.desc(), to.desc(), nullptr, stream_), 100000);
  EXPECT_EQ(acldvppVpcCropAsync(nullptr, from.desc(), to.desc(), nullptr, stream_), 100000);
  EXPECT_EQ(synchronize(), ACL_SUCCESS);
}

TEST_F(DvppVpc, ColourConversionKeepsTheSize) {
  TestPicture from(PIXEL_FORMAT_YUV_SEMIPLANAR_420, 64, 48, 64, 48);
  TestPicture gray(PIXEL_FORMAT_YUV_400, 64, 48, 64, 72, 0xEE);
  fill_luma(from, 64, 72);
  ASSERT_EQ(acldvppVpcConvertColorAsync(channel_, from.desc(), gray.desc(), stream_), ACL_SUCCESS);
  ASSERT_EQ(synchronize(), ACL_SUCCESS);
  EXPECT_TRUE(std::equal(from.begin(), from.begin() + 64 * 48, gray.begin()));
  EXPECT_EQ(gray[64 * 48], 0xEE);
  TestPicture other(PIXEL_FORMAT_RGB_888, 64, 46, 192, 46);
  EXPECT_TRUE(failed_with(acldvppVpcConvertColorAsync(channel_, from.desc(), other.desc(), stream_),
                          100000, "needs 64 x 48"));
}

TEST_F(DvppVpc, TheMatrixIsTheChannels) {
  acldvppChannelDesc* narrow = acldvppCreateChannelDesc();
  const uint32_t matrix = ACL_DVPP_CSC_MATRIX_BT601_NARROW;
  ASSERT_EQ(acldvppSetChannelDescParam(narrow, ACL_DVPP_CSC_MATRIX_UINT32, 4, &matrix),
            ACL_SUCCESS);
  ASSERT_EQ(acldvppCreateChannel(narrow), ACL_SUCCESS);
  TestPicture white(PIXEL_FORMAT_RGB_888, 32, 32, 96, 32, 255);
  TestPicture wide_luma(PIXEL_FORMAT_YUV_400, 32, 32, 32, 32);
  TestPicture narrow_luma(PIXEL_FORMAT_YUV_400, 32, 32, 32, 32);
  ASSERT_EQ(acldvppVpcConvertColorAsync(channel_, white.desc(), wide_luma.desc(), stream_), 0);
  ASSERT_EQ(acldvppVpcConvertColorAsync(narrow, white.desc(), narrow_luma.desc(), stream_), 0);
  ASSERT_EQ(synchronize(), ACL_SUCCESS);
  EXPECT_EQ(wide_luma[5], 255);
  EXPECT_EQ(narrow_luma[5], 235);
  EXPECT_EQ(acldvppDestroyChannel(narrow), ACL_SUCCESS);
  EXPECT_EQ(acldvppDestroyChannelDesc(narrow), ACL_SUCCESS);
}

TEST_F(DvppVpc, Borders) {
  TestPicture from(PIXEL_FORMAT_YUV_400, 32, 32, 32, 32, 7);
  TestPicture to(PIXEL_FORMAT_YUV_400, 36, 35, 36, 35);
  acldvppBorderConfig* border = acldvppCreateBorderConfig();
  acldvppSetBorderConfigTop(border, 2);
  acldvppSetBorderConfigBottom(border, 1);
  acldvppSetBorderConfigLeft(border, 3);
  acldvppSetBorderConfigRight(border, 1);
  acldvppSetBorderConfigValue(border, 0, 99);
  const auto make = [&] {
    return acldvppVpcMakeBorderAsync(channel_, from.desc(), to.desc(), border, stream_);
  };
  ASSERT_EQ(make(), ACL_SUCCESS);
  ASSERT_EQ(synchronize(), ACL_SUCCESS);
  for (size_t y = 0; y < 35; ++y) {
    for (size_t x = 0; x < 36; ++x) {
      const bool inside = x >= 3 && x < 35 && y >= 2 && y < 34;
      ASSERT_EQ(to[y * 36 + x], inside ? 7 : 99) << x << "," << y;
    }
  }
  acldvppSetBorderConfigRight(border, 2);
  EXPECT_TRUE(failed_with(make(), 100000, "needs 37 x 35"));
  acldvppSetBorderConfigRight(border, UINT32_MAX);
  EXPECT_TRUE(failed_with(make(), 100000, "no room"));
  EXPECT_EQ(acldvppDestroyBorderConfig(border), ACL_SUCCESS);
}

TEST_F(DvppVpc, TablesAndCounts) {
  TestPicture from(PIXEL_FORMAT_YUV_400, 64, 48, 64, 48);
  TestPicture to(PIXEL_FORMAT_YUV_400, 64, 48, 64, 48);
  fill_luma(from, 64, 48);
  acldvppLutMap* map = acldvppCreateLutMap();
  uint8_t* table = nullptr;
  uint32_t length = 0;
  ASSERT_EQ(acldvppGetLutMapData(map, 0, &table, &length), ACL_SUCCESS);
  for (uint32_t i = 0; i < length; ++i) table[i] = static_cast<uint8_t>(255 - i);
  acldvppHist* hist = acldvppCreateHist();
  ASSERT_EQ(acldvppVpcEqualizeHistAsync(channel_, from.desc(), to.desc(), map, stream_), 0);
  ASSERT_EQ(acldvppVpcCalcHistAsync(channel_, to.desc(), hist, nullptr, stream_), 0);
  ASSERT_EQ(synchronize(), ACL_SUCCESS);
  std::array<uint32_t, 256> wanted{};
  for (size_t i = 0; i < from.bytes(); ++i) {
    ASSERT_EQ(to[i], 255 - from[i]);
    ++wanted[255u - from[i]];
  }
  uint32_t* counts = nullptr;
  uint16_t bins = 0;
  ASSERT_EQ(acldvppGetHistData(hist, 0, &counts, &bins), ACL_SUCCESS);
  EXPECT_TRUE(std::equal(wanted.begin(), wanted.end(), counts));
  // The same picture in and out.
  ASSERT_EQ(acldvppVpcEqualizeHistAsync(channel_, to.desc(), to.desc(), map, stream_), 0);
  ASSERT_EQ(synchronize(), ACL_SUCCESS);
  EXPECT_TRUE(std::equal(from.begin(), from.begin() + 64 * 48, to.begin()));
  EXPECT_EQ(acldvppDestroyLutMap(map), ACL_SUCCESS);
  EXPECT_EQ(acldvppDestroyHist(hist), ACL_SUCCESS);
}

TEST_F(DvppVpc, PyramidStep) {
  TestPicture from(PIXEL_FORMAT_YUV_400, 64, 48, 64, 48, 80);
  TestPicture to(PIXEL_FORMAT_YUV_400, 32, 24, 32, 24);
  ASSERT_EQ(acldvppVpcPyrDownAsync(channel_, from.desc(), to.desc(), nullptr, stream_), 0);
  ASSERT_EQ(synchronize(), ACL_SUCCESS);
  EXPECT_EQ(std::count(to.begin(), to.begin() + 32 * 24, 80), 32 * 24);
  TestPicture wrong(PIXEL_FORMAT_YUV_400, 40, 24, 40, 24);
  EXPECT_EQ(acldvppVpcPyrDownAsync(channel_, from.desc(), wrong.desc(), nullptr, stream_), 100000);
}

}  // namespace
}  // namespace poacl::capi
