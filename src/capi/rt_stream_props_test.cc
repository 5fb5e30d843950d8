#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "capi/rt_test_util.h"

namespace poacl::capi {
namespace {

class StreamPropsTest : public DeviceTest {
 protected:
  void SetUp() override {
    DeviceTest::SetUp();
    ASSERT_EQ(aclrtCreateStream(&stream_), ACL_SUCCESS);
  }
  void TearDown() override {
    EXPECT_EQ(aclrtDestroyStream(stream_), ACL_SUCCESS);
    DeviceTest::TearDown();
  }
  aclrtStream stream_ = nullptr;
};

TEST_F(StreamPropsTest, ConfigHandles) {
  aclrtStreamConfigHandle* config = aclrtCreateStreamConfigHandle();
  ASSERT_NE(config, nullptr);
  const uint32_t priority = 3;
  const size_t flag = ACL_STREAM_FAST_LAUNCH;
  EXPECT_EQ(aclrtSetStreamConfigOpt(config, ACL_RT_STREAM_PRIORITY, &priority, sizeof(priority)),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtSetStreamConfigOpt(config, ACL_RT_STREAM_FLAG, &flag, sizeof(flag)), ACL_SUCCESS);
  EXPECT_EQ(aclrtSetStreamConfigOpt(config, ACL_RT_STREAM_FLAG, &flag, sizeof(uint32_t)),
            ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtSetStreamConfigOpt(config, ACL_RT_STREAM_FLAG, &flag, 2), 100000,
                          "too small"));
  EXPECT_TRUE(
      failed_with(aclrtSetStreamConfigOpt(config, static_cast<aclrtStreamConfigAttr>(9), &flag, 8),
                  100000, "attr 9"));
  aclrtStream made = nullptr;
  ASSERT_EQ(aclrtCreateStreamV2(&made, config), ACL_SUCCESS);
  uint32_t found = 99;
  EXPECT_EQ(aclrtStreamGetPriority(made, &found), ACL_SUCCESS);
  EXPECT_EQ(found, 3u);
  EXPECT_EQ(aclrtStreamGetFlags(made, &found), ACL_SUCCESS);
  EXPECT_EQ(found, ACL_STREAM_FAST_LAUNCH);
  EXPECT_EQ(aclrtDestroyStream(made), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyStreamConfigHandle(config), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtDestroyStreamConfigHandle(config), 100000, "not alive"));
  EXPECT_TRUE(failed_with(aclrtCreateStreamV2(&made, config), 100000, "not alive"));
  EXPECT_EQ(aclrtDestroyStreamConfigHandle(nullptr), 100000);
}

TEST_F(StreamPropsTest, OverflowSwitch) {
  uint32_t flag = 9;
  EXPECT_EQ(aclrtGetStreamOverflowSwitch(stream_, &flag), ACL_SUCCESS);
  EXPECT_EQ(flag, 0u);
  EXPECT_EQ(aclrtSetStreamOverflowSwitch(stream_, 1), ACL_SUCCESS);
  EXPECT_EQ(aclrtGetStreamOverflowSwitch(stream_, &flag), ACL_SUCCESS);
  EXPECT_EQ(flag, 1u);
  EXPECT_TRUE(failed_with(aclrtSetStreamOverflowSwitch(stream_, 2), 100000, "0 (off) or 1 (on)"));
  EXPECT_EQ(aclrtGetStreamOverflowSwitch(stream_, nullptr), 100000);
}

TEST_F(StreamPropsTest, Attributes) {
  aclrtStreamAttrValue value{};
  value.userCustomTag = 77;
  EXPECT_EQ(aclrtSetStreamAttribute(stream_, ACL_STREAM_ATTR_USER_CUSTOM_TAG, &value), ACL_SUCCESS);
  value.streamPriority = 5;
  EXPECT_EQ(aclrtSetStreamAttribute(stream_, ACL_STREAM_ATTR_PRIORITY, &value), ACL_SUCCESS);
  value.streamPriority = 8;
  EXPECT_TRUE(failed_with(aclrtSetStreamAttribute(stream_, ACL_STREAM_ATTR_PRIORITY, &value),
                          107000, "priority 8"));
  value.failureMode = 1;
  EXPECT_EQ(aclrtSetStreamAttribute(stream_, ACL_STREAM_ATTR_FAILURE_MODE, &value), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtSetStreamAttribute(stream_, static_cast<aclrtStreamAttr>(6), &value),
                          100000, "attribute 6"));
  EXPECT_EQ(aclrtGetStreamAttribute(stream_, ACL_STREAM_ATTR_USER_CUSTOM_TAG, &value), ACL_SUCCESS);
  EXPECT_EQ(value.userCustomTag, 77u);
  EXPECT_EQ(aclrtGetStreamAttribute(stream_, ACL_STREAM_ATTR_PRIORITY, &value), ACL_SUCCESS);
  EXPECT_EQ(value.streamPriority, 5u);
  EXPECT_EQ(aclrtGetStreamAttribute(stream_, ACL_STREAM_ATTR_FAILURE_MODE, &value), ACL_SUCCESS);
  EXPECT_EQ(value.failureMode, 1u);
}

