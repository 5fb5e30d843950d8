#include "runtime/reporter.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "acl/acl_base.h"
#include "runtime/context.h"
#include "runtime/device.h"
#include "runtime/events.h"
#include "runtime/runtime.h"
#include "runtime/state.h"
#include "runtime/streams.h"

namespace poacl::runtime {
namespace {

using Kind = Reporter::Kind;

// A std::function as a callback of the API; it lives until it was called or dropped.
struct Owned {
  std::function<void()> body;
  std::atomic<int>* drops = nullptr;
  static void run(void* self) {
    static_cast<Owned*>(self)->body();
    delete static_cast<Owned*>(self);
  }
  static void drop(void* self) {
    if (auto* const counter = static_cast<Owned*>(self)->drops) ++*counter;
    delete static_cast<Owned*>(self);
  }
};

CallbackFunction function(std::function<void()> body, std::atomic<int>* drops = nullptr) {
  return {Owned::run, new Owned{std::move(body), drops}, Owned::drop};
}

uint64_t self() {
  return static_cast<uint64_t>(pthread_self());
}

// A thread that asks for callbacks until it is told to stop.
class ReportThread {
 public:
  explicit ReportThread(Kind kind = Kind::kCallbacks) {
    std::promise<uint64_t> id;
    auto given = id.get_future();
    thread_ = std::thread([this, kind, &id] {
      id.set_value(self());
      while (!stop_) static_cast<void>(state().reporters.process(kind, 20'000'000));
    });
    id_ = given.get();
  }
  ~ReportThread() { end(); }
  void end() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  uint64_t id() const { return id_; }

 private:
  std::atomic<bool> stop_{false};
  uint64_t id_ = 0;
  std::thread thread_;
};

class ReporterTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(set_device(0).ok()); }
  void TearDown() override { EXPECT_TRUE(reset_device(0).ok()); }
  static std::shared_ptr<Stream> make() { return *find_stream(*create_stream(0, 0)); }
  static Reporters& reporters() { return state().reporters; }
};

TEST_F(ReporterTest, CallbacksRunInTheSubscribedThreadInStreamOrder) {
  ReportThread thread;
  const auto stream = make();
  ASSERT_TRUE(reporters().subscribe(Kind::kCallbacks, thread.id(), stream).ok());
  std::vector<int> order;
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(launch_callback(stream, function([&order, i, id = thread.id()] {
                                  EXPECT_EQ(self(), id);
                                  order.push_back(i);
                                }),
                                true)
                    .ok());
  }
  ASSERT_TRUE(stream->synchronize().ok());
  ASSERT_EQ(order.size(), 200u);
  for (int i = 0; i < 200; ++i) EXPECT_EQ(order[static_cast<size_t>(i)], i);
  EXPECT_TRUE(reporters().unsubscribe(Kind::kCallbacks, thread.id(), stream).ok());
}

