#include "base/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <thread>

#include "base/forked_child.h"
#include "base/scratch_folder.h"

namespace poacl {
namespace {

// Where the log goes is read from the environment at its first line, so only the children of these
// tests write any.
class QuietLog : public testing::Environment {
  void SetUp() override { set_log_level(LogLevel::kNone); }
};
[[maybe_unused]] const auto* const quiet_log = testing::AddGlobalTestEnvironment(new QuietLog);

// Runs `body` in a child with standard output in a pipe; returns what it printed.
template <typename F>
std::string output_of(F&& body) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    set_log_level(LogLevel::kError);
    body();
    _exit(0);
  }
  close(ends[1]);
  std::string text;
  char buffer[512];
  for (ssize_t count = 0; (count = read(ends[0], buffer, sizeof(buffer))) > 0;) {
    text.append(buffer, static_cast<size_t>(count));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  return text;
}

std::string all_logs(const std::filesystem::path& folder) {
  std::stringstream text;
  if (!std::filesystem::exists(folder)) return {};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) text << std::ifstream(entry.path()).rdbuf();
  }
  return text.str();
}

const std::regex& line_form() {
  static const std::regex form(
      R"(\[ERROR\] GE\(\d+,[^)]*\):\d{4}-\d\d-\d\d-\d\d:\d\d:\d\d\.\d{3}\.\d{3} \[log_test\.cc:\d+\]it broke at 7\n)");
  return form;
}

TEST(Log, WritesTheDocumentedLineToStandardOutputOnlyWhenAsked) {
  const std::string printed = output_of([] {
    setenv("ASCEND_SLOG_PRINT_TO_STDOUT", "1", 1);
    log(LogLevel::kError, "GE", "it broke at {}", 7);
    log(LogLevel::kInfo, "GE", "below the default level");
  });
  EXPECT_TRUE(std::regex_match(printed, line_form())) << printed;
}

TEST(Log, WritesToAFileByDefaultAndPrintsNothing) {
  const ScratchFolder scratch;
  const std::filesystem::path folder = scratch.path();
  const std::string printed = output_of([&folder] {
    unsetenv("ASCEND_SLOG_PRINT_TO_STDOUT");
    setenv("ASCEND_PROCESS_LOG_PATH", folder.c_str(), 1);
    log(LogLevel::kError, "GE", "it broke at {}", 7);
  });
  EXPECT_EQ(printed, "");
  const std::string text = all_logs(folder / "debug" / "plog");
  EXPECT_TRUE(std::regex_match(text, line_form())) << text;
  std::filesystem::remove_all(folder);
}

TEST(Log, EventsGoToTheRunFolderWhateverTheLevelUnlessSwitchedOff) {
  const ScratchFolder scratch;
  const std::filesystem::path folder = scratch.path();
  for (const char* enabled : {"1", "0"}) {
    output_of([&folder, enabled] {
      unsetenv("ASCEND_SLOG_PRINT_TO_STDOUT");
      setenv("ASCEND_PROCESS_LOG_PATH", (folder / enabled).c_str(), 1);
      setenv("ASCEND_GLOBAL_LOG_LEVEL", "4", 1);
      setenv("ASCEND_GLOBAL_EVENT_ENABLE", enabled, 1);
      log_event("RUNTIME", "something happened");
    });
  }
  EXPECT_NE(all_logs(folder / "1" / "run" / "plog").find("[EVENT] RUNTIME("), std::string::npos);
  EXPECT_EQ(all_logs(folder / "0"), "");
  EXPECT_EQ(all_logs(folder / "1" / "debug"), "");
}

TEST(Log, AFolderThatCannotBeMadeIsNoError) {
  const std::string printed = output_of([] {
    unsetenv("ASCEND_SLOG_PRINT_TO_STDOUT");
    setenv("ASCEND_PROCESS_LOG_PATH", "/proc/no/such", 1);
    log(LogLevel::kError, "GE", "it broke at {}", 7);
    unsetenv("ASCEND_PROCESS_LOG_PATH");
    unsetenv("HOME");
    log(LogLevel::kError, "GE", "it broke at {}", 7);
  });
  EXPECT_EQ(printed, "");
}

// The descriptor that the log has open; -1 when it has none.
int log_descriptor() {
  for (int fd = 0; fd < 256; ++fd) {
    char target[512] = "";
    const std::string link = "/proc/self/fd/" + std::to_string(fd);
    if (readlink(link.c_str(), target, sizeof(target) - 1) < 0) continue;
    if (std::string(target).find("/plog-") != std::string::npos) return fd;
  }
  return -1;
}

TEST(Log, ADescriptorThatTheProgramTookOverIsLeftAlone) {
  const ScratchFolder scratch;
  const std::filesystem::path folder = scratch.path();
  const std::filesystem::path other = folder / "other";
  output_of([&] {
    unsetenv("ASCEND_SLOG_PRINT_TO_STDOUT");
    setenv("ASCEND_PROCESS_LOG_PATH", folder.c_str(), 1);
    log(LogLevel::kError, "GE", "first");
    const int fd = log_descriptor();
    if (fd < 0) _exit(1);
    const int opened = open(other.c_str(), O_WRONLY | O_CREAT, 0600);
    if (dup2(opened, fd) != fd) _exit(2);
    log(LogLevel::kError, "GE", "second");
    log(LogLevel::kError, "GE", "third");
    if (write(fd, "mine", 4) != 4) _exit(3);
  });
  std::stringstream mine;
  mine << std::ifstream(other).rdbuf();
  EXPECT_EQ(mine.str(), "mine");
  const std::string text = all_logs(folder / "debug" / "plog");
  for (const char* part : {"first", "second", "third"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " is not in " << text;
  }
  std::filesystem::remove_all(folder);
}

// Two threads log all the time; every child must get its own line out.
TEST(Log, AForkedChildNeverHangsInItsFirstLine) {
  POACL_SKIP_IF_NO_THREADS_IN_FORKED_CHILD();
  output_of([] {
    unsetenv("ASCEND_SLOG_PRINT_TO_STDOUT");
    setenv("ASCEND_PROCESS_LOG_PATH", "/proc/no/such", 1);
    for (int t = 0; t < 2; ++t) {
      std::thread([] {
        while (true) log(LogLevel::kError, "GE", "busy");
      }).detach();
    }
    for (int i = 0; i < 300; ++i) {
      const pid_t child = fork();
      if (child == 0) {
        alarm(20);
        log(LogLevel::kError, "GE", "in the child");
        _exit(0);
      }
      int status = -1;
      if (waitpid(child, &status, 0) != child || status != 0) _exit(4);
    }
  });
}

TEST(ErrorText, NewestOnceThenNothing) {
  EXPECT_EQ(report_error("aclFirst", Status(107002, "no context")), 107002);
  EXPECT_EQ(report_error("aclSecond", Status(100000, "size is 0")), 100000);
  EXPECT_STREQ(take_recent_error(), "aclSecond: size is 0 [error 100000]");
  EXPECT_EQ(take_recent_error(), nullptr);
  EXPECT_EQ(report_error("aclThird", Status()), 0);
  EXPECT_EQ(take_recent_error(), nullptr);
}

}  // namespace
}  // namespace poacl
