#include "runtime/device.h"

#include <gtest/gtest.h>

#include <future>

#include "acl/acl_base.h"
#include "acl/acl_rt.h"
#include "runtime/events.h"
#include "runtime/streams.h"

namespace poacl::runtime {
namespace {

class DeviceTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(set_device(0).ok()); }
  void TearDown() override { EXPECT_TRUE(reset_device(0).ok()); }
  static std::shared_ptr<Stream> make(uint32_t flags = 0) {
    return *find_stream(*create_stream(0, flags));
  }
};

TEST_F(DeviceTest, SynchronizeTellsOneErrorAndLeavesTheOthersWithTheirStreams) {
  const auto a = make();
  const auto b = make();
  for (const auto& stream : {a, b}) {
    ASSERT_TRUE(
        stream->append({[](TaskContext&) { return Status(507015, "went wrong"); }, "test"}).ok());
  }
  EXPECT_EQ(synchronize_device().code(), 507015);
  const bool told_a = !a->synchronize().ok();
  const bool told_b = !b->synchronize().ok();
  EXPECT_NE(told_a, told_b);
  EXPECT_TRUE(synchronize_device().ok());
}

TEST_F(DeviceTest, TheTimeLimitToldIsTheCallers) {
  const auto gate = *find_event(*create_event());
  const auto a = make();
  const auto b = make();
  for (const auto& stream : {a, b}) ASSERT_TRUE(gate->wait(*stream).ok());
  const Status status = synchronize_device(7'000'000);
  EXPECT_EQ(status.code(), ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
  EXPECT_NE(status.message().find("within 7 ms"), std::string_view::npos) << status.message();
  ASSERT_TRUE(gate->record(*make()).ok());
  EXPECT_TRUE(synchronize_device().ok());
}

TEST_F(DeviceTest, StreamsThatAreNotWaitedForSynchronizeAtOnce) {
  for (const uint32_t flag :
       {ACL_STREAM_PERSISTENT, ACL_STREAM_CPU_SCHEDULE, ACL_STREAM_DEVICE_USE_ONLY}) {
    const auto stream = make(flag);
    std::promise<void> open;
    std::promise<void> done;
    ASSERT_TRUE(stream
                    ->append({[&](TaskContext&) {
                                open.get_future().wait();
                                done.set_value();
                                return Status();
                              },
                              "test"})
                    .ok());
    EXPECT_TRUE(stream->complete());
    EXPECT_TRUE(stream->synchronize().ok());
    EXPECT_TRUE(synchronize_device().ok());
    EXPECT_EQ(stream->drain(2'000'000).code(), ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
    open.set_value();
    // Destroying such a stream waits for its work all the same.
    EXPECT_TRUE(destroy_stream(stream->handle(), false).ok());
    EXPECT_EQ(done.get_future().wait_for(std::chrono::seconds(0)), std::future_status::ready);
  }
  EXPECT_TRUE(make(ACL_STREAM_FAST_LAUNCH | ACL_STREAM_FAST_SYNC)->waited_for());
}

}  // namespace
}  // namespace poacl::runtime
