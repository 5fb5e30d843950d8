#include "capi/dvpp_test_util.h"

namespace poacl::capi {
namespace {

aclError set(acldvppChannelDesc* desc, int type, uint32_t value) {
  return acldvppSetChannelDescParam(desc, static_cast<acldvppChannelDescParamType>(type),
                                    sizeof(value), &value);
}

uint32_t get(acldvppChannelDesc* desc, int type) {
  uint32_t value = 0;
  size_t size = 0;
  EXPECT_EQ(acldvppGetChannelDescParam(desc, static_cast<acldvppChannelDescParamType>(type),
                                       sizeof(value), &size, &value),
            ACL_SUCCESS);
  EXPECT_EQ(size, sizeof(value));
  return value;
}

TEST_F(DvppTest, AChannelIsOpenedOnce) {
  EXPECT_NE(acldvppGetChannelDescChannelId(channel_), 0u);
  EXPECT_TRUE(failed_with(acldvppCreateChannel(channel_), 100000, "open"));
  acldvppChannelDesc* other = acldvppCreateChannelDesc();
  EXPECT_EQ(acldvppGetChannelDescChannelId(other), 0u);
  EXPECT_TRUE(failed_with(acldvppDestroyChannel(other), 100000, "no open channel"));
  EXPECT_EQ(acldvppCreateChannel(other), ACL_SUCCESS);
  EXPECT_NE(acldvppGetChannelDescChannelId(other), acldvppGetChannelDescChannelId(channel_));
  EXPECT_EQ(acldvppDestroyChannel(other), ACL_SUCCESS);
  EXPECT_EQ(acldvppCreateChannel(other), ACL_SUCCESS);
  // The guide's programs leave their channel open.
  EXPECT_EQ(acldvppDestroyChannelDesc(other), ACL_SUCCESS);
  EXPECT_EQ(acldvppCreateChannel(nullptr), 100000);
  EXPECT_EQ(acldvppCreateChannel(other), 100000);
}

TEST(DvppChannel, NeedsAContext) {
  acldvppChannelDesc* channel = acldvppCreateChannelDesc();
  EXPECT_EQ(acldvppCreateChannel(channel), 107002);
  EXPECT_EQ(acldvppDestroyChannelDesc(channel), ACL_SUCCESS);
}

TEST(DvppChannel, Parameters) {
  acldvppChannelDesc* channel = acldvppCreateChannelDesc();
  EXPECT_EQ(get(channel, ACL_DVPP_CSC_MATRIX_UINT32), 0u);
  EXPECT_EQ(get(channel, ACL_DVPP_JPEGD_PRECISION_MODE_ENUM), 2u);
  EXPECT_EQ(set(channel, ACL_DVPP_CSC_MATRIX_UINT32, 5), ACL_SUCCESS);
  EXPECT_EQ(get(channel, ACL_DVPP_CSC_MATRIX_UINT32), 5u);
  EXPECT_TRUE(failed_with(set(channel, ACL_DVPP_CSC_MATRIX_UINT32, 6), 100000, "matrix 6"));
  EXPECT_EQ(set(channel, ACL_DVPP_JPEGD_PRECISION_MODE_ENUM, 3), 100000);
  EXPECT_EQ(set(channel, ACL_DVPP_CHANNEL_WIDTH_UINT32, 4096), ACL_SUCCESS);
  EXPECT_EQ(set(channel, ACL_DVPP_CHANNEL_HEIGHT_UINT32, 31), 100000);
  EXPECT_EQ(set(channel, 9, 0), 100000);
  EXPECT_EQ(acldvppSetChannelDescMode(channel, DVPP_CHNMODE_VPC | DVPP_CHNMODE_JPEGD), ACL_SUCCESS);
  EXPECT_EQ(get(channel, ACL_DVPP_MODE_UINT32), 3u);
  EXPECT_TRUE(failed_with(acldvppSetChannelDescMode(channel, 16), 100000, "mode 16"));
  EXPECT_EQ(acldvppSetChannelDescMode(channel, 0), 100000);
  uint64_t id = 77;
  size_t size = 0;
  EXPECT_EQ(acldvppSetChannelDescParam(channel, ACL_DVPP_CHANNEL_ID_UINT64, 8, &id), ACL_SUCCESS);
  id = 0;
  EXPECT_EQ(acldvppGetChannelDescParam(channel, ACL_DVPP_CHANNEL_ID_UINT64, 8, &size, &id),
            ACL_SUCCESS);
  EXPECT_EQ(id, 77u);
  EXPECT_EQ(size, 8u);
  EXPECT_TRUE(failed_with(acldvppSetChannelDescParam(channel, ACL_DVPP_CHANNEL_ID_UINT64, 4, &id),
                          100000, "8 bytes"));
  EXPECT_EQ(acldvppSetChannelDescParam(channel, ACL_DVPP_MODE_UINT32, 4, nullptr), 100000);
  EXPECT_EQ(acldvppGetChannelDescParam(channel, ACL_DVPP_MODE_UINT32, 4, nullptr, &id), 100000);
  EXPECT_EQ(acldvppDestroyChannelDesc(channel), ACL_SUCCESS);
}

TEST_F(DvppTest, SettingsOfAnOpenChannelStay) {
  EXPECT_TRUE(failed_with(acldvppSetChannelDescMode(channel_, 1), 100000, "is open"));
  EXPECT_EQ(set(channel_, ACL_DVPP_CSC_MATRIX_UINT32, 1), 100000);
}

TEST_F(DvppTest, AChannelDoesWhatItIsFor) {
  acldvppChannelDesc* decoder = acldvppCreateChannelDesc();
  TestPicture from(PIXEL_FORMAT_YUV_400, 32, 32, 32, 32, 9);
  TestPicture to(PIXEL_FORMAT_YUV_400, 32, 32, 32, 32);
  const auto convert = [&] {
    return acldvppVpcConvertColorAsync(decoder, from.desc(), to.desc(), stream_);
  };
  EXPECT_TRUE(failed_with(convert(), 100000, "not open"));
  EXPECT_EQ(acldvppSetChannelDescMode(decoder, DVPP_CHNMODE_JPEGD), ACL_SUCCESS);
  EXPECT_EQ(acldvppCreateChannel(decoder), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(convert(), 100000, "pass 3"));
  EXPECT_EQ(acldvppDestroyChannel(decoder), ACL_SUCCESS);
  EXPECT_EQ(acldvppSetChannelDescMode(decoder, 3), ACL_SUCCESS);
  EXPECT_EQ(acldvppCreateChannel(decoder), ACL_SUCCESS);
  EXPECT_EQ(convert(), ACL_SUCCESS);
  EXPECT_EQ(synchronize(), ACL_SUCCESS);
  EXPECT_EQ(to[100], 9);
  EXPECT_EQ(acldvppDestroyChannel(decoder), ACL_SUCCESS);
  EXPECT_EQ(acldvppDestroyChannelDesc(decoder), ACL_SUCCESS);
}

}  // namespace
}  // namespace poacl::capi
