#include <thread>
#include <vector>

#include "capi/rt_test_util.h"

namespace poacl::capi {
namespace {

TEST_F(DeviceTest, StreamLifeCycle) {
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  aclrtStreamStatus status = ACL_STREAM_STATUS_NOT_READY;
  EXPECT_EQ(aclrtStreamQuery(stream, &status), ACL_SUCCESS);
  EXPECT_EQ(status, ACL_STREAM_STATUS_COMPLETE);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  int32_t first = -1;
  int32_t by_default = -1;
  EXPECT_EQ(aclrtStreamGetId(stream, &first), ACL_SUCCESS);
  EXPECT_EQ(aclrtStreamGetId(nullptr, &by_default), ACL_SUCCESS);
  EXPECT_NE(first, by_default);
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtCreateStreamWithConfig(&stream, 0, ACL_STREAM_FAST_LAUNCH | ACL_STREAM_FAST_SYNC),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyStreamForce(stream), ACL_SUCCESS);
}

TEST_F(DeviceTest, StreamMisuse) {
  EXPECT_EQ(aclrtCreateStream(nullptr), 100000);
  EXPECT_EQ(aclrtDestroyStream(nullptr), 100000);
  EXPECT_EQ(aclrtDestroyStreamForce(nullptr), 100000);
  EXPECT_TRUE(failed_with(aclrtDestroyStream(fake_handle()), 107017, "not a stream"));
  EXPECT_EQ(aclrtDestroyStreamForce(fake_handle()), 107017);
  EXPECT_EQ(aclrtSynchronizeStream(fake_handle()), 107017);
  aclrtStreamStatus status{};
  EXPECT_EQ(aclrtStreamQuery(fake_handle(), &status), 107017);
  EXPECT_EQ(aclrtStreamQuery(nullptr, nullptr), 100000);
  aclrtStream stream = nullptr;
  EXPECT_TRUE(failed_with(aclrtCreateStreamWithConfig(&stream, 0, 0x100), 107000, "0x100"));
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStreamWithTimeout(stream, 0), 107000);
  EXPECT_EQ(aclrtSynchronizeStreamWithTimeout(stream, -2), 107000);
  EXPECT_EQ(aclrtSynchronizeStreamWithTimeout(stream, -1), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStreamWithTimeout(stream, 100), ACL_SUCCESS);
  // A handle of another kind is no stream either.
  aclrtContext context = nullptr;
  ASSERT_EQ(aclrtGetCurrentContext(&context), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(context), 107017);
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyStream(stream), 107017);
}

TEST(Stream, NeedsAContext) {
  aclrtStream stream = nullptr;
  uint32_t count = 0;
  EXPECT_EQ(aclrtCreateStream(&stream), 107002);
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), 107002);
  EXPECT_EQ(aclrtGetStreamAvailableNum(&count), 107002);
}

TEST_F(DeviceTest, StreamsOfOtherContexts) {
  aclrtContext home = nullptr;
  ASSERT_EQ(aclrtGetCurrentContext(&home), ACL_SUCCESS);
  aclrtStream stream = nullptr;
  aclrtEvent event = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtCreateEvent(&event), ACL_SUCCESS);
  aclrtContext other = nullptr;
  ASSERT_EQ(aclrtCreateContext(&other, 0), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtRecordEvent(event, stream), 107003, "acl.rt.set_context"));
  EXPECT_EQ(aclrtStreamWaitEvent(stream, event), 107003);
  EXPECT_EQ(aclrtDestroyStream(stream), 107003);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtSetCurrentContext(home), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyEvent(event), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyContext(other), ACL_SUCCESS);
}

TEST_F(DeviceTest, TheStreamLimitIsTheChips) {
  uint32_t available = 0;
  ASSERT_EQ(aclrtGetStreamAvailableNum(&available), ACL_SUCCESS);
  std::vector<aclrtStream> streams(available);
  for (auto& stream : streams) ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  aclrtStream more = nullptr;
  EXPECT_TRUE(failed_with(aclrtCreateStream(&more), 207008, "1024"));
  ASSERT_EQ(aclrtGetStreamAvailableNum(&available), ACL_SUCCESS);
  EXPECT_EQ(available, 0u);
  for (auto stream : streams) EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtGetStreamAvailableNum(&available), ACL_SUCCESS);
  EXPECT_EQ(available, streams.size());
}

TEST_F(DeviceTest, AFailedTaskIsToldBySynchronize) {
  char from[16] = {};
  char to[16] = {};
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemcpyAsync(to, 16, from, 16, ACL_MEMCPY_HOST_TO_HOST, stream), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtSynchronizeStream(stream), 207000, "aclrtMemcpyAsync"));
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
}

}  // namespace
}  // namespace poacl::capi
