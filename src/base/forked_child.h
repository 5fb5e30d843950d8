// For tests: a body that runs in a forked child.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

namespace poacl {

// ThreadSanitizer ends a forked child that starts a thread if its parent had some.
#if defined(__SANITIZE_THREAD__)
inline constexpr bool kNoThreadsInForkedChild = true;
#elif defined(__has_feature)
inline constexpr bool kNoThreadsInForkedChild = __has_feature(thread_sanitizer);
#else
inline constexpr bool kNoThreadsInForkedChild = false;
#endif

// First line of a test whose child starts threads.
#define POACL_SKIP_IF_NO_THREADS_IN_FORKED_CHILD() \
  if (kNoThreadsInForkedChild) GTEST_SKIP() << "ThreadSanitizer forbids threads in a forked child"

// What `body` returns, which is the exit status of its process (0..255); 99 when it did not end
// within 30 seconds.
template <typename F>
int status_of_child(F&& body) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    alarm(30);
    const int status = body();
    std::fflush(nullptr);
    _exit(status);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return 98;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

// The EXPECTs and ASSERTs in `body` count for the calling test.
template <typename F>
void in_child(F&& body) {
  EXPECT_EQ(status_of_child([&body] {
              body();
              return testing::Test::HasFailure() ? 1 : 0;
            }),
            0)
      << "the child failed";
}

}  // namespace poacl
