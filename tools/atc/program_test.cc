// Runs the atc program itself: what users see, exit statuses, and what is left on the disk.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "frontend/onnx/test_model.h"
#include "om/om_model.h"

namespace poacl {
namespace {

namespace fs = std::filesystem;
using onnx_frontend::TestModel;
using onnx_frontend::two_relus;

constexpr const char* kSuccess = "ATC run success, welcome to the next use.";
constexpr const char* kFailure =
    "ATC run failed, Please check the detail log, Try 'atc --help' for more information";

struct Outcome {
  int status = -1;
  std::string output;  // stdout and stderr
};

class AtcProgram : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "atc_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (fs::path(folder_) / name).string(); }

  std::string write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }

  // In an address space of 8 GiB (where the sanitizers allow it) and for 60 seconds at most.
  Outcome run(const std::string& arguments, const std::string& before = "") const {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    const std::string limit;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    const std::string limit;
#else
    const std::string limit = "ulimit -v 8388608; ";
#endif
#else
    const std::string limit = "ulimit -v 8388608; ";
#endif
    const std::string command = "cd " + folder_ + " && { " + limit + before + "timeout 60 " +
                                POACL_ATC_BINARY + " " + arguments + "; } 2>&1";
    Outcome result;
    FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return result;
    std::array<char, 4096> buffer;
    while (const size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
      result.output.append(buffer.data(), got);
    }
    const int status = ::pclose(pipe);
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
    return result;
  }

  // With --framework, --soc_version and --output=out/result given.
  Outcome convert(const std::string& model, const std::string& more = "") const {
    return run("--model=" + model +
               " --framework=5 --soc_version=Ascend310P3 --output=out/result " + more);
  }

  void expect_failure(const Outcome& result, const std::string& code,
                      std::initializer_list<std::string> texts) const {
    EXPECT_EQ(result.status, 255) << result.output;
    EXPECT_EQ(result.output.rfind("ATC start working now", 0), 0u) << result.output;
    EXPECT_NE(result.output.find(kFailure), std::string::npos) << result.output;
    EXPECT_NE(result.output.find(code + ": "), std::string::npos) << result.output;
    for (const std::string& text : texts) {
      EXPECT_NE(result.output.find(text), std::string::npos) << "no \"" << text << "\" in:\n"
                                                             << result.output;
    }
    EXPECT_FALSE(fs::exists(path("out"))) << "a failed run left a folder behind";
  }

  std::string folder_;
};

TEST_F(AtcProgram, Help) {
  for (const char* word : {"--help", "-h", "--h"}) {
    const Outcome result = run(word);
    EXPECT_EQ(result.status, 0);
    EXPECT_NE(result.output.find("usage: atc"), std::string::npos);
    EXPECT_NE(result.output.find("--input_shape"), std::string::npos);
  }
}

TEST_F(AtcProgram, ConvertsAndMakesFolders) {
  const Outcome result = convert(write("m.onnx", two_relus().bytes()), "--output=a/b/result");
  ASSERT_EQ(result.status, 0) << result.output;
  EXPECT_EQ(result.output.rfind("ATC start working now, please wait for a moment.\n", 0), 0u);
  EXPECT_NE(result.output.find(kSuccess), std::string::npos);
  const Result<OmModel> om = read_om_file(path("a/b/result.om"));
  ASSERT_TRUE(om.ok()) << om.status().message();
  EXPECT_EQ(om->info.soc_version, "Ascend310P3");
  EXPECT_EQ(om->info.framework, 5);
  EXPECT_EQ(om->graph.output_names, std::vector<std::string>{"second:0:prob"});
  EXPECT_NE(om->info.atc_cmdline.find("--framework=5"), std::string::npos);
  size_t files = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(path("a/b"))) ++files;
  EXPECT_EQ(files, 1u);
}