TEST_F(StreamPropsTest, CoreLimits) {
  uint32_t all = 0;
  ASSERT_EQ(aclrtGetStreamResLimit(stream_, ACL_RT_DEV_RES_CUBE_CORE, &all), ACL_SUCCESS);
  ASSERT_GT(all, 1u);
  EXPECT_TRUE(failed_with(aclrtSetStreamResLimit(stream_, ACL_RT_DEV_RES_CUBE_CORE, all + 1),
                          107000, std::to_string(all)));
  EXPECT_TRUE(failed_with(aclrtSetStreamResLimit(stream_, static_cast<aclrtDevResLimitType>(2), 1),
                          107000, "type 2"));
  EXPECT_EQ(aclrtSetStreamResLimit(stream_, ACL_RT_DEV_RES_CUBE_CORE, 1), ACL_SUCCESS);
  uint32_t now = 0;
  EXPECT_EQ(aclrtGetStreamResLimit(stream_, ACL_RT_DEV_RES_CUBE_CORE, &now), ACL_SUCCESS);
  EXPECT_EQ(now, 1u);
  EXPECT_EQ(aclrtUseStreamResInCurrentThread(stream_), ACL_SUCCESS);
  EXPECT_EQ(aclrtUnuseStreamResInCurrentThread(stream_), ACL_SUCCESS);
  EXPECT_EQ(aclrtResetStreamResLimit(stream_), ACL_SUCCESS);
  EXPECT_EQ(aclrtGetStreamResLimit(stream_, ACL_RT_DEV_RES_CUBE_CORE, &now), ACL_SUCCESS);
  EXPECT_EQ(now, all);
}

TEST_F(StreamPropsTest, DefaultStreamAndAbort) {
  aclrtStream by_default = nullptr;
  ASSERT_EQ(aclrtCtxGetCurrentDefaultStream(&by_default), ACL_SUCCESS);
  int32_t first = -1;
  int32_t second = -2;
  EXPECT_EQ(aclrtStreamGetId(by_default, &first), ACL_SUCCESS);
  EXPECT_EQ(aclrtStreamGetId(nullptr, &second), ACL_SUCCESS);
  EXPECT_EQ(first, second);
  EXPECT_EQ(aclrtStreamAbort(nullptr), 100000);
  EXPECT_EQ(aclrtStreamAbort(stream_), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtSynchronizeStream(stream_), 107023, "aborted"));
}

TEST_F(StreamPropsTest, SystemParameters) {
  int64_t value = 5;
  EXPECT_EQ(aclrtGetSysParamOpt(ACL_OPT_STRONG_CONSISTENCY, &value), ACL_SUCCESS);
  EXPECT_EQ(value, 0);
  EXPECT_TRUE(
      failed_with(aclrtCtxGetSysParamOpt(ACL_OPT_DETERMINISTIC, &value), 107021, "never set"));
  EXPECT_EQ(aclrtCtxSetSysParamOpt(ACL_OPT_DETERMINISTIC, 1), ACL_SUCCESS);
  EXPECT_EQ(aclrtCtxGetSysParamOpt(ACL_OPT_DETERMINISTIC, &value), ACL_SUCCESS);
  EXPECT_EQ(value, 1);
  const auto unknown = static_cast<aclSysParamOpt>(4);
  EXPECT_TRUE(failed_with(aclrtSetSysParamOpt(unknown, 1), 100000, "parameter 4"));
  EXPECT_TRUE(failed_with(aclrtCtxGetSysParamOpt(unknown, &value), 100000, "parameter 4"));
}

TEST_F(StreamPropsTest, PrimaryContexts) {
  int32_t active = -1;
  EXPECT_EQ(aclrtGetPrimaryCtxState(0, nullptr, &active), ACL_SUCCESS);
  EXPECT_EQ(active, 1);
  EXPECT_EQ(aclrtGetPrimaryCtxState(3, nullptr, &active), ACL_SUCCESS);
  EXPECT_EQ(active, 0);
  uint32_t flags = 0;
  EXPECT_TRUE(failed_with(aclrtGetPrimaryCtxState(0, &flags, &active), 100000, "reserved"));
  EXPECT_EQ(aclrtGetPrimaryCtxState(99, nullptr, &active), 107001);
}

struct States {
  std::vector<int> seen;
  static void stream(aclrtStream, aclrtStreamState state, void* self) {
    static_cast<States*>(self)->seen.push_back(static_cast<int>(state));
  }
  static void device(int32_t id, aclrtDeviceState state, void* self) {
    static_cast<States*>(self)->seen.push_back(10 * id + static_cast<int>(state));
  }
  static int32_t abort(int32_t id, aclrtDeviceTaskAbortStage stage, uint32_t, void* self) {
    static_cast<States*>(self)->seen.push_back(100 + 10 * id + static_cast<int>(stage));
    return 0;
  }
};

