#include "runtime/stream.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

#include "acl/acl_base.h"
#include "runtime/context.h"
#include "runtime/device.h"
#include "runtime/event.h"
#include "runtime/events.h"
#include "runtime/state.h"
#include "runtime/streams.h"

namespace poacl::runtime {
namespace {

class StreamTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(set_device(0).ok()); }
  void TearDown() override { EXPECT_TRUE(reset_device(0).ok()); }

  static std::shared_ptr<Stream> make() {
    auto handle = create_stream(0, 0);
    EXPECT_TRUE(handle.ok()) << handle.status().message();
    return *find_stream(*handle);
  }
  static std::shared_ptr<Event> make_event() { return *find_event(*create_event()); }
};

void queue(Stream& stream, std::function<Status(TaskContext&)> run, const char* api = "test") {
  const Status status = stream.append({std::move(run), api});
  EXPECT_TRUE(status.ok()) << status.message();
}

// A task that holds its stream until the test opens it.
struct Gate {
  std::promise<void> entered;
  std::promise<void> open;
  Task task() {
    return {[this, opened = open.get_future().share()](TaskContext&) {
              entered.set_value();
              opened.wait();
              return Status();
            },
            "test"};
  }
  void wait_entered() { entered.get_future().wait(); }
};

TEST_F(StreamTest, TasksRunInOrderWithoutOverlap) {
  const auto stream = make();
  std::vector<int> order;
  for (int i = 0; i < 5000; ++i) {
    ASSERT_TRUE(enqueue(*stream, {[&order, i](TaskContext&) {
                                    order.push_back(i);
                                    return Status();
                                  },
                                  "test"})
                    .ok());
  }
  ASSERT_TRUE(stream->synchronize().ok());
  ASSERT_EQ(order.size(), 5000u);
  for (int i = 0; i < 5000; ++i) EXPECT_EQ(order[static_cast<size_t>(i)], i);
  EXPECT_TRUE(stream->complete());
}

TEST_F(StreamTest, ShortTasksKeepTheOrderToo) {
  const auto stream = make();
  std::vector<int> order;
  for (int i = 0; i < 3000; ++i) {
    Task task{[&order, i](TaskContext&) {
                order.push_back(i);
                return Status();
              },
              "test"};
    ASSERT_TRUE((i % 3 == 0 ? stream->append(task) : stream->append_short(task)).ok());
  }
  ASSERT_TRUE(stream->synchronize().ok());
  ASSERT_EQ(order.size(), 3000u);
  for (int i = 0; i < 3000; ++i) EXPECT_EQ(order[static_cast<size_t>(i)], i);
}

TEST_F(StreamTest, AppendFromManyThreadsLosesNothing) {
  const auto stream = make();
  int64_t sum = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        Task task{[&sum](TaskContext&) {
                    ++sum;
                    return Status();
                  },
                  "test"};
        ASSERT_TRUE((i % 2 == 0 ? stream->append(task) : stream->append_short(task)).ok());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  ASSERT_TRUE(stream->synchronize().ok());
  EXPECT_EQ(sum, 8000);
}

TEST_F(StreamTest, FirstErrorIsToldOnceAndLaterTasksRun) {
  const auto stream = make();
  bool later = false;
  queue(
      *stream, [](TaskContext&) { return Status(507015, "the kernel saw 3 of 4 rows"); }, "aclA");
  queue(
      *stream, [](TaskContext&) { return Status(507018, "second"); }, "aclB");
  queue(
      *stream,
      [&](TaskContext&) {
        later = true;
        return Status();
      },
      "aclC");
  const Status status = stream->synchronize();
  EXPECT_EQ(status.code(), 507015);
  EXPECT_NE(status.message().find("aclA"), std::string_view::npos);
  EXPECT_NE(status.message().find("3 of 4 rows"), std::string_view::npos);
  EXPECT_TRUE(later);
  EXPECT_TRUE(stream->synchronize().ok());
}

TEST_F(StreamTest, ExceptionsBecomeErrors) {
  const auto stream = make();
  queue(
      *stream, [](TaskContext&) -> Status { throw std::runtime_error("went wrong"); }, "aclA");
  const Status status = stream->synchronize();
  EXPECT_EQ(status.code(), ACL_ERROR_RT_INTERNAL_ERROR);
  EXPECT_NE(status.message().find("went wrong"), std::string_view::npos);
}

