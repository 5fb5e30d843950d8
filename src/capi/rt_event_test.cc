#include "capi/rt_test_util.h"

namespace poacl::capi {
namespace {

class EventTest : public DeviceTest {
 protected:
  void SetUp() override {
    DeviceTest::SetUp();
    ASSERT_EQ(aclrtCreateStream(&stream_), ACL_SUCCESS);
    ASSERT_EQ(aclrtCreateEvent(&event_), ACL_SUCCESS);
  }
  void TearDown() override {
    EXPECT_EQ(aclrtDestroyEvent(event_), ACL_SUCCESS);
    EXPECT_EQ(aclrtDestroyStream(stream_), ACL_SUCCESS);
    DeviceTest::TearDown();
  }
  aclrtStream stream_ = nullptr;
  aclrtEvent event_ = nullptr;
};

TEST_F(EventTest, TheTwoNumberings) {
  aclrtEventStatus old_kind = ACL_EVENT_STATUS_RESERVED;
  aclrtEventRecordedStatus recorded = ACL_EVENT_RECORDED_STATUS_COMPLETE;
  EXPECT_EQ(aclrtQueryEvent(event_, &old_kind), ACL_SUCCESS);
  EXPECT_EQ(old_kind, 0);
  EXPECT_EQ(aclrtQueryEventStatus(event_, &recorded), ACL_SUCCESS);
  EXPECT_EQ(recorded, 0);

  aclrtEvent blocker = nullptr;
  ASSERT_EQ(aclrtCreateEvent(&blocker), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(stream_, blocker), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(event_, stream_), ACL_SUCCESS);
  EXPECT_EQ(aclrtQueryEvent(event_, &old_kind), ACL_SUCCESS);
  EXPECT_EQ(old_kind, 1);
  EXPECT_EQ(aclrtQueryEventStatus(event_, &recorded), ACL_SUCCESS);
  EXPECT_EQ(recorded, 0);
  aclrtEventWaitStatus waiting = ACL_EVENT_WAIT_STATUS_RESERVED;
  EXPECT_EQ(aclrtQueryEventWaitStatus(blocker, &waiting), ACL_SUCCESS);
  EXPECT_EQ(waiting, 1);
  aclrtStreamStatus status{};
  EXPECT_EQ(aclrtStreamQuery(stream_, &status), ACL_SUCCESS);
  EXPECT_EQ(status, ACL_STREAM_STATUS_NOT_READY);
  EXPECT_EQ(aclrtSynchronizeEventWithTimeout(event_, 3), 507047);

  ASSERT_EQ(aclrtRecordEvent(blocker, nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeEvent(event_), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
  EXPECT_EQ(aclrtQueryEvent(event_, &old_kind), ACL_SUCCESS);
  EXPECT_EQ(old_kind, 0);
  EXPECT_EQ(aclrtQueryEventStatus(event_, &recorded), ACL_SUCCESS);
  EXPECT_EQ(recorded, 1);
  EXPECT_EQ(aclrtQueryEventWaitStatus(blocker, &waiting), ACL_SUCCESS);
  EXPECT_EQ(waiting, 0);
  EXPECT_EQ(aclrtDestroyEvent(blocker), ACL_SUCCESS);
}

TEST_F(EventTest, NeverRecorded) {
  EXPECT_EQ(aclrtSynchronizeEvent(event_), ACL_SUCCESS);
  float ms = 0;
  uint64_t us = 0;
  EXPECT_TRUE(failed_with(aclrtEventElapsedTime(&ms, event_, event_), 507000, "never recorded"));
  EXPECT_EQ(aclrtEventGetTimestamp(event_, &us), 507000);
  aclrtEvent ex = nullptr;
  ASSERT_EQ(aclrtCreateEventExWithFlag(&ex, ACL_EVENT_SYNC), ACL_SUCCESS);
  aclrtEventRecordedStatus recorded = ACL_EVENT_RECORDED_STATUS_NOT_READY;
  EXPECT_EQ(aclrtQueryEventStatus(ex, &recorded), ACL_SUCCESS);
  EXPECT_EQ(recorded, ACL_EVENT_RECORDED_STATUS_COMPLETE);
  EXPECT_EQ(aclrtStreamWaitEvent(stream_, ex), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
  EXPECT_EQ(aclrtResetEvent(ex, stream_), 207000);
  EXPECT_EQ(aclrtDestroyEvent(ex), ACL_SUCCESS);
}

TEST_F(EventTest, ElapsedTime) {
  aclrtEvent end = nullptr;
  ASSERT_EQ(aclrtCreateEvent(&end), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(event_, stream_), ACL_SUCCESS);
  aclrtEvent blocker = nullptr;
  ASSERT_EQ(aclrtCreateEvent(&blocker), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(stream_, blocker), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(end, stream_), ACL_SUCCESS);
  float ms = -1;
  EXPECT_TRUE(failed_with(aclrtEventElapsedTime(&ms, event_, end), 107006, "not reached yet"));
  ASSERT_EQ(aclrtRecordEvent(blocker, nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
  EXPECT_EQ(aclrtEventElapsedTime(&ms, event_, end), ACL_SUCCESS);
  EXPECT_GE(ms, 0.0f);
  float back = 0;
  EXPECT_EQ(aclrtEventElapsedTime(&back, end, event_), ACL_SUCCESS);
  EXPECT_FLOAT_EQ(back, -ms);
  uint64_t first = 0;
  uint64_t last = 0;
  EXPECT_EQ(aclrtEventGetTimestamp(event_, &first), ACL_SUCCESS);
  EXPECT_EQ(aclrtEventGetTimestamp(end, &last), ACL_SUCCESS);
  EXPECT_LE(first, last);
  EXPECT_EQ(aclrtDestroyEvent(end), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyEvent(blocker), ACL_SUCCESS);
}

TEST_F(EventTest, Flags) {
  aclrtEvent event = nullptr;
  EXPECT_EQ(aclrtCreateEventWithFlag(&event, 0), 107000);
  EXPECT_EQ(aclrtCreateEventWithFlag(&event, 0x80), 107000);
  EXPECT_EQ(aclrtCreateEventWithFlag(&event, ACL_EVENT_DEVICE_USE_ONLY | ACL_EVENT_SYNC), 107000);
  EXPECT_EQ(aclrtCreateEventWithFlag(&event, ACL_EVENT_EXTERNAL | ACL_EVENT_TIME_LINE), 107000);
  ASSERT_EQ(aclrtCreateEventWithFlag(&event, ACL_EVENT_TIME_LINE), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtStreamWaitEvent(stream_, event), 207000, "0x9"));
  EXPECT_EQ(aclrtResetEvent(event, stream_), 207000);
  EXPECT_EQ(aclrtRecordEvent(event, stream_), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyEvent(event), ACL_SUCCESS);
}

TEST_F(EventTest, NullAndDeadHandles) {
  aclrtEventStatus status{};
  aclrtEventRecordedStatus recorded{};
  aclrtEventWaitStatus waiting{};
  float ms = 0;
  EXPECT_EQ(aclrtCreateEvent(nullptr), 100000);
  EXPECT_EQ(aclrtDestroyEvent(nullptr), 100000);
  EXPECT_EQ(aclrtRecordEvent(nullptr, stream_), 100000);
  EXPECT_EQ(aclrtResetEvent(nullptr, stream_), 100000);
  EXPECT_EQ(aclrtStreamWaitEvent(stream_, nullptr), 100000);
  EXPECT_EQ(aclrtQueryEvent(nullptr, &status), 100000);
  EXPECT_EQ(aclrtQueryEvent(event_, nullptr), 100000);
  EXPECT_EQ(aclrtSynchronizeEvent(nullptr), 100000);
  EXPECT_EQ(aclrtEventElapsedTime(nullptr, event_, event_), 100000);
  EXPECT_EQ(aclrtDestroyEvent(fake_handle()), 107017);
  EXPECT_EQ(aclrtRecordEvent(fake_handle(), stream_), 107017);
  EXPECT_EQ(aclrtRecordEvent(event_, fake_handle()), 107017);
  EXPECT_EQ(aclrtStreamWaitEvent(stream_, fake_handle()), 107017);
  EXPECT_EQ(aclrtQueryEventStatus(fake_handle(), &recorded), 107017);
  EXPECT_EQ(aclrtQueryEventWaitStatus(fake_handle(), &waiting), 107017);
  EXPECT_EQ(aclrtEventElapsedTime(&ms, event_, fake_handle()), 107017);
  EXPECT_EQ(aclrtSynchronizeEventWithTimeout(event_, 0), 107000);
  EXPECT_EQ(aclrtSynchronizeEventWithTimeout(event_, -5), 107000);
}

}  // namespace
}  // namespace poacl::capi
