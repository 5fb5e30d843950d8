#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "acl/acl_base.h"
#include "base/log.h"
#include "base/scratch_folder.h"
#include "capi/rt_test_util.h"

namespace {

void check_app_log() {
  const poacl::ScratchFolder scratch;
  const std::filesystem::path folder = scratch.path();
  setenv("ASCEND_PROCESS_LOG_PATH", folder.c_str(), 1);
  const std::string tail(3000, 'x');
  aclAppLog(ACL_ERROR, "work", "/a/b/file.cc", 42, "value %d", 7);
  aclAppLog(ACL_ERROR, "work", "file.cc", 43, "%s", tail.c_str());
  aclAppLog(ACL_INFO, "work", "file.cc", 44, "below the level");
  aclAppLog(static_cast<aclLogLevel>(77), "work", "file.cc", 45, "no such level");
  aclAppLog(ACL_ERROR, nullptr, nullptr, 46, nullptr);
  std::stringstream text;
  for (const auto& file : std::filesystem::directory_iterator(folder / "debug" / "plog")) {
    text << std::ifstream(file.path()).rdbuf();
  }
  const std::string log = text.str();
  EXPECT_NE(log.find("[ERROR] APP("), std::string::npos);
  EXPECT_NE(log.find("[file.cc:42]work: value 7\n"), std::string::npos);
  EXPECT_NE(log.find("xxx...\n"), std::string::npos);
  EXPECT_LT(log.size(), 1500u);
  EXPECT_EQ(log.find("below"), std::string::npos);
  std::filesystem::remove_all(folder);
}

TEST(AppLog, LinesGoToTheDebugLogAndAreCut) {
  poacl::in_child(check_app_log);
}

}  // namespace
