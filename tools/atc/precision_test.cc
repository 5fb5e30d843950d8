#include "atc/precision.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "base/scratch_folder.h"

namespace poacl::atc {
namespace {

class PrecisionTest : public testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text) {
    const std::string path = folder_.file(name);
    std::ofstream(path) << text;
    return path;
  }

  static Result<PrecisionRules> rules(const std::vector<std::string>& words) {
    const Result<CommandLine> line = parse_command_line(words);
    if (!line.ok()) return line.status();
    POACL_ASSIGN_OR_RETURN(PrecisionRules rules, precision_rules(*line));
    POACL_RETURN_IF_ERROR(read_keep_dtype(*line, &rules));
    return rules;
  }

  const ScratchFolder folder_;
};

TEST_F(PrecisionTest, MixedModesComputeInBfloat16) {
  for (const std::string mode :
       {"--precision_mode=allow_mix_precision", "--precision_mode=allow_mix_precision_fp16",
        "--precision_mode=allow_mix_precision_bf16", "--precision_mode_v2=mixed_float16",
        "--precision_mode_v2=mixed_bfloat16"}) {
    const auto result = rules({mode});
    ASSERT_TRUE(result.ok()) << result.status().message();
    EXPECT_TRUE(result->bf16) << mode;
  }
  for (const std::string mode :
       {"--precision_mode=force_fp16", "--precision_mode=force_fp32",
        "--precision_mode=allow_fp32_to_fp16", "--precision_mode=must_keep_origin_dtype",
        "--precision_mode_v2=fp16", "--precision_mode_v2=origin", "--soc_version=Ascend310P3"}) {
    const auto result = rules({mode});
    ASSERT_TRUE(result.ok()) << result.status().message();
    EXPECT_FALSE(result->bf16) << mode;
  }
}

TEST_F(PrecisionTest, FilesNameWhatStaysFloat) {
  const auto result = rules(
      {"--precision_mode_v2=mixed_bfloat16",
       "--keep_dtype=" + file("keep", "conv1\n  OpType::Conv2D \n\n/model/fc\n"),
       "--modify_mixlist=" + file("mix.json",
                                  R"({"black-list": {"to-add": ["MatMul"], "to-remove": ["Add"]},
                                      "white-list": {"to-add": ["Relu"]}})"),
       "--op_precision_mode=" + file("op.ini",
                                     "[ByOpType]\nBatchMatMulV2=high_precision\n"
                                     "Gelu = high_performance\n[ByNodeName]\nhead = "
                                     "high_precision\n")});
  ASSERT_TRUE(result.ok()) << result.status().message();
  EXPECT_EQ(result->float_nodes, (std::vector<std::string>{"head", "conv1", "/model/fc"}));
  EXPECT_EQ(result->float_types, (std::vector<std::string>{"BatchMatMulV2", "MatMul", "Conv2D"}));
}

TEST_F(PrecisionTest, WrongFilesAreRefusedByName) {
  const auto expect = [](const std::vector<std::string>& words, const std::string& code,
                         const std::string& named) {
    const auto result = rules(words);
    ASSERT_FALSE(result.ok()) << named;
    EXPECT_EQ(result.status().tag(), code) << result.status().message();
    EXPECT_NE(result.status().message().find(named), std::string::npos)
        << result.status().message();
  };
  const std::string mixed = "--precision_mode_v2=mixed_bfloat16";
  expect({mixed, "--keep_dtype=/nowhere"}, "E10410", "/nowhere");
  expect({mixed, "--modify_mixlist=/nowhere"}, "E13001", "/nowhere");
  expect({mixed, "--op_precision_mode=/nowhere"}, "E13001", "/nowhere");
  expect({mixed, "--modify_mixlist=" + file("a.json", "[1]")}, "E10032", "a.json");
  expect({mixed, "--modify_mixlist=" + file("b.json", R"({"black-list": 3})")}, "E10032",
         "black-list");
  expect({"--modify_mixlist=" + file("c.json", "{}")}, "E10001", "mixed precision");
  expect({mixed, "--precision_mode=force_fp32"}, "E10056", "exclude each other");
  expect({"--precision_mode_v2=mixed_bf16"}, "E10001", "mixed_bf16");
}

TEST_F(PrecisionTest, TextCountsAndNames) {
  PrecisionReport report;
  report.candidates = 12;
  report.measured = true;
  report.worst_error = 0.0021;
  for (int i = 0; i < 10; ++i) report.kept.push_back({"n" + std::to_string(i), "Conv2D", "why"});
  const std::string text = precision_text(report);
  EXPECT_NE(text.find("2 of 12"), std::string::npos) << text;
  EXPECT_NE(text.find("0.0021"), std::string::npos) << text;
  EXPECT_NE(text.find("n7 (Conv2D) stays float32: why."), std::string::npos) << text;
  EXPECT_EQ(text.find("n8"), std::string::npos) << text;
  EXPECT_NE(text.find("and 2 more"), std::string::npos) << text;
}

}  // namespace
}  // namespace poacl::atc
