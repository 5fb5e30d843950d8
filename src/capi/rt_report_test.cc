// The codes of spec runtime sections 9 and 10, as C programs meet them.
#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <thread>

#include "capi/rt_test_util.h"

namespace poacl::capi {
namespace {

void nothing(void* /*data*/) {}

void count(void* data) {
  ++*static_cast<std::atomic<int>*>(data);
}

class ReportTest : public DeviceTest {
 protected:
  void SetUp() override {
    DeviceTest::SetUp();
    ASSERT_EQ(aclrtCreateStream(&stream_), ACL_SUCCESS);
  }
  void TearDown() override {
    EXPECT_EQ(aclrtDestroyStream(stream_), ACL_SUCCESS);
    DeviceTest::TearDown();
  }
  static uint64_t self() { return static_cast<uint64_t>(pthread_self()); }
  aclrtStream stream_ = nullptr;
};

TEST_F(ReportTest, SubscribeRows) {
  EXPECT_TRUE(failed_with(aclrtLaunchCallback(nothing, nullptr, ACL_CALLBACK_BLOCK, stream_),
                          107015, "acl.rt.subscribe_report"));
  EXPECT_TRUE(failed_with(aclrtUnSubscribeReport(self(), stream_), 107011, "not subscribed"));
  ASSERT_EQ(aclrtSubscribeReport(self(), stream_), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtSubscribeReport(self(), stream_), 107011, "already"));
  EXPECT_TRUE(failed_with(aclrtSubscribeReport(self() + 1, stream_), 107011, "already"));
  EXPECT_TRUE(failed_with(aclrtUnSubscribeReport(self() + 1, stream_), 107012, "not by thread"));
  ASSERT_EQ(aclrtSetDevice(1), ACL_SUCCESS);
  // Stream 0 is the default stream, of device 1 here.
  EXPECT_TRUE(failed_with(aclrtSubscribeReport(self(), nullptr), 107012, "device 1"));
  EXPECT_TRUE(failed_with(aclrtSubscribeReport(self(), stream_), 107003, "set_context"));
  EXPECT_TRUE(failed_with(aclrtSubscribeReport(self(), fake_handle()), 107017, "not a stream"));
  ASSERT_EQ(aclrtResetDevice(1), ACL_SUCCESS);
  ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
  EXPECT_EQ(aclrtUnSubscribeReport(self(), stream_), ACL_SUCCESS);
  EXPECT_EQ(aclrtResetDevice(0), ACL_SUCCESS);
}

TEST_F(ReportTest, LaunchRows) {
  ASSERT_EQ(aclrtSubscribeReport(self(), stream_), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(
      aclrtLaunchCallback(nothing, nullptr, static_cast<aclrtCallbackBlockType>(2), stream_),
      100000, "block type 2"));
  EXPECT_TRUE(failed_with(aclrtLaunchCallback(nullptr, nullptr, ACL_CALLBACK_BLOCK, stream_),
                          107000, "null"));
  std::atomic<int> calls{0};
  ASSERT_EQ(aclrtLaunchCallback(count, &calls, ACL_CALLBACK_NO_BLOCK, stream_), ACL_SUCCESS);
  ASSERT_EQ(aclrtLaunchCallback(count, &calls, ACL_CALLBACK_BLOCK, stream_), ACL_SUCCESS);
  while (calls < 2) ASSERT_EQ(aclrtProcessReport(-1), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
  EXPECT_EQ(aclrtUnSubscribeReport(self(), stream_), ACL_SUCCESS);
}

TEST_F(ReportTest, ProcessRows) {
  EXPECT_TRUE(failed_with(aclrtProcessReport(0), 100000, "timeout 0"));
  EXPECT_TRUE(failed_with(aclrtProcessReport(-2), 100000, "timeout -2"));
  EXPECT_TRUE(failed_with(aclrtProcessReport(1), 107012, "not subscribed"));
  ASSERT_EQ(aclrtSubscribeReport(self(), stream_), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtProcessReport(1), 507012, "1 ms"));
  EXPECT_EQ(aclrtUnSubscribeReport(self(), stream_), ACL_SUCCESS);
}

TEST_F(ReportTest, HostFunctions) {
  std::atomic<int> calls{0};
  EXPECT_TRUE(failed_with(aclrtLaunchHostFunc(stream_, nullptr, nullptr), 107000, "null"));
  ASSERT_EQ(aclrtLaunchHostFunc(stream_, count, &calls), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(failed_with(aclrtSubscribeReport(self(), stream_), 107011, "host functions"));
  aclrtStream bound = nullptr;
  ASSERT_EQ(aclrtCreateStream(&bound), ACL_SUCCESS);
  ASSERT_EQ(aclrtSubscribeHostFunc(self(), bound), ACL_SUCCESS);
  ASSERT_EQ(aclrtLaunchHostFunc(bound, count, &calls), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtProcessHostFunc(0), 100000, "timeout 0"));
  EXPECT_EQ(aclrtProcessHostFunc(-1), ACL_SUCCESS);
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(aclrtSynchronizeStream(bound), ACL_SUCCESS);
  EXPECT_EQ(aclrtUnSubscribeHostFunc(self(), bound), ACL_SUCCESS);
  ASSERT_EQ(aclrtSubscribeReport(self(), bound), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtLaunchHostFunc(bound, count, &calls), 107011, "do not mix"));
  EXPECT_EQ(aclrtDestroyStream(bound), ACL_SUCCESS);
}