TEST_F(AtcProgram, OutputTypeAndOutNodes) {
  const Outcome result = convert(write("m.onnx", two_relus().bytes()),
                                 "--out_nodes=first:0 --output_type=first:0:FP16");
  ASSERT_EQ(result.status, 0) << result.output;
  const Result<OmModel> om = read_om_file(path("out/result.om"));
  ASSERT_TRUE(om.ok()) << om.status().message();
  EXPECT_EQ(om->graph.output_names, std::vector<std::string>{"first:0:mid"});
  EXPECT_EQ(om->graph.value(om->graph.outputs[0]).dtype, DataType::kFloat16);
}

TEST_F(AtcProgram, ShowsModelInfo) {
  ASSERT_EQ(convert(write("m.onnx", two_relus().bytes())).status, 0);
  const Outcome result = run("--mode=6 --om=out/result.om");
  EXPECT_EQ(result.status, 0) << result.output;
  EXPECT_NE(result.output.find("Display Model Info start"), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("soc_version[Ascend310P3]"), std::string::npos) << result.output;
  const Outcome damaged = run("--mode=6 --om=m.onnx");
  EXPECT_EQ(damaged.status, 255);
  EXPECT_NE(damaged.output.find("E10041: "), std::string::npos) << damaged.output;
}

TEST_F(AtcProgram, MissingFileDirectoryAndEmptyFile) {
  expect_failure(convert("none.onnx"), "E13026", {"none.onnx"});
  expect_failure(convert(folder_), "E13006", {folder_, "a directory"});
  expect_failure(convert(write("empty.onnx", "")), "E13015", {"empty.onnx", "0 bytes"});
}

TEST_F(AtcProgram, RandomBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 5; ++round) {
    std::string bytes(4096, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    expect_failure(convert(write("random.onnx", bytes)), "E13005", {"random.onnx"});
  }
}

TEST_F(AtcProgram, TruncatedModel) {
  const std::string whole = two_relus().bytes();
  const Outcome result = convert(write("cut.onnx", whole.substr(0, whole.size() / 2)));
  expect_failure(result, "E13005", {"cut.onnx"});
}

