// The program as scripts use it.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <regex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "base/scratch_folder.h"
#include "base/usage_page.h"

namespace {

struct Shown {
  int code = -1;
  std::string text;
};

Shown npu_smi(const std::string& arguments, const std::string& environment = "") {
  const std::string command = environment + " " POACL_NPU_SMI_BINARY " " + arguments + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  Shown result;
  char piece[4096];
  while (pipe != nullptr && std::fgets(piece, sizeof(piece), pipe) != nullptr) result.text += piece;
  if (pipe != nullptr) result.code = WEXITSTATUS(pclose(pipe));
  return result;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> all;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) all.push_back(line);
  return all;
}

class NpuSmi : public testing::Test {
 protected:
  void SetUp() override {
    setenv("POACL_RUN_DIR", scratch_.path().c_str(), 1);
    setenv("POACL_DEVICES", "2", 1);
    unsetenv("POACL_SOC");
  }

 private:
  const poacl::ScratchFolder scratch_;
};

TEST_F(NpuSmi, TheTableHasStraightEdgesAndADeviceInTwoRows) {
  for (const char* soc : {"Ascend310P3", "Ascend310B4", "Ascend910B3"}) {
    const Shown shown = npu_smi("info", std::string("POACL_SOC=") + soc);
    EXPECT_EQ(shown.code, 0);
    const auto all = lines(shown.text);
    ASSERT_GT(all.size(), 10u);
    for (const std::string& line : all) EXPECT_EQ(line.size(), all[0].size()) << line;
    EXPECT_NE(shown.text.find(std::string(soc).substr(6)), std::string::npos);
    EXPECT_NE(shown.text.find("No running processes found in NPU 1"), std::string::npos);
  }
}

TEST_F(NpuSmi, MemoryAndProcessesOfLivingProcessesAreShown) {
  int ready[2];
  int done[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(done), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    poacl::publish_usage();
    poacl::usage_page().devices[1].memory_bytes.store(300u << 20);
    poacl::usage_page().devices[1].contexts.store(1);
    char c = 0;
    if (write(ready[1], &c, 1) == 1) static_cast<void>(read(done[0], &c, 1));
    _exit(0);
  }
  char c = 0;
  ASSERT_EQ(read(ready[0], &c, 1), 1);
  const Shown table = npu_smi("info", "POACL_SOC=Ascend910B4");
  const std::regex row("\\| 1       0 +\\| " + std::to_string(child) + " +\\| \\S+ +\\| 300 +\\|");
  EXPECT_TRUE(std::regex_search(table.text, row)) << table.text;
  EXPECT_NE(table.text.find("300  / 32768"), std::string::npos) << table.text;
  const Shown usages = npu_smi("info -t usages -i 1 -c 0", "POACL_SOC=Ascend910B4");
  EXPECT_NE(usages.text.find("HBM Capacity(MB)               : 32768\n"), std::string::npos)
      << usages.text;
  EXPECT_NE(usages.text.find("HBM Usage Rate(%)              : 1\n"), std::string::npos);
  const Shown processes = npu_smi("info -t proc-mem -i 1");
  EXPECT_NE(processes.text.find("Process id:" + std::to_string(child)), std::string::npos);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_EQ(npu_smi("info -t proc-mem -i 1").text.find("Process id:"), std::string::npos);
  for (const int fd : {ready[0], ready[1], done[0], done[1]}) close(fd);
}

TEST_F(NpuSmi, ListsAndMapping) {
  const Shown list = npu_smi("info -l");
  EXPECT_NE(list.text.find("Total Count                    : 2\n"), std::string::npos) << list.text;
  const Shown map = npu_smi("info -m");
  const auto all = lines(map.text);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_TRUE(std::regex_search(all[2], std::regex("^\\s*1\\s+0\\s+1\\s+Ascend 310P3\\s*$")));
}

TEST_F(NpuSmi, EveryTypeNamesItsDevice) {
  for (const char* type :
       {"board", "common", "health", "memory", "power", "proc-mem", "temp", "usages"}) {
    const Shown shown = npu_smi(std::string("info -t ") + type + " -i 1");
    EXPECT_EQ(shown.code, 0) << type;
    EXPECT_NE(shown.text.find("NPU ID                         : 1\n"), std::string::npos) << type;
    EXPECT_NE(shown.text.find("Chip ID                        : 0\n"), std::string::npos) << type;
  }
  EXPECT_NE(npu_smi("info -t health -i 0").text.find(": OK"), std::string::npos);
}

TEST_F(NpuSmi, WhatNothingMeasuresIsNotShownAsZero) {
  const Shown usages = npu_smi("info -t usages -i 0", "POACL_SOC=Ascend910B4");
  for (const char* name :
       {"Aicpu Usage Rate", "DDR Bandwidth Usage Rate", "HBM Bandwidth Usage Rate"}) {
    EXPECT_TRUE(std::regex_search(usages.text, std::regex(std::string(name) + "\\(%\\) +: NA\n")))
        << name << ":\n"
        << usages.text;
  }
  const auto watched = lines(npu_smi("info watch -i 0 -d 1 -s ib | head -n 2").text);
  ASSERT_EQ(watched.size(), 2u);
  EXPECT_TRUE(std::regex_search(watched[1], std::regex("^0 +0 +NA +NA")));
}

TEST_F(NpuSmi, WatchRepeatsUntilNobodyReads) {
  const Shown shown = npu_smi("info watch -i 0 -d 1 -s am | head -n 3");
  const auto all = lines(shown.text);
  ASSERT_EQ(all.size(), 3u) << shown.text;
  EXPECT_TRUE(std::regex_search(all[0], std::regex("AI Core\\(%\\) +Memory\\(%\\)")));
  EXPECT_TRUE(std::regex_search(all[2], std::regex("^0 +0 +\\d+ +\\d+")));
}

TEST_F(NpuSmi, WrongArgumentsAreNamed) {
  const std::pair<const char*, const char*> cases[] = {
      {"set -t power", "command 'set' is not supported"},
      {"info -x", "option '-x' is unknown"},
      {"info -i", "option '-i' needs a value"},
      {"info -t usages", "-t needs -i"},
      {"info -i 1", "-i needs -t"},
      {"info -t usages -i 2", "NPU 2 does not exist"},
      {"info -t usages -i 1x", "no whole number"},
      {"info -t usages -i 1 -c 1", "chip 1 does not exist"},
      {"info -t ecc -i 0", "'ecc' is not supported"},
      {"info watch -s z", "columns 'z' are unknown"},
      {"info watch -d 0", "0 seconds are not allowed"},
      {"info watch -l", "option '-l' is unknown"},
  };
  for (const auto& [arguments, sentence] : cases) {
    const Shown shown = npu_smi(arguments);
    EXPECT_EQ(shown.code, 1) << arguments;
    EXPECT_NE(shown.text.find(sentence), std::string::npos) << arguments << ": " << shown.text;
  }
}

TEST_F(NpuSmi, HelpAndVersion) {
  EXPECT_EQ(npu_smi("-h").code, 0);
  EXPECT_NE(npu_smi("").text.find("Usage: npu-smi"), std::string::npos);
  EXPECT_NE(npu_smi("info watch -h").text.find("u - NPU Usage"), std::string::npos);
  EXPECT_TRUE(
      std::regex_search(npu_smi("-v").text, std::regex("^npu-smi version: \\d+\\.\\d+\\.\\d+\n")));
}

}  // namespace