TEST_F(StreamPropsTest, StateCallbacks) {
  States states;
  EXPECT_EQ(aclrtRegStreamStateCallback(nullptr, States::stream, &states), 100000);
  ASSERT_EQ(aclrtRegStreamStateCallback("test", States::stream, &states), ACL_SUCCESS);
  ASSERT_EQ(aclrtRegDeviceStateCallback("test", States::device, &states), ACL_SUCCESS);
  ASSERT_EQ(aclrtSetDeviceTaskAbortCallback("test", States::abort, &states), ACL_SUCCESS);
  aclrtStream made = nullptr;
  ASSERT_EQ(aclrtCreateStream(&made), ACL_SUCCESS);
  ASSERT_EQ(aclrtDestroyStream(made), ACL_SUCCESS);
  EXPECT_EQ(states.seen, (std::vector<int>{1, 2}));
  states.seen.clear();
  ASSERT_EQ(aclrtSetDevice(1), ACL_SUCCESS);
  ASSERT_EQ(aclrtResetDevice(1), ACL_SUCCESS);
  ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
  ASSERT_EQ(aclrtResetDevice(0), ACL_SUCCESS);
  ASSERT_EQ(aclrtDeviceTaskAbort(0, 1000), ACL_SUCCESS);
  EXPECT_EQ(states.seen, (std::vector<int>{10, 11, 12, 13, 0, 1, 100, 101}));
  ASSERT_EQ(aclrtRegStreamStateCallback("test", nullptr, nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtRegDeviceStateCallback("test", nullptr, nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtSetDeviceTaskAbortCallback("test", nullptr, nullptr), ACL_SUCCESS);
}

TEST_F(StreamPropsTest, TimeLimits) {
  uint64_t effective = 0;
  EXPECT_EQ(aclrtSetOpExecuteTimeOutV2(2'500'000, &effective), ACL_SUCCESS);
  EXPECT_EQ(effective, 2'500'000u);
  uint32_t ms = 0;
  EXPECT_EQ(aclrtGetOpExecuteTimeout(&ms), ACL_SUCCESS);
  EXPECT_EQ(ms, 2500u);
  EXPECT_EQ(aclrtSetOpExecuteTimeOut(7), ACL_SUCCESS);
  EXPECT_EQ(aclrtGetOpExecuteTimeout(&ms), ACL_SUCCESS);
  EXPECT_EQ(ms, 7000u);
  uint64_t interval = 0;
  EXPECT_EQ(aclrtGetOpTimeOutInterval(&interval), ACL_SUCCESS);
  EXPECT_EQ(interval, 1000u);
  EXPECT_EQ(aclrtSetOpExecuteTimeOut(0), ACL_SUCCESS);
  EXPECT_EQ(aclrtSetOpWaitTimeout(1), ACL_SUCCESS);
  EXPECT_EQ(aclrtSetOpWaitTimeout(0), ACL_SUCCESS);
  aclrtEvent event = nullptr;
  ASSERT_EQ(aclrtCreateEvent(&event), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEventWithTimeout(stream_, event, 3), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtSynchronizeStream(stream_), 107019, "set_op_wait_timeout"));
  EXPECT_EQ(aclrtStreamWaitEventWithTimeout(stream_, event, 0), 107000);
  EXPECT_EQ(aclrtDestroyEvent(event), ACL_SUCCESS);
}

TEST_F(StreamPropsTest, EventNumbersAndNotifies) {
  uint32_t before = 0;
  uint32_t after = 0;
  aclrtEvent events[2] = {};
  uint32_t ids[2] = {};
  ASSERT_EQ(aclrtGetEventAvailNum(&before), ACL_SUCCESS);
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(aclrtCreateEvent(&events[i]), ACL_SUCCESS);
    ASSERT_EQ(aclrtRecordEvent(events[i], stream_), ACL_SUCCESS);
    ASSERT_EQ(aclrtGetEventId(events[i], &ids[i]), ACL_SUCCESS);
  }
  EXPECT_NE(ids[0], ids[1]);
  ASSERT_EQ(aclrtGetEventAvailNum(&after), ACL_SUCCESS);
  EXPECT_EQ(before - after, 2u);
  for (const aclrtEvent event : events) EXPECT_EQ(aclrtDestroyEvent(event), ACL_SUCCESS);
  aclrtNotify notify = nullptr;
  ASSERT_EQ(aclrtCreateNotify(&notify, 0), ACL_SUCCESS);
  uint32_t id = 0;
  EXPECT_EQ(aclrtGetNotifyId(notify, &id), ACL_SUCCESS);
  EXPECT_EQ(aclrtRecordNotify(notify, stream_), ACL_SUCCESS);
  EXPECT_EQ(aclrtWaitAndResetNotify(notify, nullptr, 0), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  aclrtNotify both[2] = {notify, fake_handle()};
  EXPECT_EQ(aclrtNotifyBatchReset(both, 2), 107017);
  EXPECT_EQ(aclrtNotifyBatchReset(both, 1), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyNotify(notify), ACL_SUCCESS);
  EXPECT_EQ(aclrtRecordNotify(notify, stream_), 107017);
}

}  // namespace
}  // namespace poacl::capi
