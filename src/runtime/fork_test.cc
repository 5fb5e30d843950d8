// A forked child must get clean errors and be able to start afresh, never hang.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "acl/acl_base.h"
#include "base/forked_child.h"
#include "runtime/context.h"
#include "runtime/device.h"
#include "runtime/init.h"
#include "runtime/memory.h"
#include "runtime/runtime.h"
#include "runtime/stream.h"
#include "runtime/streams.h"

namespace poacl::runtime {
namespace {

struct Inherited {
  void* context;
  void* stream;
  void* memory;
};

int use_from_child(void* argument) {
  const auto* inherited = static_cast<Inherited*>(argument);
  if (is_initialized()) return 1;
  const auto context = current_context();
  if (context.status().code() != ACL_ERROR_RT_CONTEXT_NULL) return 2;
  if (context.status().message().find("forked") == std::string_view::npos) return 3;
  if (set_current_context(inherited->context).code() != ACL_ERROR_RT_CONTEXT_NULL) return 4;
  if (find_stream(inherited->stream).status().code() != ACL_ERROR_RT_INVALID_HANDLE) return 5;
  if (!free_device(inherited->memory).ok()) return 6;
  if (!initialize(nullptr).ok()) return 7;
  if (!set_device(0).ok()) return 8;
  auto stream = resolve_stream(nullptr);
  if (!stream.ok()) return 9;
  std::atomic<int64_t> sum{0};
  for (int i = 0; i < 100; ++i) {
    if (!enqueue(**stream, {[&](TaskContext& task) {
                              task.parallel(4, [&](int64_t chunk, int) { sum += chunk; });
                              return Status();
                            },
                            "test"})
             .ok()) {
      return 10;
    }
  }
  if (!(*stream)->synchronize().ok() || sum != 600) return 11;
  if (!reset_device(0).ok()) return 12;
  return 0;
}

TEST(Fork, ChildStartsAfresh) {
  POACL_SKIP_IF_NO_THREADS_IN_FORKED_CHILD();
  ASSERT_TRUE(initialize(nullptr).ok());
  ASSERT_TRUE(set_device(0).ok());
  const auto context = *current_context();
  Inherited inherited{context->handle(), *create_stream(0, 0), *allocate_device(*context, 1000)};
  const auto stream = *find_stream(inherited.stream);
  ASSERT_TRUE(enqueue(*stream, {[](TaskContext&) { return Status(); }, "test"}).ok());
  ASSERT_TRUE(stream->synchronize().ok());
  EXPECT_EQ(status_of_child([&] { return use_from_child(&inherited); }), 0);
  // The parent goes on as before.
  EXPECT_TRUE(is_initialized());
  ASSERT_TRUE(enqueue(*stream, {[](TaskContext&) { return Status(); }, "test"}).ok());
  EXPECT_TRUE(stream->synchronize().ok());
  EXPECT_TRUE(free_device(inherited.memory).ok());
  EXPECT_TRUE(reset_device(0).ok());
  EXPECT_TRUE(finalize().ok());
}

int allocate_from_child(void*) {
  if (!set_device(0).ok()) return 1;
  const auto context = *current_context();
  const auto block = allocate_device(*context, 5000);
  return block.ok() && free_device(*block).ok() && reset_device(0).ok() ? 0 : 2;
}

TEST(Fork, ChildDoesNotInheritHeldLocks) {
  POACL_SKIP_IF_NO_THREADS_IN_FORKED_CHILD();
  ASSERT_TRUE(set_device(0).ok());
  const auto context = *current_context();
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      bind_thread(context);
      while (!stop) {
        void* block = *allocate_device(*context, 5000);
        void* stream = *create_stream(0, 0);
        EXPECT_TRUE(destroy_stream(stream, false).ok());
        EXPECT_TRUE(free_device(block).ok());
      }
    });
  }
  for (int i = 0; i < 30; ++i)
    EXPECT_EQ(status_of_child([] { return allocate_from_child(nullptr); }), 0);
  stop = true;
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(reset_device(0).ok());
}

// Blocks of two caches, never given back, so that the caches take new pages all the time. Their
// number keeps the process far from the system's limit of mappings.
void allocate_much(const std::shared_ptr<Context>& context) {
  for (int i = 0; i < 60'000; ++i) {
    if (!allocate_device(*context, 9000).ok() || !allocate_host(9000).ok()) _exit(3);
  }
}

int fork_while_two_caches_grow(void*) {
  if (!set_device(0).ok()) return 1;
  const auto context = *current_context();
  std::atomic<bool> done{false};
  std::thread thread([&] {
    allocate_much(context);
    done = true;
  });
  while (!done) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);
      const auto block = allocate_host(9000);
      _exit(block.ok() && free_host(*block).ok() ? 0 : 1);
    }
    int status = -1;
    if (waitpid(child, &status, 0) != child || status != 0) _exit(2);
  }
  thread.join();
  return 0;
}

TEST(Fork, WhileTheCachesOfHostAndDeviceGrow) {
  POACL_SKIP_IF_NO_THREADS_IN_FORKED_CHILD();
  EXPECT_EQ(status_of_child([] { return fork_while_two_caches_grow(nullptr); }), 0);
}

}  // namespace
}  // namespace poacl::runtime