TEST_F(StreamTest, SynchronizeStopsAtTheTimeLimit) {
  const auto stream = make();
  Gate gate;
  queue(*stream, gate.task().run);
  gate.wait_entered();
  EXPECT_FALSE(stream->complete());
  EXPECT_EQ(stream->synchronize(5'000'000).code(), ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
  gate.open.set_value();
  EXPECT_TRUE(stream->synchronize().ok());
}

TEST_F(StreamTest, SynchronizingItselfIsAnError) {
  const auto stream = make();
  int32_t code = 0;
  queue(*stream, [&](TaskContext&) {
    code = stream->synchronize().code();
    return Status();
  });
  EXPECT_TRUE(stream->synchronize().ok());
  EXPECT_EQ(code, ACL_ERROR_RT_INTERNAL_ERROR);
}

TEST_F(StreamTest, WaitingStreamsHoldNoWorker) {
  // Far more waiting streams than workers; the stream that records must still find one.
  const auto event = make_event();
  std::vector<std::shared_ptr<Stream>> waiting;
  std::atomic<int> after{0};
  for (int i = 0; i < 50; ++i) {
    waiting.push_back(make());
    ASSERT_TRUE(event->wait(*waiting.back()).ok());
    queue(*waiting.back(), [&](TaskContext&) {
      ++after;
      return Status();
    });
  }
  EXPECT_TRUE(event->waits_pending());
  const auto recorder = make();
  bool before = false;
  queue(*recorder, [&](TaskContext&) {
    EXPECT_EQ(after, 0);
    before = true;
    return Status();
  });
  ASSERT_TRUE(event->record(*recorder).ok());
  for (const auto& stream : waiting) ASSERT_TRUE(stream->synchronize().ok());
  EXPECT_TRUE(before);
  EXPECT_EQ(after, 50);
  EXPECT_FALSE(event->waits_pending());
}

TEST_F(StreamTest, PingPongOverEventsKeepsTheOrder) {
  const auto a = make();
  const auto b = make();
  const auto to_b = make_event();
  const auto to_a = make_event();
  std::vector<int> order;
  const auto push = [&order](int value) {
    return Task{[&order, value](TaskContext&) {
                  order.push_back(value);
                  return Status();
                },
                "test"};
  };
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(a->append(push(2 * i)).ok());
    ASSERT_TRUE(to_b->record(*a).ok());
    ASSERT_TRUE(to_b->wait(*b).ok());
    ASSERT_TRUE(b->append(push(2 * i + 1)).ok());
    ASSERT_TRUE(to_a->record(*b).ok());
    ASSERT_TRUE(to_a->wait(*a).ok());
  }
  ASSERT_TRUE(a->synchronize().ok());
  ASSERT_TRUE(b->synchronize().ok());
  ASSERT_EQ(order.size(), 1000u);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(order[static_cast<size_t>(i)], i);
}

TEST_F(StreamTest, DropSkipsTasksButReachesRecords) {
  const auto stream = make();
  const auto event = make_event();
  Gate gate;
  std::atomic<bool> ran{false};
  queue(*stream, gate.task().run);
  gate.wait_entered();
  queue(*stream, [&](TaskContext&) {
    ran = true;
    return Status();
  });
  ASSERT_TRUE(event->record(*stream).ok());
  EXPECT_FALSE(event->complete());
  std::thread opener([&] {
    while (stream->append({[](TaskContext&) { return Status(); }, "test"}).ok()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    gate.open.set_value();
  });
  ASSERT_TRUE(destroy_stream(stream->handle(), true).ok());
  opener.join();
  EXPECT_TRUE(event->synchronize(-1).ok());
  EXPECT_FALSE(ran);
}

TEST_F(StreamTest, WhatRunsHasEndedWhenAForcedDestroyReturns) {
  const auto stream = make();
  Gate gate;
  std::atomic<bool> ended{false};
  queue(*stream, [&](TaskContext& context) {
    const Status status = gate.task().run(context);
    ended = true;
    return status;
  });
  gate.wait_entered();
  std::thread opener([&] { gate.open.set_value(); });
  ASSERT_TRUE(destroy_stream(stream->handle(), true).ok());
  EXPECT_TRUE(ended);
  opener.join();
}

TEST_F(StreamTest, DropFreesAParkedStream) {
  const auto stream = make();
  const auto event = make_event();
  ASSERT_TRUE(event->wait(*stream).ok());
  ASSERT_TRUE(destroy_stream(stream->handle(), true).ok());
  EXPECT_TRUE(stream->synchronize().ok());
}

TEST_F(StreamTest, DestroyingAnEventFreesWhoWaitsForARecordThatNeverComes) {
  const auto stream = make();
  auto event = make_event();
  ASSERT_TRUE(event->wait(*stream).ok());
  ASSERT_TRUE(destroy_event(event->handle()).ok());
  EXPECT_TRUE(stream->synchronize().ok());
}

TEST_F(StreamTest, DestroyWaitsForTheWork) {
  const auto stream = make();
  std::atomic<int> done{0};
  for (int i = 0; i < 100; ++i) {
    queue(*stream, [&](TaskContext&) {
      ++done;
      return Status();
    });
  }
  ASSERT_TRUE(destroy_stream(stream->handle(), false).ok());
  EXPECT_EQ(done, 100);
}

TEST_F(StreamTest, TasksUseTheDevicesCores) {
  const auto stream = make();
  std::atomic<int64_t> sum{0};
  queue(*stream, [&](TaskContext& task) {
    EXPECT_LE(task.parallel.width(), parallel_width());
    task.parallel(100, [&](int64_t chunk, int) { sum += chunk; });
    return Status();
  });
  ASSERT_TRUE(stream->synchronize().ok());
  EXPECT_EQ(sum, 4950);
}

TEST_F(StreamTest, ResetEventNeedsANewRecord) {
  const auto stream = make();
  const auto other = make();
  const auto event = make_event();
  ASSERT_TRUE(event->record(*stream).ok());
  ASSERT_TRUE(stream->synchronize().ok());
  EXPECT_TRUE(event->complete());
  ASSERT_TRUE(event->reset(*stream).ok());
  ASSERT_TRUE(stream->synchronize().ok());
  EXPECT_FALSE(event->complete());
  ASSERT_TRUE(event->wait(*other).ok());
  EXPECT_EQ(other->synchronize(2'000'000).code(), ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
  ASSERT_TRUE(event->record(*stream).ok());
  EXPECT_TRUE(other->synchronize().ok());
  EXPECT_TRUE(event->complete());
}

}  // namespace
}  // namespace poacl::runtime
