#include "atc/options.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace poacl::atc {
namespace {

Result<CommandLine> parse(std::vector<std::string> words) {
  return parse_command_line(words);
}

// The sentence of a command line that must be refused.
std::string refusal(std::vector<std::string> words) {
  const Result<CommandLine> line = parse_command_line(words);
  return line.ok() ? "accepted" : std::string(line.status().message());
}

TEST(CommandLine, AllSpellings) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--soc_version=Ascend310"},
                                                {"--soc_version", "Ascend310"},
                                                {"-soc_version=Ascend310"},
                                                {"--soc-version=Ascend310"},
                                                {"-soc-version", "Ascend310"}}) {
    const Result<CommandLine> line = parse(words);
    ASSERT_TRUE(line.ok()) << words[0];
    EXPECT_EQ(line->get("soc_version"), "Ascend310") << words[0];
  }
}

TEST(CommandLine, ValueKeepsEverythingAfterTheFirstEquals) {
  EXPECT_EQ(parse({"--input_shape=a=b:1,-1; c:2"})->get("input_shape"), "a=b:1,-1; c:2");
}

TEST(CommandLine, ValueMayBeginWithADash) {
  EXPECT_EQ(parse({"--framework", "-1"})->get("framework"), "-1");
}

TEST(CommandLine, LastRepeatWins) {
  const Result<CommandLine> line = parse({"--log=error", "--model=m", "--log=debug"});
  EXPECT_EQ(line->get("log"), "debug");
  EXPECT_EQ(line->order, (std::vector<std::string>{"log", "model"}));
}

TEST(CommandLine, StrayWord) {
  EXPECT_NE(refusal({"--output=", "name"}).find("\"name\" is not an option"), std::string::npos);
  EXPECT_NE(refusal({"--output=", "name"}).find("blank too many after \"--output=\""),
            std::string::npos);
  EXPECT_NE(refusal({"model.onnx"}).find("\"model.onnx\""), std::string::npos);
}

TEST(CommandLine, UnknownOption) {
  EXPECT_NE(refusal({"--input_shap=a:1"}).find("\"--input_shap\". Did you mean \"--input_shape\""),
            std::string::npos);
  EXPECT_NE(refusal({"--zzzzzz=1"}).find("\"--zzzzzz\""), std::string::npos);
  EXPECT_EQ(refusal({"--zzzzzz=1"}).find("mean"), std::string::npos);
  EXPECT_NE(refusal({"--", "x"}).find("no option name"), std::string::npos);
}

TEST(CommandLine, MissingValue) {
  EXPECT_NE(refusal({"--model"}).find("\"--model\" has no value"), std::string::npos);
  EXPECT_NE(refusal({"--model", "--framework=5"}).find("\"--model\" has no value"),
            std::string::npos);
}

TEST(CommandLine, Help) {
  for (const char* word : {"--help", "--h", "-h", "-help"}) EXPECT_TRUE(parse({word})->help);
  EXPECT_FALSE(parse({"--help=false"})->help);
  EXPECT_TRUE(parse({"--raw_ge_options_ignore_unsupported"}).ok());
}

TEST(CheckValue, CodesAndNames) {
  const auto code = [](std::string_view option, const std::string& value) {
    return std::string(check_value(*find_option(option), value).tag());
  };
  EXPECT_EQ(code("framework", "five"), "E10003");
  EXPECT_EQ(code("framework", "7"), "E10007");
  EXPECT_EQ(code("framework", "5"), "");
  EXPECT_EQ(code("log", "verbose"), "E10010");
  EXPECT_EQ(code("status_check", "2"), "E10006");
  EXPECT_EQ(code("save_original_model", "maybe"), "E10005");
  EXPECT_EQ(code("op_select_implmode", "high_precison"), "E10001");
  EXPECT_EQ(code("raw_ge_options_ignore_unsupported", "perhaps"), "E10003");
  EXPECT_EQ(code("device_id", "99999999999"), "E10003");
  const Status typo = check_value(*find_option("precision_mode"), "force_fp61");
  EXPECT_NE(typo.message().find("\"force_fp61\""), std::string::npos);
  EXPECT_NE(typo.message().find("Try: --precision_mode=force_fp16"), std::string::npos);
}

TEST(CorrectedCommand, ReplacesOrAdds) {
  const Result<CommandLine> line = parse({"--model=a b.onnx", "--input_shape=x:1"});
  EXPECT_EQ(corrected_command(*line, "input_shape", "y:1;z:2"),
            "atc --model=\"a b.onnx\" --input_shape=\"y:1;z:2\"");
  EXPECT_EQ(corrected_command(*line, "framework", "5"),
            "atc --model=\"a b.onnx\" --input_shape=x:1 --framework=5");
}

TEST(OptionTable, HelpShowsWhatThereIs) {
  const std::string text = usage_text();
  EXPECT_NE(text.find("  --help, -h "), std::string::npos);
  EXPECT_EQ(text.find("--h "), std::string::npos);
  for (const char* present : {"1: write an .om as JSON", "  --json ", "  --dump_mode "}) {
    EXPECT_NE(text.find(present), std::string::npos) << present;
  }
  EXPECT_NE(text.find("are not supported yet\n", text.find("--framework ")), std::string::npos);
}

TEST(OptionTable, EveryOptionIsFoundOnce) {
  for (const OptionSpec& spec : option_table()) {
    EXPECT_EQ(find_option(spec.name), &spec) << spec.name;
    if (!spec.allowed.empty()) EXPECT_FALSE(spec.code.empty()) << spec.name;
    EXPECT_NE(usage_text().find(spec.name), std::string::npos) << spec.name;
  }
}

}  // namespace
}  // namespace poacl::atc
