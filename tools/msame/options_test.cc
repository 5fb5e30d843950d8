#include "options.h"

#include <gtest/gtest.h>

namespace msame {
namespace {

ParsedOptions parse(std::vector<const char*> words) {
  words.insert(words.begin(), "msame");
  return parse_options(static_cast<int>(words.size()), words.data());
}

std::string error_of(const std::vector<const char*>& words) {
  const ParsedOptions parsed = parse(words);
  EXPECT_FALSE(parsed.options);
  EXPECT_EQ(parsed.exit_code, 1);
  EXPECT_EQ(parsed.message.rfind("[ERROR] ", 0), 0u) << parsed.message;
  return parsed.message;
}

TEST(MsameOptions, TheFormsOfThePublicTool) {
  const auto parsed = parse({"--model", "a/net.om", "--input=x.bin,y.bin", "--output", "out",
                             "--outfmt", "TXT", "--loop", "100", "--device", "1", "--debug=true",
                             "--dymHW", "300,500", "--outputSize", "10,20"});
  ASSERT_TRUE(parsed.options) << parsed.message;
  EXPECT_EQ(parsed.options->inputs, (std::vector<std::string>{"x.bin", "y.bin"}));
  EXPECT_EQ(parsed.options->devices, std::vector<int32_t>{1});
  EXPECT_EQ(parsed.options->output_sizes, (std::vector<size_t>{10, 20}));
  EXPECT_EQ(parsed.options->image_size, "300,500");
  EXPECT_TRUE(parsed.options->text && parsed.options->debug);
  EXPECT_FALSE(parsed.options->batch || parsed.options->measures());
}

TEST(MsameOptions, DefaultsAreOneRunOnDeviceZeroWithZeros) {
  const auto parsed = parse({"--model=net.om"});
  ASSERT_TRUE(parsed.options);
  EXPECT_EQ(parsed.options->loop, 1);
  EXPECT_EQ(parsed.options->devices, std::vector<int32_t>{0});
  EXPECT_TRUE(parsed.options->inputs.empty());
  EXPECT_FALSE(parsed.options->text);
}

TEST(MsameOptions, WrongLinesAreRefusedWithTheReason) {
  EXPECT_NE(error_of({}).find("--model"), std::string::npos);
  EXPECT_NE(error_of({"--model=a", "--loop=0"}).find("--loop"), std::string::npos);
  EXPECT_NE(error_of({"--model=a", "--outfmt=XML"}).find("BIN"), std::string::npos);
  EXPECT_NE(error_of({"--model=a", "--devices=0,x"}).find("\"x\""), std::string::npos);
  EXPECT_NE(error_of({"--model=a", "--devices=1,1"}).find("twice"), std::string::npos);
  EXPECT_NE(error_of({"--model=a", "--device=256"}).find("256"), std::string::npos);
  EXPECT_NE(error_of({"--model=a", "--dymBatch=1", "--dymHW=1,1"}).find("exclude"),
            std::string::npos);
  EXPECT_NE(error_of({"--model=a", "--dump=true", "--profiler=true", "--output=o"}).find("exclud"),
            std::string::npos);
  EXPECT_NE(error_of({"--model=a", "--dump=true"}).find("--output"), std::string::npos);
  EXPECT_NE(error_of({"--model=a", "--outputSize=1,-2"}).find("-2"), std::string::npos);
  EXPECT_NE(error_of({"--model=a", "--speed=1"}).find("--speed"), std::string::npos);
}

TEST(MsameOptions, HelpIsNoError) {
  const auto parsed = parse({"--help"});
  EXPECT_FALSE(parsed.options);
  EXPECT_EQ(parsed.exit_code, 0);
  EXPECT_NE(parsed.message.find("--dymDims"), std::string::npos);
}

}  // namespace
}  // namespace msame
