#include "model/dump/dump_settings.h"

#include <gtest/gtest.h>

namespace poacl::model {
namespace {

std::shared_ptr<const DumpSettings> parse(const std::string& section) {
  return parse_dump_settings(section, std::make_shared<std::atomic<bool>>(true));
}

TEST(DumpSettings, DefaultsAreOutputsAsTensors) {
  const auto settings = parse(R"({"dump_path": "/tmp", "dump_list": [{}]})");
  ASSERT_NE(settings, nullptr);
  EXPECT_FALSE(settings->inputs);
  EXPECT_TRUE(settings->outputs);
  EXPECT_FALSE(settings->statistics);
  EXPECT_EQ(settings->folder.substr(0, 5), "/tmp/");
  EXPECT_EQ(settings->folder.size(), 5u + 14);
}

TEST(DumpSettings, WithoutAListNoModelIsDumped) {
  EXPECT_EQ(parse(R"({"dump_path": "/tmp"})"), nullptr);
  EXPECT_EQ(parse(R"({"dump_path": "/tmp", "dump_list": []})"), nullptr);
  EXPECT_EQ(parse("{}"), nullptr);
  EXPECT_EQ(parse(R"({"dump_scene": "lite_exception", "dump_list": [{}]})"), nullptr);
}

TEST(DumpSettings, ModelsGoByTheirNameOrTheirFile) {
  const auto settings = parse(
      R"({"dump_path": "/tmp", "dump_list": [{"model_name": "a", "layer": ["x"]},
          {"model_name": "b", "layer": ["y"]}]})");
  ASSERT_NE(settings, nullptr);
  ASSERT_TRUE(settings->rule_for("a", "file"));
  EXPECT_EQ(settings->rule_for("a", "")->layers, std::vector<std::string>{"x"});
  EXPECT_EQ(settings->rule_for("other", "b")->layers, std::vector<std::string>{"y"});
  EXPECT_EQ(settings->rule_for("a", "b")->layers, (std::vector<std::string>{"x", "y"}));
  EXPECT_FALSE(settings->rule_for("other", ""));
}

TEST(DumpSettings, OneRuleForEveryOperatorIsEnough) {
  const auto settings =
      parse(R"({"dump_path": "/tmp", "dump_list": [{"model_name": "a", "layer": ["x"]}, {}]})");
  ASSERT_NE(settings, nullptr);
  EXPECT_TRUE(settings->rule_for("a", "")->layers.empty());
}

TEST(DumpSettings, StepsAreNumbersAndRanges) {
  const auto settings =
      parse(R"({"dump_path": "/tmp", "dump_list": [{}], "dump_step": "0|3-5|10"})");
  ASSERT_NE(settings, nullptr);
  std::vector<uint64_t> wanted;
  for (uint64_t i = 0; i < 12; ++i) {
    if (settings->wants_execution(i)) wanted.push_back(i);
  }
  EXPECT_EQ(wanted, (std::vector<uint64_t>{0, 3, 4, 5, 10}));
}

TEST(DumpSettings, StatisticsKeepTheOrderOfTheColumns) {
  const auto asked = parse(
      R"({"dump_path": "/tmp", "dump_list": [{}], "dump_data": "stats",
          "dump_stats": ["L2norm", "Max"]})");
  EXPECT_EQ(asked->stats, (std::vector<DumpStat>{DumpStat::kMax, DumpStat::kL2Norm}));
  EXPECT_EQ(parse(R"({"dump_path": "/tmp", "dump_list": [{}]})")->stats.size(), 6u);
}

TEST(DumpSettings, OverflowTakesEveryModel) {
  const auto settings = parse(R"({"dump_path": "/tmp", "dump_debug": "on"})");
  ASSERT_NE(settings, nullptr);
  EXPECT_TRUE(settings->overflow);
  EXPECT_TRUE(settings->rule_for("any", ""));
}

}  // namespace
}  // namespace poacl::model
