#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/forked_child.h"
#include "base/futex.h"
#include "base/scratch_folder.h"
#include "base/usage_page.h"
#include "base/usage_reader.h"

namespace poacl {
namespace {

const ProcessUsage* find(const std::vector<ProcessUsage>& all, pid_t pid) {
  for (const ProcessUsage& each : all) {
    if (each.pid == pid) return &each;
  }
  return nullptr;
}

// A process has one page, so every test has a child process of its own.
class Usage : public testing::Test {
 protected:
  void SetUp() override { setenv("POACL_RUN_DIR", scratch_.path().c_str(), 1); }
  void TearDown() override { unsetenv("POACL_RUN_DIR"); }
  std::filesystem::path folder() const { return scratch_.path(); }

 private:
  const ScratchFolder scratch_;
};

TEST_F(Usage, WhatAProcessCountsIsSeenUntilItEnds) {
  in_child([&] {
    EXPECT_EQ(find(live_processes(), getpid()), nullptr);
    publish_usage();
    publish_usage();
    usage_page().devices[3].memory_bytes.fetch_add(4096);
    usage_page().devices[3].contexts.fetch_add(1);
    const auto all = live_processes();
    const ProcessUsage* me = find(all, getpid());
    ASSERT_NE(me, nullptr);
    EXPECT_EQ(me->user, getuid());
    EXPECT_FALSE(me->program.empty());
    EXPECT_EQ(me->devices[3].memory_bytes, 4096u);
    EXPECT_TRUE(me->devices[3].in_use);
    EXPECT_FALSE(me->devices[2].in_use);
    EXPECT_EQ(device_memory_in_use(all, 3), 4096u);
  });
  // It ended by _exit, like a crash: its page is there and recognised as old.
  EXPECT_FALSE(std::filesystem::is_empty(folder()));
  EXPECT_TRUE(live_processes().empty());
  EXPECT_TRUE(std::filesystem::is_empty(folder()));
}

TEST_F(Usage, AnOrderlyEndRemovesThePage) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    publish_usage();
    exit(std::filesystem::is_empty(folder()) ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(std::filesystem::is_empty(folder()));
}

TEST_F(Usage, AForkedChildCountsForItself) {
  in_child([] {
    publish_usage();
    usage_page().devices[0].memory_bytes.store(1000);
    usage_page().devices[0].contexts.store(1);
    const pid_t parent = getpid();
    in_child([parent] {
      EXPECT_EQ(usage_page().devices[0].memory_bytes.load(), 1000u);
      EXPECT_EQ(usage_page().devices[0].contexts.load(), 0);
      usage_page().devices[0].memory_bytes.fetch_sub(1000);
      const auto all = live_processes();
      ASSERT_NE(find(all, parent), nullptr);
      EXPECT_EQ(find(all, getpid()), nullptr);
      publish_usage();
      EXPECT_NE(find(live_processes(), getpid()), nullptr);
    });
    const auto all = live_processes();
    ASSERT_NE(find(all, parent), nullptr);
    EXPECT_EQ(find(all, parent)->devices[0].memory_bytes, 1000u);
  });
}

TEST_F(Usage, LoadIsTheShareOfTheTimeThatWasBusy) {
  in_child([] {
    publish_usage();
    const auto before = live_processes();
    const int64_t begin = monotonic_ns();
    const BusyMark mark(5, 0);
    usleep(20'000);
    const auto after = live_processes();
    const int64_t elapsed = monotonic_ns() - begin;
    EXPECT_GE(device_load(before, after, 5, elapsed), 1);
    EXPECT_EQ(device_load(before, after, 4, elapsed), 0);
    EXPECT_EQ(device_load(before, after, 5, 1), 100);
    EXPECT_EQ(device_load(before, after, 5, 0), 0);
  });
}

TEST_F(Usage, WorkThatIsOverStaysCountedAndWorkWithoutALaneIsCountedThen) {
  in_child([] {
    publish_usage();
    const auto busy = [](int device) { return find(live_processes(), getpid())->devices[device]; };
    {
      const BusyMark first(1, 7);
      const BusyMark second(2, -1);
      usleep(20'000);
      EXPECT_GT(busy(1).busy_ns, 0);
      EXPECT_EQ(busy(2).busy_ns, 0);
    }
    const int64_t counted = busy(1).busy_ns;
    EXPECT_GE(counted, 10'000'000);
    EXPECT_GE(busy(2).busy_ns, 10'000'000);
    usleep(20'000);
    EXPECT_EQ(busy(1).busy_ns, counted);
  });
}

TEST_F(Usage, FilesThatAreNoPagesAreNotBelieved) {
  const uint64_t start = process_start_time(getpid());
  ASSERT_NE(start, 0u);
  const std::string mine = std::to_string(getpid()) + "-" + std::to_string(start);
  std::ofstream(folder() / mine) << "short";
  std::ofstream(folder() / "notes.txt") << "text";
  std::ofstream(folder() / "-5-7") << "text";
  EXPECT_TRUE(live_processes().empty());
  std::ofstream(folder() / mine) << std::string(100'000, 'x');
  EXPECT_TRUE(live_processes().empty());
  std::filesystem::remove(folder() / mine);
  std::filesystem::create_symlink("/etc/passwd", folder() / mine);
  EXPECT_TRUE(live_processes().empty());
  EXPECT_TRUE(std::filesystem::exists(folder() / "notes.txt"));
}

TEST_F(Usage, AFolderThatCannotBeMadeIsNoError) {
  in_child([] {
    setenv("POACL_RUN_DIR", "/proc/no/such", 1);
    publish_usage();
    usage_page().devices[0].memory_bytes.fetch_add(5);
    EXPECT_EQ(usage_page().devices[0].memory_bytes.load(), 5u);
    EXPECT_TRUE(live_processes().empty());
  });
}

}  // namespace
}  // namespace poacl
