// Failures of tasks: what a stream does about them, whom it tells, and waits that cannot end.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

#include "acl/acl_base.h"
#include "runtime/context.h"
#include "runtime/device.h"
#include "runtime/events.h"
#include "runtime/failure.h"
#include "runtime/memory.h"
#include "runtime/notify.h"
#include "runtime/op_limits.h"
#include "runtime/runtime.h"
#include "runtime/state.h"
#include "runtime/streams.h"
#include "runtime/value_wait.h"

namespace poacl::runtime {
namespace {

class StreamFailureTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(set_device(0).ok()); }
  void TearDown() override { EXPECT_TRUE(reset_device(0).ok()); }
  static std::shared_ptr<Stream> make() { return *find_stream(*create_stream(0, 0)); }
  static std::shared_ptr<Event> make_event() { return *find_event(*create_event()); }
  static void fail(Stream& stream, const char* sentence = "it went wrong") {
    ASSERT_TRUE(
        stream.append({[sentence](TaskContext&) { return Status(507015, sentence); }, "aclTest"})
            .ok());
  }
  static void count(Stream& stream, std::atomic<int>& counter) {
    ASSERT_TRUE(stream
                    .append({[&counter](TaskContext&) {
                               ++counter;
                               return Status();
                             },
                             "aclTest"})
                    .ok());
  }
  static testing::AssertionResult says(const Status& status, const std::string& part) {
    if (status.message().find(part) != std::string_view::npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << status.message() << " does not say " << part;
  }
};

TEST_F(StreamFailureTest, TheErrorNamesStreamTaskCallAndThread) {
  const auto stream = make();
  fail(*stream, "row 3 of 4");
  const Status status = stream->synchronize();
  EXPECT_EQ(status.code(), 507015);
  EXPECT_TRUE(says(status, "stream " + std::to_string(stream->id())));
  EXPECT_TRUE(
      says(status, "task 1 queued by aclTest in thread " + std::to_string(this_thread_id())));
  EXPECT_TRUE(says(status, "row 3 of 4"));
}

TEST_F(StreamFailureTest, OneStopModeStopsEveryStreamOfTheContextAtItsOwnFailure) {
  ASSERT_TRUE(create_context(0).ok());
  const auto context = *current_context();
  const auto asked = make();
  const auto other = make();
  ASSERT_TRUE(set_failure_mode(asked->handle(), 1).ok());
  std::atomic<int> done{0};
  fail(*other, "first");
  fail(*other, "second");
  count(*other, done);
  for (int i = 0; i < 2; ++i) {
    const Status status = other->synchronize();
    EXPECT_EQ(status.code(), 507015);
    EXPECT_TRUE(says(status, "first"));
  }
  EXPECT_EQ(done, 0);
  count(*asked, done);
  EXPECT_TRUE(asked->synchronize().ok());
  EXPECT_EQ(done, 1);
  EXPECT_TRUE(destroy_context(context->handle()).ok());
}

TEST_F(StreamFailureTest, FailureModesAreSetOnce) {
  const auto stream = make();
  EXPECT_EQ(set_failure_mode(stream->handle(), 2).code(), ACL_ERROR_INVALID_PARAM);
  EXPECT_TRUE(set_failure_mode(stream->handle(), 0).ok());
  EXPECT_EQ(set_failure_mode(stream->handle(), 0).code(), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(set_failure_mode(nullptr, 0).code(), ACL_ERROR_RT_PARAM_INVALID);
}

TEST_F(StreamFailureTest, AnAbortedStreamDropsItsTasksAndSaysSoForEver) {
  const auto stream = make();
  const auto event = make_event();
  std::atomic<int> done{0};
  ASSERT_TRUE(event->wait(*stream).ok());
  count(*stream, done);
  ASSERT_TRUE(abort_stream(stream->handle()).ok());
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(stream->synchronize().code(), ACL_ERROR_RT_STREAM_ABORT);
  }
  EXPECT_EQ(enqueue(*stream, {[](TaskContext&) { return Status(); }, "test"}).code(),
            ACL_ERROR_RT_STREAM_ABORT);
  EXPECT_EQ(done, 0);
  EXPECT_TRUE(destroy_stream(stream->handle(), false).ok());
}

TEST_F(StreamFailureTest, BreakingOffADevicesTasksIsToldOnceAndTheStreamsGoOn) {
  const auto stream = make();
  const auto idle = make();
  const auto event = make_event();
  std::atomic<int> done{0};
  ASSERT_TRUE(event->wait(*stream).ok());
  count(*stream, done);
  ASSERT_TRUE(abort_device_tasks(0, -1).ok());
  EXPECT_EQ(stream->synchronize().code(), ACL_ERROR_RT_DEVICE_TASK_ABORT);
  EXPECT_EQ(done, 0);
  EXPECT_TRUE(idle->synchronize().ok());
  count(*stream, done);
  EXPECT_TRUE(stream->synchronize().ok());
  EXPECT_EQ(done, 1);
  EXPECT_EQ(abort_device_tasks(99, -1).code(), ACL_ERROR_RT_INVALID_DEVICEID);
}

TEST_F(StreamFailureTest, AWaitForTheRecordBehindItselfIsGivenUp) {
  const auto stream = make();
  const auto event = make_event();
  std::atomic<int> done{0};
  ASSERT_TRUE(event->wait(*stream).ok());
  ASSERT_TRUE(event->record(*stream).ok());
  count(*stream, done);
  const Status status = stream->synchronize();
  EXPECT_TRUE(says(status, "queued behind this very wait"));
  EXPECT_EQ(done, 1);
  EXPECT_TRUE(event->complete());
}

TEST_F(StreamFailureTest, StreamsThatWaitForEachOtherAreTakenApart) {
  const auto a = make();
  const auto b = make();
  const auto from_a = make_event();
  const auto from_b = make_event();
  ASSERT_TRUE(from_b->wait(*a).ok());
  ASSERT_TRUE(from_a->record(*a).ok());
  ASSERT_TRUE(from_a->wait(*b).ok());
  ASSERT_TRUE(from_b->record(*b).ok());
  const Status first = a->synchronize();
  const Status second = b->synchronize();
  // One of the two gives up, and that frees the other.
  EXPECT_NE(first.ok(), second.ok());
  EXPECT_TRUE(says(first.ok() ? second : first, "nobody can ever record it"));
}

TEST_F(StreamFailureTest, ForceAndResetEndAStreamThatWaitsForItself) {
  for (const bool force : {true, false}) {
    const auto stream = make();
    const auto event = make_event();
    ASSERT_TRUE(event->wait(*stream).ok());
    ASSERT_TRUE(event->record(*stream).ok());
    ASSERT_TRUE(destroy_stream(stream->handle(), force).ok());
    EXPECT_TRUE(stream->drain().ok());
  }
  ASSERT_TRUE(set_device(1).ok());
  const auto stream = make();
  const auto event = make_event();
  ASSERT_TRUE(event->wait(*stream).ok());
  ASSERT_TRUE(event->record(*stream).ok());
  EXPECT_TRUE(reset_device(1).ok());
}

TEST_F(StreamFailureTest, AWaitForAnEventHasATimeLimit) {
  const auto stream = make();
  const auto other = make();
  const auto event = make_event();
  std::atomic<int> done{0};
  ASSERT_TRUE(event->wait(*stream, 5'000'000).ok());
  count(*stream, done);
  Status status = stream->synchronize();
  EXPECT_EQ(status.code(), ACL_ERROR_RT_WAIT_TIMEOUT);
  EXPECT_TRUE(says(status, "never recorded"));
  EXPECT_EQ(done, 1);
  set_op_wait_timeout_ns(5'000'000);
  ASSERT_TRUE(event->wait(*stream).ok());
  EXPECT_EQ(stream->synchronize().code(), ACL_ERROR_RT_WAIT_TIMEOUT);
  set_op_wait_timeout_ns(3'600'000'000'000);
  ASSERT_TRUE(event->wait(*stream).ok());
  ASSERT_TRUE(event->record(*other).ok());
  EXPECT_TRUE(stream->synchronize().ok());
  set_op_wait_timeout_ns(0);
}

TEST_F(StreamFailureTest, AnEventKeepsNoStreamThatGaveUpWaitingForIt) {
  const auto event = make_event();
  const std::weak_ptr<Stream> gone = [&] {
    const auto stream = make();
    EXPECT_TRUE(event->wait(*stream).ok());
    EXPECT_TRUE(destroy_stream(stream->handle(), true).ok());
    EXPECT_TRUE(stream->drain().ok());
    return std::weak_ptr<Stream>(stream);
  }();
  // The worker lets go a moment after the stream is done.
  while (!gone.expired()) std::this_thread::yield();
}

TEST_F(StreamFailureTest, TimeLimitsOfOperatorsAreRoundedAndKept) {
  EXPECT_EQ(set_op_execute_timeout_us(1), kTimeoutStepUs);
  EXPECT_EQ(set_op_execute_timeout_us(2500), 3000u);
  EXPECT_EQ(op_execute_timeout_us(), 3000u);
  EXPECT_EQ(set_op_execute_timeout_us(~uint64_t{0}), kLongestExecuteUs);
  EXPECT_EQ(set_op_execute_timeout_us(0), kLongestExecuteUs);
}

std::atomic<int> told{0};
Failure last_told{};

void remember(aclrtExceptionInfo* info) {
  if (const auto failure = find_failure(info)) last_told = *failure;
  ++told;
}

TEST_F(StreamFailureTest, FailuresAreToldToTheProgram) {
  told = 0;
  const auto stream = make();
  set_failure_callback(remember);
  ASSERT_TRUE(register_failure_callback(remember).ok());
  std::atomic<int> done{0};
  count(*stream, done);
  fail(*stream);
  EXPECT_EQ(stream->synchronize().code(), 507015);
  // Registered both ways it runs twice.
  EXPECT_EQ(told, 2);
  EXPECT_EQ(last_told.task, 2u);
  EXPECT_EQ(last_told.stream, static_cast<uint32_t>(stream->id()));
  EXPECT_EQ(last_told.thread, static_cast<uint32_t>(this_thread_id()));
  EXPECT_EQ(last_told.device, 0u);
  EXPECT_EQ(last_told.code, 507015u);
  EXPECT_FALSE(find_failure(nullptr));
  EXPECT_FALSE(find_failure(reinterpret_cast<const aclrtExceptionInfo*>(0x1234)));
  set_failure_callback(nullptr);
  EXPECT_TRUE(unregister_failure_callback(remember).ok());
  EXPECT_EQ(unregister_failure_callback(remember).code(), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(register_failure_callback(nullptr).code(), ACL_ERROR_RT_PARAM_INVALID);
  fail(*stream);
  EXPECT_EQ(stream->synchronize().code(), 507015);
  EXPECT_EQ(told, 2);
  EXPECT_TRUE(take_device_failure(0));
  EXPECT_FALSE(take_device_failure(0));
}

TEST_F(StreamFailureTest, ANotifyLetsOneWaitPassForEachRecord) {
  const auto notify = *find_notify(*create_notify(0));
  const auto sender = make();
  const auto receiver = make();
  std::atomic<int> done{0};
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(notify->wait_and_reset(*receiver, -1).ok());
    count(*receiver, done);
  }
  ASSERT_TRUE(notify->record(*sender).ok());
  EXPECT_EQ(receiver->synchronize(50'000'000).code(), ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
  EXPECT_EQ(done, 1);
  ASSERT_TRUE(notify->record(*sender).ok());
  EXPECT_TRUE(receiver->synchronize().ok());
  EXPECT_EQ(done, 2);
  ASSERT_TRUE(notify->record(*sender).ok());
  ASSERT_TRUE(sender->synchronize().ok());
  notify->reset();
  ASSERT_TRUE(notify->wait_and_reset(*receiver, 5'000'000).ok());
  EXPECT_EQ(receiver->synchronize().code(), ACL_ERROR_RT_WAIT_TIMEOUT);
  EXPECT_TRUE(destroy_notify(notify->handle()).ok());
  EXPECT_EQ(destroy_notify(notify->handle()).code(), ACL_ERROR_RT_INVALID_HANDLE);
  EXPECT_EQ(create_notify(8).status().code(), ACL_ERROR_RT_PARAM_INVALID);
}

TEST_F(StreamFailureTest, StreamsWaitForNumbersInMemory) {
  const auto context = *current_context();
  auto* const word = static_cast<uint64_t*>(*allocate_device(*context, 64));
  word[0] = 0;
  const auto writer = make();
  const auto waiter = make();
  std::atomic<int> done{0};
  ASSERT_TRUE(wait_value(word, 5, kValueAtLeast, *waiter).ok());
  ASSERT_TRUE(wait_value(word, 8, kValueAnd, *waiter).ok());
  count(*waiter, done);
  ASSERT_TRUE(write_value(word, 5, *writer).ok());
  EXPECT_EQ(waiter->synchronize(20'000'000).code(), ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
  EXPECT_EQ(done, 0);
  ASSERT_TRUE(write_value(word, 9, *writer).ok());
  EXPECT_TRUE(waiter->synchronize().ok());
  EXPECT_EQ(word[0], 9u);
  EXPECT_EQ(wait_value(word, 5, 4, *waiter).code(), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(write_value(reinterpret_cast<char*>(word) + 1, 5, *waiter).code(),
            ACL_ERROR_RT_PARAM_INVALID);
  // Freed while a stream waits: an error, no crash and no wait for ever.
  ASSERT_TRUE(wait_value(word, 100, kValueEquals, *waiter).ok());
  ASSERT_TRUE(free_device(word).ok());
  EXPECT_FALSE(waiter->synchronize().ok());
}

}  // namespace
}  // namespace poacl::runtime
