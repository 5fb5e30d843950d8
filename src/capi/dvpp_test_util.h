// What the tests of picture calls share.
#pragma once

#include <algorithm>
#include <cstdint>

#include "acl/ops/acl_dvpp.h"
#include "capi/rt_test_util.h"
#include "media/picture.h"

namespace poacl::capi {

// A picture in device memory with its descriptor; strides as they are given.
class TestPicture {
 public:
  TestPicture(acldvppPixelFormat format, uint32_t width, uint32_t height, uint32_t width_stride,
              uint32_t height_stride, uint8_t value = 0)
      : desc_(acldvppCreatePicDesc()) {
    const auto* info = media::find_format(format);
    const auto bytes = media::strided_bytes(*info, static_cast<int32_t>(width_stride),
                                            static_cast<int32_t>(height_stride));
    bytes_ = static_cast<size_t>(bytes);
    EXPECT_EQ(acldvppMalloc(&data_, bytes_), ACL_SUCCESS);
    std::fill_n(begin(), bytes_, value);
    EXPECT_EQ(acldvppSetPicDescData(desc_, data_), ACL_SUCCESS);
    EXPECT_EQ(acldvppSetPicDescSize(desc_, static_cast<uint32_t>(bytes_)), ACL_SUCCESS);
    EXPECT_EQ(acldvppSetPicDescFormat(desc_, format), ACL_SUCCESS);
    EXPECT_EQ(acldvppSetPicDescWidth(desc_, width), ACL_SUCCESS);
    EXPECT_EQ(acldvppSetPicDescHeight(desc_, height), ACL_SUCCESS);
    EXPECT_EQ(acldvppSetPicDescWidthStride(desc_, width_stride), ACL_SUCCESS);
    EXPECT_EQ(acldvppSetPicDescHeightStride(desc_, height_stride), ACL_SUCCESS);
  }
  ~TestPicture() {
    if (desc_ != nullptr) {
      EXPECT_EQ(acldvppDestroyPicDesc(desc_), ACL_SUCCESS);
    }
    if (data_ != nullptr) {
      EXPECT_EQ(acldvppFree(data_), ACL_SUCCESS);
    }
  }
  TestPicture(const TestPicture&) = delete;
  TestPicture& operator=(const TestPicture&) = delete;

  acldvppPicDesc* desc() const { return desc_; }
  uint8_t* begin() const { return static_cast<uint8_t*>(data_); }
  uint8_t& operator[](size_t index) const { return begin()[index]; }
  size_t bytes() const { return bytes_; }
  void destroy_desc() {
    EXPECT_EQ(acldvppDestroyPicDesc(desc_), ACL_SUCCESS);
    desc_ = nullptr;
  }
  void free_data() {
    EXPECT_EQ(acldvppFree(data_), ACL_SUCCESS);
    data_ = nullptr;
  }
  // The descriptor says the same as `picture` about its memory.
  void describe(acldvppPicDesc* picture) const {
    acldvppSetPicDescData(picture, data_);
    acldvppSetPicDescSize(picture, acldvppGetPicDescSize(desc_));
    acldvppSetPicDescFormat(picture, acldvppGetPicDescFormat(desc_));
    acldvppSetPicDescWidth(picture, acldvppGetPicDescWidth(desc_));
    acldvppSetPicDescHeight(picture, acldvppGetPicDescHeight(desc_));
    acldvppSetPicDescWidthStride(picture, acldvppGetPicDescWidthStride(desc_));
    acldvppSetPicDescHeightStride(picture, acldvppGetPicDescHeightStride(desc_));
  }

 private:
  acldvppPicDesc* desc_;
  void* data_ = nullptr;
  size_t bytes_ = 0;
};

// Device, stream and an open channel.
class DvppTest : public DeviceTest {
 protected:
  void SetUp() override {
    DeviceTest::SetUp();
    ASSERT_EQ(aclrtCreateStream(&stream_), ACL_SUCCESS);
    channel_ = acldvppCreateChannelDesc();
    ASSERT_EQ(acldvppCreateChannel(channel_), ACL_SUCCESS);
  }
  void TearDown() override {
    EXPECT_EQ(acldvppDestroyChannel(channel_), ACL_SUCCESS);
    EXPECT_EQ(acldvppDestroyChannelDesc(channel_), ACL_SUCCESS);
    if (gate_ != nullptr) {
      EXPECT_EQ(aclrtDestroyEvent(gate_), ACL_SUCCESS);
    }
    EXPECT_EQ(aclrtDestroyStream(stream_), ACL_SUCCESS);
    DeviceTest::TearDown();
  }
  aclError synchronize() { return aclrtSynchronizeStream(stream_); }

  // What is queued after hold() runs after release().
  void hold() {
    ASSERT_EQ(aclrtCreateEvent(&gate_), ACL_SUCCESS);
    ASSERT_EQ(aclrtStreamWaitEvent(stream_, gate_), ACL_SUCCESS);
  }
  void release() { ASSERT_EQ(aclrtRecordEvent(gate_, nullptr), ACL_SUCCESS); }

  aclrtStream stream_ = nullptr;
  acldvppChannelDesc* channel_ = nullptr;
  aclrtEvent gate_ = nullptr;
};

}  // namespace poacl::capi
