#include <thread>

#include "capi/rt_test_util.h"

namespace poacl::capi {
namespace {

TEST(Device, CountAndRunModeNeedNoContext) {
  uint32_t count = 0;
  EXPECT_EQ(aclrtGetDeviceCount(&count), ACL_SUCCESS);
  EXPECT_EQ(count, 8u);
  aclrtRunMode mode = ACL_DEVICE;
  EXPECT_EQ(aclrtGetRunMode(&mode), ACL_SUCCESS);
  EXPECT_EQ(mode, ACL_HOST);
  EXPECT_TRUE(failed_with(aclrtGetDeviceCount(nullptr), 100000, "count is null"));
  EXPECT_TRUE(failed_with(aclrtGetRunMode(nullptr), 100000, "runMode is null"));
}

TEST(Device, WrongIdsAreRefused) {
  for (const int32_t id : {-1, 8, 1000}) {
    EXPECT_TRUE(failed_with(aclrtSetDevice(id), 107001, "0 to 7"));
    EXPECT_TRUE(failed_with(aclrtResetDevice(id), 107001, std::to_string(id)));
    aclrtContext context = nullptr;
    EXPECT_TRUE(failed_with(aclrtCreateContext(&context, id), 107001, std::to_string(id)));
  }
}

TEST(Device, ReferencesAreCounted) {
  int32_t id = -1;
  EXPECT_TRUE(failed_with(aclrtGetDevice(&id), 107002, "acl.rt.set_device"));
  EXPECT_TRUE(failed_with(aclrtResetDevice(2), 507007, "never set"));
  ASSERT_EQ(aclrtSetDevice(2), ACL_SUCCESS);
  ASSERT_EQ(aclrtSetDevice(2), ACL_SUCCESS);
  EXPECT_EQ(aclrtGetDevice(&id), ACL_SUCCESS);
  EXPECT_EQ(id, 2);
  EXPECT_EQ(aclrtResetDevice(2), ACL_SUCCESS);
  EXPECT_EQ(aclrtGetDevice(&id), ACL_SUCCESS);
  EXPECT_EQ(aclrtResetDevice(2), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtGetDevice(&id), 107002, "was destroyed"));
  EXPECT_TRUE(failed_with(aclrtResetDevice(2), 507007, "acl.rt.set_device(2)"));
}

TEST(Device, ForcedResetDrainsTheCount) {
  ASSERT_EQ(aclrtSetDevice(1), ACL_SUCCESS);
  ASSERT_EQ(aclrtSetDevice(1), ACL_SUCCESS);
  EXPECT_EQ(aclrtResetDeviceForce(1), ACL_SUCCESS);
  EXPECT_EQ(aclrtResetDeviceForce(1), 507007);
  EXPECT_EQ(aclrtResetDevice(1), 507007);
}

TEST(Device, ThreadsShareTheDefaultContextButEachMustBind) {
  ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
  aclrtContext mine = nullptr;
  ASSERT_EQ(aclrtGetCurrentContext(&mine), ACL_SUCCESS);
  std::thread([mine] {
    aclrtContext context = nullptr;
    EXPECT_TRUE(failed_with(aclrtGetCurrentContext(&context), 107002, "alive: context"));
    EXPECT_EQ(aclrtSynchronizeDevice(), 107002);
    void* memory = nullptr;
    EXPECT_EQ(aclrtMalloc(&memory, 10, ACL_MEM_MALLOC_HUGE_FIRST), 107002);
    EXPECT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
    EXPECT_EQ(aclrtGetCurrentContext(&context), ACL_SUCCESS);
    EXPECT_EQ(context, mine);
    EXPECT_EQ(aclrtResetDevice(0), ACL_SUCCESS);
  }).join();
  EXPECT_EQ(aclrtSynchronizeDevice(), ACL_SUCCESS);
  EXPECT_EQ(aclrtResetDevice(0), ACL_SUCCESS);
}

TEST(Device, SynchronizeTimeLimits) {
  ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtSynchronizeDeviceWithTimeout(0), 107000, "-1"));
  EXPECT_EQ(aclrtSynchronizeDeviceWithTimeout(-2), 107000);
  EXPECT_EQ(aclrtSynchronizeDeviceWithTimeout(-1), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeDeviceWithTimeout(1000), ACL_SUCCESS);
  aclrtEvent never = nullptr;
  ASSERT_EQ(aclrtCreateEvent(&never), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(nullptr, never), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeDeviceWithTimeout(5), 507046);
  EXPECT_EQ(aclrtDestroyEvent(never), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeDevice(), ACL_SUCCESS);
  EXPECT_EQ(aclrtResetDevice(0), ACL_SUCCESS);
}

}  // namespace
}  // namespace poacl::capi
