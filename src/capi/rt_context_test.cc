#include <thread>

#include "capi/rt_test_util.h"

namespace poacl::capi {
namespace {

TEST(Context, CreateMakesItCurrentWithoutSetDevice) {
  aclrtContext context = nullptr;
  ASSERT_EQ(aclrtCreateContext(&context, 3), ACL_SUCCESS);
  aclrtContext current = nullptr;
  EXPECT_EQ(aclrtGetCurrentContext(&current), ACL_SUCCESS);
  EXPECT_EQ(current, context);
  int32_t id = -1;
  EXPECT_EQ(aclrtGetDevice(&id), ACL_SUCCESS);
  EXPECT_EQ(id, 3);
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyContext(context), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtGetCurrentContext(&current), 107002, "acl.rt.set_context"));
}

TEST(Context, NullAndDeadHandles) {
  EXPECT_EQ(aclrtCreateContext(nullptr, 0), 100000);
  EXPECT_EQ(aclrtDestroyContext(nullptr), 100000);
  EXPECT_EQ(aclrtSetCurrentContext(nullptr), 100000);
  EXPECT_EQ(aclrtGetCurrentContext(nullptr), 100000);
  EXPECT_TRUE(failed_with(aclrtDestroyContext(fake_handle()), 107002, "not a context"));
  EXPECT_EQ(aclrtSetCurrentContext(fake_handle()), 107002);
  aclrtContext context = nullptr;
  ASSERT_EQ(aclrtCreateContext(&context, 0), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyContext(context), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyContext(context), 107002);
  EXPECT_EQ(aclrtSetCurrentContext(context), 107002);
  // A handle is never given out twice, so the dead one cannot hit its successor.
  aclrtContext next = nullptr;
  ASSERT_EQ(aclrtCreateContext(&next, 0), ACL_SUCCESS);
  EXPECT_NE(next, context);
  EXPECT_EQ(aclrtDestroyContext(next), ACL_SUCCESS);
}

TEST_F(DeviceTest, TheDefaultContextIsSeenButNotDestroyed) {
  aclrtContext context = nullptr;
  ASSERT_EQ(aclrtGetCurrentContext(&context), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtDestroyContext(context), 107002, "acl.rt.reset_device(0)"));
  EXPECT_EQ(aclrtSetCurrentContext(context), ACL_SUCCESS);
}

TEST_F(DeviceTest, SetDeviceLeavesTheExplicitContext) {
  aclrtContext own = nullptr;
  aclrtContext current = nullptr;
  ASSERT_EQ(aclrtCreateContext(&own, 0), ACL_SUCCESS);
  ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
  EXPECT_EQ(aclrtGetCurrentContext(&current), ACL_SUCCESS);
  EXPECT_NE(current, own);
  EXPECT_EQ(aclrtSetCurrentContext(own), ACL_SUCCESS);
  EXPECT_EQ(aclrtResetDevice(0), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyContext(own), ACL_SUCCESS);
}

TEST_F(DeviceTest, AThreadWhoseContextDiedIsTold) {
  aclrtContext own = nullptr;
  ASSERT_EQ(aclrtCreateContext(&own, 0), ACL_SUCCESS);
  std::thread other([own] { EXPECT_EQ(aclrtDestroyContext(own), ACL_SUCCESS); });
  other.join();
  aclrtStream stream = nullptr;
  EXPECT_TRUE(failed_with(aclrtCreateStream(&stream), 107002, "was destroyed"));
}

TEST_F(DeviceTest, StreamsOutliveTheirContextOnlyToBeDestroyed) {
  aclrtContext home = nullptr;
  ASSERT_EQ(aclrtGetCurrentContext(&home), ACL_SUCCESS);
  aclrtContext own = nullptr;
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateContext(&own, 0), ACL_SUCCESS);
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtDestroyContext(own), ACL_SUCCESS);
  ASSERT_EQ(aclrtSetCurrentContext(home), ACL_SUCCESS);
  aclrtEvent event = nullptr;
  ASSERT_EQ(aclrtCreateEvent(&event), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtRecordEvent(event, stream), 107003, "is destroyed"));
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyEvent(event), ACL_SUCCESS);
}

TEST(Context, ResetTakesTheStreamsOfTheDefaultContext) {
  ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtResetDevice(0), ACL_SUCCESS);
  ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), 107017);
  EXPECT_EQ(aclrtDestroyStream(stream), 107017);
  ASSERT_EQ(aclrtResetDevice(0), ACL_SUCCESS);
}

}  // namespace
}  // namespace poacl::capi