TEST_F(ReporterTest, ABlockingCallbackHoldsLaterTasksAndTheOtherKindDoesNot) {
  ReportThread thread;
  const auto stream = make();
  ASSERT_TRUE(reporters().subscribe(Kind::kCallbacks, thread.id(), stream).ok());
  for (const bool blocking : {true, false}) {
    // Shared: the callback that holds nothing may end after this round.
    const auto open = std::make_shared<std::promise<void>>();
    const auto entered = std::make_shared<std::promise<void>>();
    std::atomic<bool> later{false};
    ASSERT_TRUE(launch_callback(stream, function([open, entered] {
                                  entered->set_value();
                                  open->get_future().wait();
                                }),
                                blocking)
                    .ok());
    ASSERT_TRUE(stream
                    ->append({[&](TaskContext&) {
                                later = true;
                                return Status();
                              },
                              "test"})
                    .ok());
    entered->get_future().wait();
    if (blocking) {
      EXPECT_EQ(stream->synchronize(20'000'000).code(), ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
      EXPECT_FALSE(later);
    } else {
      EXPECT_TRUE(stream->synchronize().ok());
      EXPECT_TRUE(later);
    }
    open->set_value();
    EXPECT_TRUE(stream->synchronize().ok());
  }
  thread.end();
}

TEST_F(ReporterTest, BindingRules) {
  const auto stream = make();
  const auto other = make();
  EXPECT_EQ(reporters().subscribe(Kind::kCallbacks, 0, stream).code(), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(reporters().unsubscribe(Kind::kCallbacks, 7, stream).code(),
            ACL_ERROR_RT_STREAM_SUBSCRIBE);
  ASSERT_TRUE(reporters().subscribe(Kind::kCallbacks, 7, stream).ok());
  EXPECT_EQ(reporters().subscribe(Kind::kCallbacks, 7, stream).code(),
            ACL_ERROR_RT_STREAM_SUBSCRIBE);
  EXPECT_EQ(reporters().subscribe(Kind::kCallbacks, 8, stream).code(),
            ACL_ERROR_RT_STREAM_SUBSCRIBE);
  // One thread may serve several streams of its device.
  EXPECT_TRUE(reporters().subscribe(Kind::kCallbacks, 7, other).ok());
  EXPECT_EQ(reporters().unsubscribe(Kind::kCallbacks, 8, stream).code(),
            ACL_ERROR_RT_THREAD_SUBSCRIBE);
  EXPECT_EQ(reporters().unsubscribe(Kind::kHostFunctions, 7, stream).code(),
            ACL_ERROR_RT_STREAM_SUBSCRIBE);
  EXPECT_TRUE(reporters().unsubscribe(Kind::kCallbacks, 7, stream).ok());
  EXPECT_TRUE(reporters().unsubscribe(Kind::kCallbacks, 7, other).ok());
  EXPECT_EQ(launch_callback(stream, {}, true).code(), ACL_ERROR_RT_STREAM_NO_CB_REG);
}

TEST_F(ReporterTest, AThreadServesOneDevice) {
  const auto stream = make();
  ASSERT_TRUE(reporters().subscribe(Kind::kCallbacks, 7, stream).ok());
  ASSERT_TRUE(set_device(1).ok());
  const Status status = reporters().subscribe(Kind::kCallbacks, 7, make());
  EXPECT_EQ(status.code(), ACL_ERROR_RT_THREAD_SUBSCRIBE);
  EXPECT_NE(status.message().find("device 1"), std::string_view::npos) << status.message();
  EXPECT_TRUE(reset_device(1).ok());
  EXPECT_TRUE(reporters().unsubscribe(Kind::kCallbacks, 7, stream).ok());
}

TEST_F(ReporterTest, ThereIsALimitOfThreads) {
  const uint32_t limit = (*current_context())->device().profile().report_threads;
  std::vector<std::shared_ptr<Stream>> streams;
  // One device may have fewer streams than that.
  for (uint32_t thread = 1; thread <= limit; ++thread) {
    if (thread == limit / 2) ASSERT_TRUE(set_device(1).ok());
    streams.push_back(make());
    ASSERT_TRUE(reporters().subscribe(Kind::kCallbacks, thread, streams.back()).ok());
  }
  const auto last = make();
  const Status status = reporters().subscribe(Kind::kCallbacks, limit + 1, last);
  EXPECT_EQ(status.code(), ACL_ERROR_RT_THREAD_SUBSCRIBE);
  EXPECT_NE(status.message().find(std::to_string(limit)), std::string_view::npos);
  // What streams have bound goes with them.
  ASSERT_TRUE(destroy_stream(streams.back()->handle(), false).ok());
  EXPECT_TRUE(reporters().subscribe(Kind::kCallbacks, limit + 1, last).ok());
  EXPECT_TRUE(reset_device(1).ok());
  ASSERT_TRUE(set_device(0).ok());
  for (uint32_t i = 0; i + 1 < limit / 2; ++i) {
    ASSERT_TRUE(destroy_stream(streams[i]->handle(), false).ok());
  }
  EXPECT_TRUE(reset_device(0).ok());
}

TEST_F(ReporterTest, ProcessTellsThatNothingCameOrThatTheThreadIsNotBound) {
  EXPECT_EQ(reporters().process(Kind::kCallbacks, 1'000'000).code(), ACL_ERROR_RT_THREAD_SUBSCRIBE);
  const auto stream = make();
  ASSERT_TRUE(reporters().subscribe(Kind::kCallbacks, self(), stream).ok());
  EXPECT_EQ(reporters().process(Kind::kCallbacks, 1'000'000).code(), ACL_ERROR_RT_REPORT_TIMEOUT);
  bool called = false;
  ASSERT_TRUE(launch_callback(stream, function([&] { called = true; }), true).ok());
  EXPECT_TRUE(reporters().process(Kind::kCallbacks, -1).ok());
  EXPECT_TRUE(called);
  EXPECT_TRUE(stream->synchronize().ok());
}

TEST_F(ReporterTest, UnsubscribingEndsAWaitWithoutLimit) {
  const auto stream = make();
  std::promise<uint64_t> id;
  Status status;
  std::thread thread([&] {
    // Bound before it asks, so that it waits.
    ASSERT_TRUE(reporters().subscribe(Kind::kCallbacks, self(), stream).ok());
    id.set_value(self());
    status = reporters().process(Kind::kCallbacks, -1);
  });
  const uint64_t number = id.get_future().get();
  EXPECT_TRUE(reporters().unsubscribe(Kind::kCallbacks, number, stream).ok());
  thread.join();
  EXPECT_EQ(status.code(), ACL_ERROR_RT_THREAD_SUBSCRIBE);
}

TEST_F(ReporterTest, AThreadThatWaitsForItsOwnCallbackIsToldSo) {
  const auto stream = make();
  std::atomic<int> drops{0};
  ASSERT_TRUE(reporters().subscribe(Kind::kCallbacks, self(), stream).ok());
  ASSERT_TRUE(launch_callback(stream, function([] { ADD_FAILURE(); }, &drops), true).ok());
  const Status status = stream->synchronize();
  EXPECT_EQ(status.code(), ACL_ERROR_RT_INTERNAL_ERROR);
  EXPECT_NE(status.message().find("process_report"), std::string_view::npos) << status.message();
  // It was given up and does not run later, out of order.
  static_cast<void>(reporters().process(Kind::kCallbacks, 1'000'000));
  EXPECT_EQ(drops, 1);
}

TEST_F(ReporterTest, CallbacksOfAThreadThatEndedBecomeTheStreamsError) {
  const auto stream = make();
  std::atomic<int> drops{0};
  {
    ReportThread thread;
    ASSERT_TRUE(reporters().subscribe(Kind::kCallbacks, thread.id(), stream).ok());
    ASSERT_TRUE(launch_callback(stream, function([] {}), true).ok());
    ASSERT_TRUE(stream->synchronize().ok());
  }
  ASSERT_TRUE(launch_callback(stream, function([] { ADD_FAILURE(); }, &drops), true).ok());
  const Status status = stream->synchronize();
  EXPECT_NE(status.message().find("has ended"), std::string_view::npos) << status.message();
  EXPECT_EQ(drops, 1);
}

TEST_F(ReporterTest, UnsubscribingDropsWhatHasNotRun) {
  const auto stream = make();
  std::atomic<int> drops{0};
  ASSERT_TRUE(reporters().subscribe(Kind::kCallbacks, 7, stream).ok());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(launch_callback(stream, function([] { ADD_FAILURE(); }, &drops), i == 1).ok());
  }
  EXPECT_TRUE(reporters().unsubscribe(Kind::kCallbacks, 7, stream).ok());
  const Status status = stream->synchronize();
  EXPECT_NE(status.message().find("unsubscribed"), std::string_view::npos) << status.message();
  EXPECT_EQ(drops, 3);
}

TEST_F(ReporterTest, AForcedEndDropsCallbacks) {
  const auto stream = make();
  std::atomic<int> drops{0};
  ASSERT_TRUE(reporters().subscribe(Kind::kCallbacks, 7, stream).ok());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(launch_callback(stream, function([] { ADD_FAILURE(); }, &drops), true).ok());
  }
  ASSERT_TRUE(destroy_stream(stream->handle(), true).ok());
  ASSERT_TRUE(stream->drain().ok());
  EXPECT_EQ(drops, 3);
}

