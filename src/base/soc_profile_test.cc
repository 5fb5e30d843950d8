#include "base/soc_profile.h"

#include <gtest/gtest.h>

#include <set>

namespace poacl {
namespace {

TEST(SocProfile, NamesAreFoundInAnyLetterCaseAndOnlyWhole) {
  ASSERT_NE(find_soc_profile("Ascend310P3"), nullptr);
  EXPECT_EQ(find_soc_profile("ASCEND310p3"), find_soc_profile("Ascend310P3"));
  EXPECT_EQ(find_soc_profile("Ascend310P"), nullptr);
  EXPECT_EQ(find_soc_profile("Ascend310P33"), nullptr);
  EXPECT_EQ(find_soc_profile(""), nullptr);
  EXPECT_NE(find_soc_profile(kDefaultSoc), nullptr);
}

// Spec runtime sections 5 and 6, demands P11.
TEST(SocProfile, LimitsAreTheDocumentedOnes) {
  const std::set<uint32_t> streams = {1984, 512, 1024, 2048};
  const std::set<uint32_t> events = {65536, 1023, 65535};
  for (const SocProfile& profile : soc_profiles()) {
    EXPECT_TRUE(streams.contains(profile.max_streams)) << profile.name;
    EXPECT_TRUE(events.contains(profile.max_events)) << profile.name;
    EXPECT_EQ(profile.report_threads, profile.name == "Ascend310" ? 128u : 1024u) << profile.name;
    EXPECT_GE(profile.ai_cores, 1u) << profile.name;
    EXPECT_EQ(profile.memory_bytes % (1ull << 30), 0u) << profile.name;
    EXPECT_EQ(profile.name.substr(0, 6), "Ascend");
    EXPECT_EQ(profile.short_name(), profile.name.substr(6));
  }
  EXPECT_EQ(find_soc_profile("Ascend310P3")->max_streams, 1024u);
  EXPECT_EQ(find_soc_profile("Ascend910A")->max_streams, 2048u);
  EXPECT_EQ(find_soc_profile("Ascend910B4")->memory_bytes, 32ull << 30);
  EXPECT_TRUE(find_soc_profile("Ascend310B4")->runs_on_device());
  EXPECT_FALSE(find_soc_profile("Ascend910B")->runs_on_device());
  EXPECT_TRUE(find_soc_profile("Ascend910B")->has_hbm());
  EXPECT_FALSE(find_soc_profile("Ascend310P3")->has_hbm());
}

TEST(SocProfile, TheNearestNameOfAWrongOne) {
  EXPECT_EQ(nearest_soc_profile("Ascend310P4"), "Ascend310P1");
  EXPECT_EQ(nearest_soc_profile("310B4"), "Ascend310B4");
  EXPECT_EQ(nearest_soc_profile("asend910b4"), "Ascend910B4");
  EXPECT_EQ(nearest_soc_profile("GeForce RTX"), "");
  EXPECT_EQ(nearest_soc_profile(std::string(1000, 'A')), "");
  EXPECT_NE(soc_profile_names().find("Ascend310, Ascend310P1"), std::string::npos);
}

}  // namespace
}  // namespace poacl
