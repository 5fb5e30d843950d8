#include "base/log.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace poacl {
namespace {

// Runs `body` in a child with standard output in a pipe; returns what it printed.
template <typename F>
std::string output_of(F&& body) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
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
      R"(\[ERROR\] GE\(\d+,[^)]*\):\d{4}-\d\d-\d\d-\d\d:\d\d:\d\d\.\d{3}\.\d{3} it broke at 7\n)");
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
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "poacl_log_test";
  std::filesystem::remove_all(folder);
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

TEST(ErrorText, NewestOnceThenNothing) {
  set_log_level(LogLevel::kNone);
  EXPECT_EQ(report_error("aclFirst", Status(107002, "no context")), 107002);
  EXPECT_EQ(report_error("aclSecond", Status(100000, "size is 0")), 100000);
  EXPECT_STREQ(take_recent_error(), "aclSecond: size is 0 [error 100000]");
  EXPECT_EQ(take_recent_error(), nullptr);
  EXPECT_EQ(report_error("aclThird", Status()), 0);
  EXPECT_EQ(take_recent_error(), nullptr);
  set_log_level(LogLevel::kError);
}

}  // namespace
}  // namespace poacl
