#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <thread>

#include "base/forked_child.h"
#include "base/log.h"

namespace poacl {
namespace {

struct AtThreadEnd {
  std::function<void()> run;
  ~AtThreadEnd() { run(); }
};

int use_at_thread_end() {
  const std::string sentence(200, 'x');
  std::string last;
  std::thread thread([&] {
    // Made before the error text's object, so destroyed after it.
    thread_local AtThreadEnd late;
    late.run = [&] {
      if (take_recent_error() != nullptr) return;
      report_error("aclLate", Status(107002, sentence));
      if (const char* text = take_recent_error()) last = text;
    };
    report_error("aclA", Status(107000, sentence));
    if (take_recent_error() == nullptr) return;
    report_error("aclB", Status(107000, sentence));
  });
  thread.join();
  return last.find("aclLate: xxx") == std::string::npos ? 1 : 0;
}

// In a child process: logging keeps the settings it starts with, and other tests choose theirs.
TEST(ErrorText, CanBeUsedWhenTheThreadsOtherObjectsAreGone) {
  EXPECT_EQ(status_of_child(use_at_thread_end), 0);
}

}  // namespace
}  // namespace poacl
