#include "atc/settings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "atc/output_path.h"
#include "atc/report.h"
#include "base/scratch_folder.h"

namespace poacl::atc {
namespace {

class SettingsTest : public testing::Test {
 protected:
  const ScratchFolder folder_;

  void SetUp() override {
    model_ = folder_.file("settings_test.onnx");
    std::ofstream(model_) << "x";
  }

  // A good command with these options added or replaced.
  Result<Settings> check(const std::vector<std::string>& extra) {
    std::vector<std::string> words = {"--model=" + model_, "--framework=5", "--output=out/model",
                                      "--soc_version=Ascend310P3"};
    words.insert(words.end(), extra.begin(), extra.end());
    Result<CommandLine> line = parse_command_line(words);
    if (!line.ok()) return line.status();
    line_ = *line;
    return check_options(line_);
  }

  void expect_error(const std::vector<std::string>& extra, const std::string& code,
                    const std::string& named) {
    const Result<Settings> settings = check(extra);
    ASSERT_FALSE(settings.ok()) << extra[0];
    EXPECT_EQ(settings.status().tag(), code) << extra[0] << ": " << settings.status().message();
    EXPECT_NE(settings.status().message().find(named), std::string::npos)
        << settings.status().message();
  }

  std::string model_;
  CommandLine line_;
};

TEST_F(SettingsTest, Good) {
  const Result<Settings> settings =
      check({"--input_shape=a:1,3", "--out_nodes=n:0; m:1;", "--output_type=FP16", "--log=info",
             "--input_format=ND", "--precision_mode=allow_fp32_to_fp16"});
  ASSERT_TRUE(settings.ok()) << settings.status().message();
  EXPECT_EQ(settings->output, "out/model.om");
  EXPECT_EQ(settings->out_nodes, (std::vector<std::string>{"n:0", "m:1"}));
  EXPECT_EQ(settings->log_level, LogLevel::kInfo);
  EXPECT_EQ(settings->input_format, "ND");
  EXPECT_TRUE(settings->warnings.empty());
}

TEST_F(SettingsTest, RequiredOptions) {
  expect_error({"--framework="}, "E10007", "--framework");
  expect_error({"--framework=2"}, "E10007", "\"2\"");
  expect_error({"--framework=0"}, "E10008", "--weight");
  expect_error({"--framework=3"}, "E10055", "TensorFlow");
  expect_error({"--soc_version="}, "E10054", "--soc_version");
  expect_error({"--output="}, "E10054", "--output");
  expect_error({"--model="}, "E10054", "--model");
  expect_error({"--soc_version=Intel"}, "E10001", "\"Intel\"");
}

TEST_F(SettingsTest, Paths) {
  expect_error({"--model=/nowhere/m.onnx"}, "E13026", "/nowhere/m.onnx");
  expect_error({"--model=/"}, "E13006", "a directory");
  expect_error({"--output=out/"}, "E10022", "out/");
  expect_error({"--output=" + std::string(5000, 'a')}, "E10021", "5000");
}

TEST_F(SettingsTest, ValuesOutsideTheirLists) {
  expect_error({"--log=loud"}, "E10010", "\"loud\"");
  expect_error({"--input_format=NHWC"}, "E10001", "\"NHWC\"");
  expect_error({"--precision_mode=fp8"}, "E10001", "\"fp8\"");
  expect_error({"--precision_mode=force_fp16", "--precision_mode_v2=fp16"}, "E10056",
               "--precision_mode_v2=fp16");
  expect_error({"--deterministic=1", "--deterministic_level=0"}, "E10001", "--deterministic=1");
  expect_error({"--modify_mixlist=l.json"}, "E10001", "--modify_mixlist");
  expect_error({"--keep_dtype=/nowhere"}, "E10410", "/nowhere");
  expect_error({"--op_precision_mode=/nowhere"}, "E13001", "/nowhere");
  expect_error({"--jit_compile=9"}, "E10001", "\"9\"");
}

TEST_F(SettingsTest, NotSupportedYetIsSaid) {
  expect_error({"--insert_op_conf=aipp.cfg"}, "E10055", "--insert_op_conf");
  expect_error({"--input_fp16_nodes=a"}, "E10055", "--input_fp16_nodes");
  expect_error({"--singleop=op.json"}, "E10055", "--singleop");
  expect_error({"--dynamic_batch_size=1,2"}, "E10004", "--input_shape");
  expect_error({"--dynamic_batch_size=1,2", "--input_shape=a:-1,3"}, "E10055",
               "--dynamic_batch_size");
  expect_error({"--dynamic_batch_size=1,2", "--dynamic_dims=1;2"}, "E10009", "--dynamic_dims");
  expect_error(
      {"--dynamic_batch_size=1,2", "--input_shape=a:-1,3"}, "E10055",
      "asks for several batch sizes in one model, which PoACL does not support yet; convert "
      "once for each shape with --input_shape");
  expect_error({"--input_shape=a:-1,3"}, "E10001", "does not yet");
}

TEST_F(SettingsTest, EveryUnsupportedOptionHasAWayOut) {
  const std::vector<std::pair<std::string, std::string>> ways = {
      {"--framework=3", "Export the model from TensorFlow to ONNX"},
      {"--framework=1", "Export the model from MindSpore to ONNX"},
      {"--singleop=op.json", "ONNX model of its own"},
      {"--insert_op_conf=aipp.cfg", "the program that feeds the model"},
      {"--input_shape_range=a:[1~2]", "convert once for each shape"},
      {"--external_weight=1", "part of the .om"},
  };
  for (const auto& [option, way] : ways) {
    const Result<Settings> settings = check({option});
    ASSERT_FALSE(settings.ok()) << option;
    const std::string text = failure_text(settings.status(), line_);
    EXPECT_EQ(text.rfind("E10055: ", 0), 0u) << text;
    const size_t solution = text.find("        Solution: ");
    ASSERT_NE(solution, std::string::npos) << text;
    EXPECT_NE(text.find(way, solution), std::string::npos) << text;
    EXPECT_EQ(text.find("Solution: ", solution + 18), std::string::npos) << text;
    EXPECT_EQ(text.find("docs/"), std::string::npos) << text;
  }
  for (const OptionSpec& spec : option_table()) {
    EXPECT_EQ(spec.use == OptionUse::kLater, !spec.way_out.empty()) << spec.name;
  }
}

TEST_F(SettingsTest, SwitchesThatAreOffAreAccepted) {
  for (const char* option :
       {"--is_input_adjust_hw_layout=false", "--is_input_adjust_hw_layout=0",
        "--is_input_adjust_hw_layout=false,false", "--is_output_adjust_hw_layout=false",
        "--is_output_adjust_hw_layout=0", "--external_weight=0"}) {
    const Result<Settings> settings = check({option});
    EXPECT_TRUE(settings.ok()) << option << ": " << settings.status().message();
  }
  expect_error({"--is_input_adjust_hw_layout=true"}, "E10055", "--is_input_adjust_hw_layout");
  expect_error({"--is_input_adjust_hw_layout=false,true"}, "E10055", "--is_input_adjust_hw_layout");
  expect_error({"--is_output_adjust_hw_layout=true"}, "E10055", "--is_output_adjust_hw_layout");
  expect_error({"--is_output_adjust_hw_layout=no"}, "E10005", "\"no\"");
  expect_error({"--is_input_adjust_hw_layout=false,"}, "E10005", "\"false,\"");
}

TEST_F(SettingsTest, TheModelIsNotOverwritten) {
  const std::string base = folder_.file("same");
  std::ofstream(base + ".om") << "x";
  ASSERT_EQ(::link((base + ".om").c_str(), (base + "_link.om").c_str()), 0);
  expect_error({"--model=" + base + ".om", "--output=" + base}, "E10001", base + ".om itself");
  expect_error({"--model=" + base + ".om", "--output=" + base + "_link"}, "E10001",
               "--output=" + base + "_link_converted");
  EXPECT_TRUE(check({"--model=" + base + ".om", "--output=" + base + "_new"}).ok());
  EXPECT_EQ(check_model_path("").tag(), "E13000");
}

TEST_F(SettingsTest, AcceptedWithoutEffect) {
  const Result<Settings> settings =
      check({"--enable_small_channel=1", "--buffer_optimize=off_optimize", "--jit_compile=2",
             "--auto_tune_mode=RL,GA", "--weight=w.bin", "--op_select_implmode=high_precision"});
  ASSERT_TRUE(settings.ok()) << settings.status().message();
  EXPECT_EQ(settings->warnings.size(), 3u);
}

TEST_F(SettingsTest, FailureTextOffersTheCommand) {
  const Result<Settings> settings = check({"--soc_version=ascend310"});
  ASSERT_FALSE(settings.ok());
  const std::string text = failure_text(settings.status(), line_);
  EXPECT_EQ(text.rfind("E10001: ", 0), 0u);
  EXPECT_NE(text.find("Possible Cause: "), std::string::npos);
  EXPECT_NE(text.find("Solution: "), std::string::npos);
  EXPECT_NE(text.find("Try: atc --model="), std::string::npos);
  EXPECT_NE(text.find(" --soc_version=Ascend310P3\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace poacl::atc