std::atomic<int> told{0};
uint32_t told_code = 0;

void on_exception(aclrtExceptionInfo* info) {
  told_code = aclrtGetErrorCodeFromExceptionInfo(info);
  ++told;
}

TEST_F(ReportTest, ExceptionRows) {
  told = 0;
  EXPECT_EQ(aclrtGetTaskIdFromExceptionInfo(nullptr), 0xFFFFFFFFu);
  EXPECT_EQ(aclrtGetStreamIdFromExceptionInfo(nullptr), 0xFFFFFFFFu);
  EXPECT_EQ(aclrtGetThreadIdFromExceptionInfo(nullptr), 0xFFFFFFFFu);
  EXPECT_EQ(aclrtGetDeviceIdFromExceptionInfo(nullptr), 0xFFFFFFFFu);
  EXPECT_EQ(aclrtGetErrorCodeFromExceptionInfo(nullptr), 0xFFFFFFFFu);
  EXPECT_TRUE(failed_with(aclrtExceptionInfoCallbackRegister(nullptr), 107000, "null"));
  ASSERT_EQ(aclrtSetExceptionInfoCallback(on_exception), ACL_SUCCESS);
  ASSERT_EQ(aclrtExceptionInfoCallbackRegister(on_exception), ACL_SUCCESS);
  void* host = nullptr;
  ASSERT_EQ(aclrtMallocHost(&host, 64), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemcpyAsync(host, 32, static_cast<char*>(host) + 32, 32, ACL_MEMCPY_HOST_TO_HOST,
                             stream_),
            ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtSynchronizeStream(stream_), 207000, "aclrtMemcpyAsync"));
  EXPECT_EQ(told, 2);
  EXPECT_EQ(told_code, 207000u);
  aclrtErrorInfo info{};
  ASSERT_EQ(aclrtGetErrorVerbose(0, &info), ACL_SUCCESS);
  EXPECT_EQ(info.errorType, ACL_RT_ERROR_OTHERS);
  ASSERT_EQ(aclrtGetErrorVerbose(0, &info), ACL_SUCCESS);
  EXPECT_EQ(info.errorType, ACL_RT_NO_ERROR);
  EXPECT_EQ(aclrtGetErrorVerbose(99, &info), 107001);
  EXPECT_EQ(aclrtSetExceptionInfoCallback(nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclrtExceptionInfoCallbackUnregister(on_exception), ACL_SUCCESS);
  EXPECT_EQ(aclrtFreeHost(host), ACL_SUCCESS);
}

aclError on_init(const char* config, size_t length, void* data) {
  EXPECT_EQ(std::string(config, length), "{}");
  ++*static_cast<int*>(data);
  return ACL_SUCCESS;
}

aclError on_finalize(void* data) {
  *static_cast<int*>(data) += 100;
  return ACL_SUCCESS;
}

TEST(InitCallbacks, RunInsideInitOrAtOnceAndInsideFinalize) {
  in_child([] {
    int early = 0;
    int late = 0;
    EXPECT_TRUE(
        failed_with(aclInitCallbackRegister(ACL_REG_TYPE_OTHER, nullptr, nullptr), 100000, "null"));
    EXPECT_TRUE(failed_with(
        aclInitCallbackRegister(static_cast<aclRegisterCallbackType>(8), on_init, nullptr), 100000,
        "type 8"));
    ASSERT_EQ(aclInitCallbackRegister(ACL_REG_TYPE_OTHER, on_init, &early), ACL_SUCCESS);
    ASSERT_EQ(aclFinalizeCallbackRegister(ACL_REG_TYPE_OTHER, on_finalize, &early), ACL_SUCCESS);
    ASSERT_EQ(aclInit(nullptr), ACL_SUCCESS);
    EXPECT_EQ(early, 1);
    ASSERT_EQ(aclInitCallbackRegister(ACL_REG_TYPE_ACL_DVPP, on_init, &late), ACL_SUCCESS);
    EXPECT_EQ(late, 1);
    EXPECT_EQ(aclInitCallbackUnRegister(ACL_REG_TYPE_ACL_DVPP, on_init), ACL_SUCCESS);
    EXPECT_EQ(aclInitCallbackUnRegister(ACL_REG_TYPE_ACL_DVPP, on_init), 100000);
    ASSERT_EQ(aclFinalize(), ACL_SUCCESS);
    EXPECT_EQ(early, 101);
    EXPECT_EQ(aclFinalizeCallbackUnRegister(ACL_REG_TYPE_OTHER, on_finalize), ACL_SUCCESS);
    EXPECT_EQ(aclInitCallbackUnRegister(ACL_REG_TYPE_OTHER, on_init), ACL_SUCCESS);
  });
}

}  // namespace
}  // namespace poacl::capi
