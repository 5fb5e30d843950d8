#include "base/config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "base/cpu_count.h"
#include "base/scratch_folder.h"

namespace poacl {
namespace {

Config from(const std::map<std::string, std::string>& values) {
  return read_config([&values](const char* name) -> const char* {
    const auto it = values.find(name);
    return it == values.end() ? nullptr : it->second.c_str();
  });
}

TEST(Config, Defaults) {
  const Config config = from({});
  EXPECT_EQ(config.soc->name, "Ascend310P3");
  EXPECT_EQ(config.visible_devices.size(), 8u);
  EXPECT_GE(config.threads, 1);
  EXPECT_FALSE(config.strict_media);
  EXPECT_FALSE(config.lenient_media);
  EXPECT_TRUE(config.warnings.empty());
}

TEST(Config, MediaSwitches) {
  const Config on = from({{"POACL_STRICT_MEDIA", "1"}, {"POACL_LENIENT_MEDIA", "1"}});
  EXPECT_TRUE(on.strict_media);
  EXPECT_TRUE(on.lenient_media);
  const Config wrong = from({{"POACL_STRICT_MEDIA", "yes"}, {"POACL_LENIENT_MEDIA", "0"}});
  EXPECT_FALSE(wrong.strict_media);
  EXPECT_FALSE(wrong.lenient_media);
  ASSERT_EQ(wrong.warnings.size(), 1u);
  EXPECT_NE(wrong.warnings[0].find("POACL_STRICT_MEDIA='yes'"), std::string::npos);
}

TEST(Config, ValuesAreTakenAndBadOnesNamed) {
  const Config good =
      from({{"POACL_SOC", "ascend310b4"}, {"POACL_DEVICES", "2"}, {"POACL_THREADS", "3"}});
  EXPECT_EQ(good.soc->name, "Ascend310B4");
  EXPECT_TRUE(good.soc->runs_on_device());
  EXPECT_EQ(good.visible_devices, (std::vector<int>{0, 1}));
  EXPECT_EQ(good.threads, 3);
  const Config bad = from({{"POACL_SOC", "H100"}, {"POACL_DEVICES", "0"}, {"POACL_THREADS", "2x"}});
  EXPECT_EQ(bad.soc->name, "Ascend310P3");
  EXPECT_EQ(bad.visible_devices.size(), 8u);
  ASSERT_EQ(bad.warnings.size(), 3u);
  EXPECT_NE(bad.warnings[0].find("Ascend910B"), std::string::npos);
  EXPECT_NE(bad.warnings[1].find("POACL_DEVICES='0'"), std::string::npos);
}

TEST(Config, VisibleDevices) {
  const auto visible = [](const char* list) {
    return from({{"ASCEND_RT_VISIBLE_DEVICES", list}}).visible_devices;
  };
  EXPECT_EQ(visible("0,2"), (std::vector<int>{0, 2}));
  EXPECT_EQ(visible("4,3,2"), (std::vector<int>{4, 3, 2}));
  EXPECT_EQ(visible("1,x,1"), (std::vector<int>{1}));
  EXPECT_TRUE(visible("1,1,2").empty());
  EXPECT_TRUE(visible("2,0,1,0").empty());
  EXPECT_EQ(visible("1,x,2"), (std::vector<int>{1}));
  EXPECT_EQ(visible("1, 2"), (std::vector<int>{1}));
  EXPECT_EQ(visible("1,8,2"), (std::vector<int>{1}));
  EXPECT_EQ(visible("1,-1"), (std::vector<int>{1}));
  EXPECT_TRUE(visible("").empty());
  EXPECT_TRUE(visible("-1").empty());
  EXPECT_TRUE(visible("99999999999999999999").empty());
}

TEST(Config, AListWithoutADeviceIsExplained) {
  const auto warnings = [](const char* list) {
    return from({{"ASCEND_RT_VISIBLE_DEVICES", list}}).warnings;
  };
  EXPECT_TRUE(warnings("0,2").empty());
  ASSERT_EQ(warnings("9").size(), 1u);
  EXPECT_NE(warnings("9")[0].find("names no device from 0 to 7"), std::string::npos);
  ASSERT_EQ(warnings("3,2,3").size(), 1u);
  EXPECT_NE(warnings("3,2,3")[0].find("names device 3 twice"), std::string::npos);
}

class CgroupTest : public testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = root_ + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  const ScratchFolder folder_;
  const std::string root_ = folder_.path();
};

TEST_F(CgroupTest, Version2TakesTheTightestOfTheChain) {
  write("/proc/self/cgroup", "0::/pod/box\n");
  EXPECT_EQ(cgroup_core_limit(root_), 0);
  write("/sys/fs/cgroup/pod/box/cpu.max", "max 100000\n");
  EXPECT_EQ(cgroup_core_limit(root_), 0);
  write("/sys/fs/cgroup/pod/cpu.max", "350000 100000\n");
  EXPECT_EQ(cgroup_core_limit(root_), 4);
  write("/sys/fs/cgroup/pod/box/cpu.max", "50000 100000\n");
  EXPECT_EQ(cgroup_core_limit(root_), 1);
}

TEST_F(CgroupTest, Version1) {
  write("/proc/self/cgroup", "4:memory:/box\n2:cpu,cpuacct:/box\n");
  write("/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "200000\n");
  write("/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cgroup_core_limit(root_), 2);
  write("/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "-1\n");
  EXPECT_EQ(cgroup_core_limit(root_), 0);
}

TEST(CpuCount, AtLeastOne) {
  EXPECT_GE(usable_cores(), 1);
}

}  // namespace
}  // namespace poacl