TEST_F(AtcProgram, UnknownOperatorsAllAtOnce) {
  TestModel test;
  test.input("data", {2});
  test.node("Frobnicate", {"data"}, {"a"}, "frob_node");
  test.node("Quux", {"a"}, {"b"}, "quux_node");
  test.output("b");
  expect_failure(convert(write("odd.onnx", test.bytes())), "E16002",
                 {"frob_node", "Frobnicate", "quux_node", "Quux", "opset 13"});
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// A model with one fine node and two that cannot be converted, of which one is nameless.
std::string faulty_model() {
  TestModel test;
  test.input("data", {2});
  test.node("Relu", {"data"}, {"a"}, "fine");
  test.node("Frobnicate", {"a"}, {"b"}, "frob_node");
  test.node("Relu", {"b", "a"}, {"c"});
  test.output("c");
  return test.bytes();
}

TEST_F(AtcProgram, FailedConversionLeavesTheCheckReport) {
  Outcome result = convert(write("odd.onnx", faulty_model()));
  expect_failure(result, "E16002", {"2 nodes", "check_result.json"});
  const auto json = nlohmann::json::parse(text_of(path("check_result.json")));
  EXPECT_EQ(json["name"], "tiny");
  EXPECT_EQ(json["result"], "failed");
  EXPECT_EQ(json["total"], 3);
  EXPECT_EQ(json["pass"], 1);
  EXPECT_EQ(json["fail"], 2);
  ASSERT_EQ(json["op"].size(), 3u);
  EXPECT_EQ(json["op"][0]["name"], "fine");
  EXPECT_EQ(json["op"][0]["result"], "success");
  EXPECT_TRUE(json["op"][0]["cause"].empty());
  EXPECT_EQ(json["op"][1]["type"], "Frobnicate");
  EXPECT_EQ(json["op"][1]["opset"], 13);
  EXPECT_EQ(json["op"][1]["cause"][0]["code"], "E16002");
  EXPECT_FALSE(json["op"][1]["cause"][0]["solution"].empty());
  EXPECT_EQ(json["op"][2]["name"], "Relu_2");
  EXPECT_EQ(json["op"][2]["cause"][0]["message"], "it takes 1 input, but 2 are given");

  result =
      run("--model=odd.onnx --framework=5 --mode=3", "export ASCEND_WORK_PATH=$PWD/w; mkdir w; ");
  EXPECT_EQ(result.status, 255) << result.output;
  EXPECT_NE(result.output.find("E16002: "), std::string::npos) << result.output;
  EXPECT_TRUE(fs::exists(path("w/check_result.json"))) << result.output;
}

TEST_F(AtcProgram, CheckAloneMakesNoModel) {
  write("m.onnx", two_relus().bytes());
  Outcome result = run("--model=m.onnx --framework=5 --mode=3 --check_report=report.json");
  EXPECT_EQ(result.status, 0) << result.output;
  EXPECT_NE(result.output.find(kSuccess), std::string::npos) << result.output;
  const auto json = nlohmann::json::parse(text_of(path("report.json")));
  EXPECT_EQ(json["result"], "success");
  EXPECT_EQ(json["total"], 2);
  EXPECT_EQ(json["fail"], 0);
  EXPECT_FALSE(fs::exists(path("check_result.json")));

  // An error that is no node's: an open shape.
  TestModel open;
  open.input("data", {-1});
  open.node("Relu", {"data"}, {"out"}, "relu");
  open.output("out");
  write("open.onnx", open.bytes());
  result = run("--model=open.onnx --framework=5 --mode=3 --check_report=report.json");
  EXPECT_EQ(result.status, 255) << result.output;
  const auto failed = nlohmann::json::parse(text_of(path("report.json")));
  EXPECT_EQ(failed["result"], "failed");
  EXPECT_EQ(failed["fail"], 0);
  EXPECT_EQ(failed["cause"][0]["code"], "E10001");
}

TEST_F(AtcProgram, CheckReportThatCannotBeWritten) {
  write("m.onnx", two_relus().bytes());
  Outcome result = run("--model=m.onnx --framework=5 --mode=3 --check_report=none/report.json");
  expect_failure(result, "E13004", {"none/report.json"});
  const std::string before = text_of(path("m.onnx"));
  result = run("--model=m.onnx --framework=5 --mode=3 --check_report=m.onnx");
  expect_failure(result, "E10001", {"m.onnx"});
  EXPECT_EQ(text_of(path("m.onnx")), before);
}

TEST_F(AtcProgram, WrongInputNameListsTheRealInputs) {
  const Outcome result =
      convert(write("m.onnx", two_relus().bytes()), "--input_shape=\"dta:1,3,4,4\"");
  expect_failure(result, "E10016",
                 {"\"dta\"", "Did you mean \"data\"?", "data float32 [1,3,4,4]",
                  "Try: atc --model=", "--input_shape=data:1,3,4,4"});
}

TEST_F(AtcProgram, UnwritableOutput) {
  const std::string model = write("m.onnx", two_relus().bytes());
  expect_failure(convert(model, "--output=m.onnx/result"), "E13004", {"m.onnx", "Not a directory"});
  expect_failure(convert(model, "--output=/proc/atc_result"), "E13004", {"/proc"});
  expect_failure(convert(model, "--output=/proc/new/atc_result"), "E13004", {"/proc/new"});
  fs::create_directories(path("taken.om"));
  expect_failure(convert(model, "--output=taken"), "E13004", {"taken.om"});
}

TEST_F(AtcProgram, BeyondTheFileSizeLimit) {
  write("m.onnx", two_relus().bytes());
  const Outcome result =
      run("--model=m.onnx --framework=5 --soc_version=Ascend310P3 --output=out/result",
          "ulimit -f 0; ");
  expect_failure(result, "E13004", {"File too large", "out/result.om"});
}

TEST_F(AtcProgram, RefusesToOverwriteTheModel) {
  const std::string bytes = two_relus().bytes();
  write("m.om", bytes);
  const Outcome result = convert("m.om", "--output=./m");
  expect_failure(result, "E10001", {"m.om itself", "Try: atc --model=m.om", "--output=./m_conv"});
  std::ifstream file(path("m.om"), std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), bytes);
}

