#include "runtime/event.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "acl/acl_base.h"
#include "runtime/device.h"
#include "runtime/events.h"
#include "runtime/streams.h"

namespace poacl::runtime {
namespace {

class EventTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(set_device(0).ok()); }
  void TearDown() override { EXPECT_TRUE(reset_device(0).ok()); }

  static std::shared_ptr<Stream> make() { return *find_stream(*create_stream(0, 0)); }
  static std::shared_ptr<Event> make_event() { return *find_event(*create_event()); }
  // Holds the stream's later work until the event is recorded.
  static void hold(Stream& stream, Event& gate) { ASSERT_TRUE(gate.wait(stream).ok()); }
};

TEST_F(EventTest, ARecordOnAnotherStreamDoesNotReleaseWaitersOfAnEarlierOne) {
  const auto busy = make();
  const auto idle = make();
  const auto waiting = make();
  const auto gate = make_event();
  const auto event = make_event();
  hold(*busy, *gate);
  ASSERT_TRUE(event->record(*busy).ok());
  ASSERT_TRUE(event->wait(*waiting).ok());
  ASSERT_TRUE(event->record(*idle).ok());
  ASSERT_TRUE(idle->synchronize().ok());
  // The newest record counts for questions, the first one for who waits for it.
  EXPECT_TRUE(event->complete());
  EXPECT_TRUE(event->synchronize(-1).ok());
  EXPECT_TRUE(event->timestamp_ns("the").ok());
  EXPECT_EQ(waiting->synchronize(20'000'000).code(), ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
  EXPECT_FALSE(busy->complete());
  const int64_t newest = *event->timestamp_ns("the");
  ASSERT_TRUE(gate->record(*idle).ok());
  EXPECT_TRUE(waiting->synchronize().ok());
  EXPECT_TRUE(busy->synchronize().ok());
  EXPECT_EQ(*event->timestamp_ns("the"), newest);
}

TEST_F(EventTest, ANewerRecordOnABusyStreamIsWaitedForAfterAnOlderOneWasReached) {
  const auto busy = make();
  const auto idle = make();
  const auto waiting = make();
  const auto gate = make_event();
  const auto event = make_event();
  ASSERT_TRUE(event->record(*idle).ok());
  hold(*busy, *gate);
  ASSERT_TRUE(event->record(*busy).ok());
  ASSERT_TRUE(event->wait(*waiting).ok());
  EXPECT_FALSE(event->complete());
  EXPECT_EQ(event->timestamp_ns("the").status().code(), ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID);
  EXPECT_EQ(event->synchronize(2'000'000).code(), ACL_ERROR_RT_EVENT_SYNC_TIMEOUT);
  EXPECT_FALSE(waiting->complete());
  ASSERT_TRUE(gate->record(*idle).ok());
  EXPECT_TRUE(waiting->synchronize().ok());
  EXPECT_TRUE(event->complete());
}

TEST_F(EventTest, AFailedRecordChangesNothing) {
  const auto busy = make();
  const auto idle = make();
  const auto waiting = make();
  const auto closed = make();
  const auto gate = make_event();
  const auto event = make_event();
  ASSERT_TRUE(destroy_stream(closed->handle(), false).ok());
  EXPECT_FALSE(event->record(*closed).ok());
  EXPECT_FALSE(event->ever_recorded());
  hold(*busy, *gate);
  ASSERT_TRUE(event->record(*busy).ok());
  ASSERT_TRUE(event->wait(*waiting).ok());
  EXPECT_FALSE(event->record(*closed).ok());
  EXPECT_FALSE(event->complete());
  EXPECT_EQ(waiting->synchronize(20'000'000).code(), ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
  // A wait queued now is for the record that is still to come.
  ASSERT_TRUE(event->wait(*idle).ok());
  EXPECT_EQ(idle->synchronize(2'000'000).code(), ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
  const auto other = make();
  ASSERT_TRUE(gate->record(*other).ok());
  EXPECT_TRUE(waiting->synchronize().ok());
  EXPECT_TRUE(idle->synchronize().ok());
  EXPECT_TRUE(event->complete());
}

TEST_F(EventTest, ManyStreamsRecordAndWaitForOneEvent) {
  const auto event = make_event();
  std::vector<std::thread> threads;
  std::vector<std::shared_ptr<Stream>> streams;
  for (int i = 0; i < 8; ++i) streams.push_back(make());
  const auto context = *current_context();
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 300; ++i) {
        EXPECT_TRUE(event->record(*streams[static_cast<size_t>((t + i) % 4)]).ok());
        // Records and waits on different streams, so no wait is for itself.
        EXPECT_TRUE(event->wait(*streams[static_cast<size_t>(4 + t)]).ok());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& stream : streams) EXPECT_TRUE(stream->synchronize().ok());
  EXPECT_TRUE(event->complete());
  EXPECT_FALSE(event->waits_pending());
}

// Ending a stream whose wait nobody can satisfy any more must not hang.
TEST_F(EventTest, DestroyingAStreamEndsAWaitForARecordNobodyIssued) {
  const auto stream = make();
  const auto event = make_event();
  std::atomic<bool> ran{false};
  ASSERT_TRUE(event->wait(*stream).ok());
  ASSERT_TRUE(stream
                  ->append({[&](TaskContext&) {
                              ran = true;
                              return Status();
                            },
                            "test"})
                  .ok());
  EXPECT_TRUE(destroy_stream(stream->handle(), false).ok());
  EXPECT_TRUE(ran);
  EXPECT_FALSE(event->waits_pending());
}

TEST_F(EventTest, AClosedStreamTellsWhichEventWasNeverRecorded) {
  const auto stream = make();
  const auto event = make_event();
  const auto second = make_event();
  ASSERT_TRUE(event->wait(*stream).ok());
  ASSERT_TRUE(second->wait(*stream).ok());
  stream->close();
  const Status status = stream->synchronize();
  EXPECT_EQ(status.code(), ACL_ERROR_RT_INTERNAL_ERROR);
  EXPECT_NE(status.message().find("never recorded"), std::string_view::npos) << status.message();
  EXPECT_NE(status.message().find("task 1 queued by aclrtStreamWaitEvent"), std::string_view::npos)
      << status.message();
  ASSERT_TRUE(destroy_stream(stream->handle(), false).ok());
}

TEST_F(EventTest, AClosedStreamStillWaitsForARecordThatIsQueued) {
  const auto busy = make();
  const auto waiting = make();
  const auto gate = make_event();
  const auto event = make_event();
  hold(*busy, *gate);
  ASSERT_TRUE(event->record(*busy).ok());
  ASSERT_TRUE(event->wait(*waiting).ok());
  waiting->close();
  EXPECT_EQ(waiting->synchronize(20'000'000).code(), ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
  ASSERT_TRUE(gate->record(*make()).ok());
  EXPECT_TRUE(waiting->synchronize().ok());
}

TEST_F(EventTest, ResettingTheDeviceEndsChainsOfWaits) {
  ASSERT_TRUE(set_device(1).ok());
  const auto never = make_event();
  const auto chained = make_event();
  const auto first = make();
  const auto second = make();
  ASSERT_TRUE(chained->record(*first).ok());
  ASSERT_TRUE(never->wait(*first).ok());
  ASSERT_TRUE(chained->record(*first).ok());
  ASSERT_TRUE(chained->wait(*second).ok());
  EXPECT_TRUE(reset_device(1).ok());
  EXPECT_TRUE(chained->complete());
  EXPECT_TRUE(first->complete());
  EXPECT_TRUE(second->complete());
  ASSERT_TRUE(set_device(0).ok());
  EXPECT_TRUE(reset_device(0).ok());
}

}  // namespace
}  // namespace poacl::runtime