TEST_F(ReporterTest, HostFunctionsRunInAThreadOfTheRuntimeAndHoldTheStream) {
  const auto stream = make();
  std::vector<int> order;
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(launch_host_function(stream, function([&order, i, main = self()] {
                                       EXPECT_NE(self(), main);
                                       order.push_back(i);
                                     }))
                    .ok());
    ASSERT_TRUE(stream
                    ->append({[&order, i](TaskContext&) {
                                order.push_back(-i);
                                return Status();
                              },
                              "test"})
                    .ok());
  }
  ASSERT_TRUE(stream->synchronize().ok());
  ASSERT_EQ(order.size(), 100u);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(order[static_cast<size_t>(2 * i)], i);
    EXPECT_EQ(order[static_cast<size_t>(2 * i + 1)], -i);
  }
  EXPECT_EQ(reporters().subscribe(Kind::kCallbacks, 7, stream).code(),
            ACL_ERROR_RT_STREAM_SUBSCRIBE);
  const auto subscribed = make();
  ASSERT_TRUE(reporters().subscribe(Kind::kCallbacks, 7, subscribed).ok());
  EXPECT_EQ(launch_host_function(subscribed, {}).code(), ACL_ERROR_RT_STREAM_SUBSCRIBE);
}

TEST_F(ReporterTest, HostFunctionsGoToTheThreadBoundForThem) {
  const auto stream = make();
  ReportThread thread(Kind::kHostFunctions);
  ASSERT_TRUE(reporters().subscribe(Kind::kHostFunctions, thread.id(), stream).ok());
  uint64_t where = 0;
  ASSERT_TRUE(launch_host_function(stream, function([&] { where = self(); })).ok());
  ASSERT_TRUE(stream->synchronize().ok());
  EXPECT_EQ(where, thread.id());
}

}  // namespace
}  // namespace poacl::runtime
