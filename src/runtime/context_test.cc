#include "runtime/context.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "acl/acl_base.h"
#include "base/forked_child.h"
#include "runtime/device.h"
#include "runtime/events.h"
#include "runtime/init.h"
#include "runtime/pool.h"
#include "runtime/streams.h"

namespace poacl::runtime {
namespace {

struct AtThreadEnd {
  std::function<void()> run;
  ~AtThreadEnd() { run(); }
};

TEST(ContextBinding, CanBeUsedWhenTheThreadsOtherObjectsAreGone) {
  ASSERT_TRUE(set_device(0).ok());
  const std::shared_ptr<Context> context = *current_context();
  const auto owners = context.use_count();
  std::thread thread([&] {
    // Made before the thread's binding, so destroyed after it.
    thread_local AtThreadEnd late;
    late.run = [&] {
      EXPECT_EQ(current_context().status().code(), ACL_ERROR_RT_CONTEXT_NULL);
      bind_thread(context);
      EXPECT_EQ(*current_context(), context);
    };
    bind_thread(context);
  });
  thread.join();
  EXPECT_EQ(context.use_count(), owners);
  EXPECT_TRUE(reset_device(0).ok());
}

TEST(ContextBinding, AForkedChildUsesTheDefaultDeviceToo) {
  POACL_SKIP_IF_NO_THREADS_IN_FORKED_CHILD();
  char path[] = "/tmp/poacl_context_test_XXXXXX";
  const int file = mkstemp(path);
  ASSERT_GE(file, 0);
  close(file);
  std::ofstream(path) << R"({"defaultDevice": {"default_device": "0"}})";
  const auto use = [&path] {
    if (!initialize(path).ok()) return 1;
    const auto context = current_context();
    if (!context.ok()) return 2;
    return (*context)->default_stream()->synchronize().ok() ? 0 : 3;
  };
  EXPECT_EQ(status_of_child([&] {
              if (const int failed = use()) return failed;
              const int grandchild = status_of_child(use);
              return grandchild == 0 ? 0 : 10 + grandchild;
            }),
            0);
  unlink(path);
}

TEST(ContextDestroy, ASecondCallWhileTheFirstWaitsIsToldSo) {
  ASSERT_TRUE(set_device(0).ok());
  const auto context = *create_context(0);
  const auto stream = context->default_stream();
  std::atomic<bool> open{false};
  ASSERT_TRUE(stream
                  ->append({[&](TaskContext&) {
                              while (!open) std::this_thread::yield();
                              return Status();
                            },
                            "test"})
                  .ok());
  std::thread first([&] { EXPECT_TRUE(destroy_context(context->handle()).ok()); });
  while (!context->destroyed()) std::this_thread::yield();
  const Status second = destroy_context(context->handle());
  EXPECT_EQ(second.code(), ACL_ERROR_RT_CONTEXT_RELEASE_ERROR);
  EXPECT_NE(second.message().find("is being destroyed"), std::string_view::npos);
  EXPECT_EQ(set_current_context(context->handle()).code(), ACL_ERROR_RT_CONTEXT_NULL);
  open = true;
  first.join();
  EXPECT_EQ(destroy_context(context->handle()).code(), ACL_ERROR_RT_CONTEXT_NULL);
  ASSERT_TRUE(set_device(0).ok());
  EXPECT_TRUE(reset_device(0).ok());
  EXPECT_TRUE(reset_device(0).ok());
}

TEST(ContextDestroy, EndsAWaitForARecordNobodyIssued) {
  ASSERT_TRUE(set_device(0).ok());
  const auto context = *create_context(0);
  const auto event = *find_event(*create_event());
  ASSERT_TRUE(event->wait(*context->default_stream()).ok());
  // Long enough that a worker has found the wait; before that it is the easier case.
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_TRUE(destroy_context(context->handle()).ok());
  EXPECT_FALSE(event->waits_pending());
  EXPECT_TRUE(reset_device(0).ok());
}

TEST(ProcessEnd, AStreamBeginsNoTaskAfterThePoolWasStopped) {
  POACL_SKIP_IF_NO_THREADS_IN_FORKED_CHILD();
  EXPECT_EQ(status_of_child([] {
              if (!set_device(0).ok()) return 1;
              const auto stream = (*current_context())->default_stream();
              std::atomic<bool> entered{false};
              std::atomic<bool> later{false};
              const Status first = stream->append({[&](TaskContext&) {
                                                     entered = true;
                                                     while (!Pool::instance().stopped()) {
                                                       std::this_thread::yield();
                                                     }
                                                     return Status();
                                                   },
                                                   "test"});
              const Status second = stream->append({[&](TaskContext&) {
                                                      later = true;
                                                      return Status();
                                                    },
                                                    "test"});
              if (!first.ok() || !second.ok()) return 2;
              while (!entered) std::this_thread::yield();
              Pool::instance().stop();
              return later ? 3 : 0;
            }),
            0);
}

}  // namespace
}  // namespace poacl::runtime