TEST_F(AtcProgram, UnknownOutNodesOfferTheRealOnes) {
  const std::string model = write("m.onnx", two_relus().bytes());
  expect_failure(convert(model, "--out_nodes=foo:0"), "E10016",
                 {"\"foo:0\"", "Try: atc --model=", " --out_nodes=second:0\n"});
  expect_failure(convert(model, "--out_nodes=\"firts:0;second:0\""), "E10016",
                 {"\"firts:0\"", "Try: atc --model=", " --out_nodes=\"first:0;second:0\"\n"});
  TestModel open;
  open.input("data", {-1, 3, 4, 4});
  open.node("Relu", {"data"}, {"prob"}, "only");
  open.output("prob");
  expect_failure(convert(write("open.onnx", open.bytes()), "--out_nodes=foo:0"), "E10016",
                 {"\"foo:0\"", " --out_nodes=only:0\n"});
  const Outcome repaired = convert(model, "--out_nodes=second:0");
  EXPECT_EQ(repaired.status, 0) << repaired.output;
}

TEST_F(AtcProgram, UnsupportedModeSaysWhichThereAre) {
  expect_failure(run("--mode=7 --om=m.om --json=m.json"), "E10055",
                 {"--mode=7", "modes 0 (convert), 1 and 5", "Solution: Use --mode=0"});
}

TEST_F(AtcProgram, FailureKeepsAnOlderResult) {
  const std::string model = write("m.onnx", two_relus().bytes());
  ASSERT_EQ(convert(model, "--output=result").status, 0);
  const auto size = fs::file_size(path("result.om"));
  EXPECT_EQ(convert(write("bad.onnx", "nonsense"), "--output=result").status, 255);
  EXPECT_EQ(fs::file_size(path("result.om")), size);
}

TEST_F(AtcProgram, CommandLineMistakes) {
  for (const char* words : {"--modle=m.onnx", "--output= name", "stray", "--model"}) {
    const Outcome result = run(words);
    EXPECT_EQ(result.status, 255);
    EXPECT_NE(result.output.find("ERROR: "), std::string::npos) << result.output;
    EXPECT_NE(result.output.find(kFailure), std::string::npos) << result.output;
  }
  EXPECT_NE(run("--modle=m.onnx").output.find("Did you mean \"--model\"?"), std::string::npos);
  EXPECT_NE(run("").output.find("E10007: "), std::string::npos);
}

TEST_F(AtcProgram, WarningsComeAfterSuccess) {
  const Outcome result = convert(write("m.onnx", two_relus().bytes()), "--auto_tune_mode=RL,GA");
  EXPECT_EQ(result.status, 0);
  const size_t success = result.output.find(kSuccess);
  EXPECT_NE(result.output.find("WARNING: --auto_tune_mode", success), std::string::npos)
      << result.output;
}

TEST_F(AtcProgram, HostileFiles) {
  const fs::path corpora = fs::path(POACL_SHARED_DATA) / "fuzz";
  if (!fs::exists(corpora)) GTEST_SKIP() << corpora << " is not here";
  for (const char* kind : {"onnx", "protobuf"}) {
    for (const auto& file : fs::directory_iterator(corpora / kind)) {
      const Outcome result = convert("\"" + file.path().string() + "\"");
      if (result.status == 0) {
        EXPECT_TRUE(fs::exists(path("out/result.om"))) << file.path();
        fs::remove_all(path("out"));
        continue;
      }
      EXPECT_EQ(result.status, 255) << file.path() << "\n" << result.output;
      EXPECT_NE(result.output.find("\nE1"), std::string::npos) << file.path() << "\n"
                                                               << result.output;
      EXPECT_FALSE(fs::exists(path("out"))) << file.path();
    }
  }
}

}  // namespace
}  // namespace poacl
