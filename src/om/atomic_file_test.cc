#include "om/atomic_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace poacl::om {
namespace {

namespace fs = std::filesystem;

class AtomicFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "atomic_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  static std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  static Status write(const std::string& path, const std::string& text) {
    const std::vector<ByteRange> ranges = {{text.data(), 1}, {text.data() + 1, text.size() - 1}};
    return write_file_atomically(path, ranges);
  }

  size_t entries() const {
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  // A child that may write 4 KiB per file writes 64 KiB; its wait status. Exit status 7: refused
  // with a sentence that has the system's reason.
  int write_too_much(const std::string& path, void (*on_limit)(int)) const {
    const pid_t child = ::fork();
    if (child == 0) {
      const rlimit limit{4096, 4096};
      const rlimit no_core{0, 0};
      ::setrlimit(RLIMIT_CORE, &no_core);
      ::setrlimit(RLIMIT_FSIZE, &limit);
      ::signal(SIGXFSZ, on_limit);
      const Status status = write(path, std::string(65536, 'n'));
      ::_exit(status.message().find("File too large") == std::string::npos ? 3 : 7);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return status;
  }

  fs::path folder_;
};

TEST_F(AtomicFile, MakesAndReplaces) {
  const mode_t mask = ::umask(027);
  const Status made = write(path("a"), "first");
  EXPECT_TRUE(made.ok()) << made.message();
  EXPECT_EQ(content(path("a")), "first");
  EXPECT_TRUE(write(path("a"), "second").ok());
  ::umask(mask);
  EXPECT_EQ(content(path("a")), "second");
  struct stat info {};
  ASSERT_EQ(::stat(path("a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0640u);
  EXPECT_EQ(info.st_nlink, 1u);
  EXPECT_EQ(entries(), 1u);
}

TEST_F(AtomicFile, WorksInTheCurrentFolder) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_);
  EXPECT_TRUE(write("plain", "text").ok());
  EXPECT_TRUE(write("plain", "again").ok());
  fs::current_path(before);
  EXPECT_EQ(content(path("plain")), "again");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(AtomicFile, ALeftoverOfAnotherProcessIsNoHindrance) {
  const std::string leftover = path(".poacl-" + std::to_string(::getpid()) + "-0");
  std::ofstream(leftover) << "other";
  ASSERT_TRUE(write(path("a"), "first").ok());
  ASSERT_TRUE(write(path("a"), "second").ok());
  EXPECT_EQ(content(path("a")), "second");
  EXPECT_EQ(content(leftover), "other");
  EXPECT_EQ(entries(), 2u);
}

TEST_F(AtomicFile, PartsOfAnySizeFollowEachOther) {
  constexpr size_t kMiB = size_t{1} << 20;
  std::vector<std::string> parts;
  for (const size_t size : {size_t{0}, size_t{5}, 2 * kMiB - 5, 4 * kMiB, kMiB, 5 * kMiB + 3,
                            size_t{1}, 2 * kMiB, size_t{0}, kMiB - 7}) {
    std::string part(size, '\0');
    for (size_t i = 0; i < size; ++i) part[i] = static_cast<char>(i * 7 + i / 4096 + parts.size());
    parts.push_back(std::move(part));
  }
  std::vector<ByteRange> ranges;
  std::string whole;
  for (const std::string& part : parts) {
    ranges.push_back({part.data(), part.size()});
    whole += part;
  }
  ASSERT_TRUE(write_file_atomically(path("a"), ranges).ok());
  EXPECT_TRUE(content(path("a")) == whole);
}

TEST_F(AtomicFile, RefusalsNameThePathAndLeaveNothing) {
  fs::create_directories(path("taken/inside"));
  for (const std::string& target : {path("taken"), path("absent/a")}) {
    const Status status = write(target, "text");
    EXPECT_NE(status.message().find(target), std::string::npos) << status.message();
  }
  EXPECT_FALSE(write("", "text").ok());
  EXPECT_EQ(entries(), 1u);
}

TEST_F(AtomicFile, BeyondTheSizeLimitIsAnError) {
  ASSERT_TRUE(write(path("a"), "old").ok());
  const int status = write_too_much(path("a"), SIG_IGN);
  ASSERT_TRUE(WIFEXITED(status)) << status;
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_EQ(content(path("a")), "old");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(AtomicFile, AKilledWriterLeavesNothing) {
  const int fd = ::open(folder_.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0) GTEST_SKIP() << folder_ << " is on a file system without O_TMPFILE";
  ::close(fd);
  ASSERT_TRUE(write(path("a"), "old").ok());
  const int status = write_too_much(path("a"), SIG_DFL);
  ASSERT_TRUE(WIFSIGNALED(status)) << status;
  EXPECT_EQ(WTERMSIG(status), SIGXFSZ);
  EXPECT_EQ(content(path("a")), "old");
  EXPECT_EQ(entries(), 1u);
}

}  // namespace
}  // namespace poacl::om
