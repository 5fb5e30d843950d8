#include "base/log_modules.h"

#include <gtest/gtest.h>

namespace poacl {
namespace {

TEST(LogModules, ALevelPerModuleTheLastOneCounts) {
  const LogModuleLevels levels("GE=0:RUNTIME=4:bad:=1:APP=9:ATC=12:HCCL=x:GE=1");
  EXPECT_EQ(levels.level_of("GE", LogLevel::kError), LogLevel::kInfo);
  EXPECT_EQ(levels.level_of("RUNTIME", LogLevel::kError), LogLevel::kNone);
  EXPECT_EQ(levels.level_of("APP", LogLevel::kError), LogLevel::kError);
  EXPECT_EQ(levels.level_of("ATC", LogLevel::kWarning), LogLevel::kWarning);
  EXPECT_EQ(levels.level_of("HCCL", LogLevel::kWarning), LogLevel::kWarning);
  EXPECT_EQ(levels.lowest(), LogLevel::kDebug);
}

TEST(LogModules, NothingNamed) {
  for (const char* text : {static_cast<const char*>(nullptr), "", ":::", "=", "GE="}) {
    const LogModuleLevels levels(text);
    EXPECT_EQ(levels.level_of("GE", LogLevel::kError), LogLevel::kError);
    EXPECT_EQ(levels.lowest(), LogLevel::kNone);
  }
}

}  // namespace
}  // namespace poacl
