#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <thread>

#include "capi/rt_test_util.h"

namespace poacl::capi {
namespace {

// A file with the given content, gone at the end of the test.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content) { std::ofstream(path_) << content; }
  ~TemporaryFile() { std::remove(path_.c_str()); }
  const char* path() const { return path_.c_str(); }

 private:
  std::string path_ = testing::TempDir() + "poacl_init_" + std::to_string(getpid()) + ".json";
};

// A process has one state of initialisation, so every test has a process of its own.
TEST(Init, OnceTwiceAndOver) {
  in_child([] {
    EXPECT_EQ(aclInit(nullptr), ACL_SUCCESS);
    EXPECT_TRUE(failed_with(aclInit(""), 100002, "harmless"));
    EXPECT_EQ(aclFinalize(), ACL_SUCCESS);
    EXPECT_TRUE(failed_with(aclFinalize(), 100037, "acl.init"));
    EXPECT_EQ(aclInit(""), ACL_SUCCESS);
    EXPECT_EQ(aclFinalize(), ACL_SUCCESS);
  });
}

TEST(Init, FinalizeBeforeInitIsAccepted) {
  in_child([] { EXPECT_EQ(aclFinalize(), ACL_SUCCESS); });
}

TEST(Init, References) {
  in_child([] {
    ASSERT_EQ(aclInit(nullptr), ACL_SUCCESS);
    EXPECT_EQ(aclInit(nullptr), 100002);
    uint64_t left = 9;
    EXPECT_EQ(aclFinalizeReference(&left), ACL_SUCCESS);
    EXPECT_EQ(left, 1u);
    EXPECT_EQ(aclFinalizeReference(&left), ACL_SUCCESS);
    EXPECT_EQ(left, 0u);
    EXPECT_EQ(aclFinalizeReference(&left), 100037);
  });
}

TEST(Init, ARepeatedCallCountsWhateverItsFileHolds) {
  in_child([] {
    ASSERT_EQ(aclInit(nullptr), ACL_SUCCESS);
    EXPECT_TRUE(failed_with(aclInit("/nowhere/acl.json"), 100002, "harmless"));
    EXPECT_TRUE(failed_with(aclInit(TemporaryFile("{").path()), 100002, "harmless"));
    uint64_t left = 9;
    EXPECT_EQ(aclFinalizeReference(&left), ACL_SUCCESS);
    EXPECT_EQ(left, 2u);
    EXPECT_EQ(aclFinalize(), ACL_SUCCESS);
    EXPECT_TRUE(failed_with(aclFinalizeReference(&left), 100037, "finalize was called before"));
  });
}

TEST(Init, AReferenceGivenBackBeforeAnyInitIsNotCalledASecondFinalize) {
  in_child([] {
    uint64_t left = 9;
    EXPECT_TRUE(failed_with(aclFinalizeReference(&left), 100037, "acl.init was not called"));
    EXPECT_EQ(left, 0u);
  });
}

TEST(Init, BadFiles) {
  in_child([] {
    EXPECT_TRUE(failed_with(aclInit("/nowhere/acl.json"), 100003, "/nowhere/acl.json"));
    EXPECT_TRUE(failed_with(aclInit("/tmp"), 100003, "directory"));
    EXPECT_TRUE(failed_with(aclInit(TemporaryFile("").path()), 100003, "empty"));
    EXPECT_TRUE(failed_with(aclInit(TemporaryFile("{").path()), 100006, "JSON"));
    EXPECT_TRUE(failed_with(aclInit(TemporaryFile("\x01\xff\xfe").path()), 100006, "JSON"));
    EXPECT_TRUE(failed_with(aclInit(TemporaryFile("[]").path()), 100006, "array"));
    const std::string deep(5000, '[');
    EXPECT_TRUE(failed_with(aclInit(TemporaryFile(deep).path()), 100006, "deeper than 10"));
    const TemporaryFile mode("{\"err_msg_mode\": \"2\"}");
    EXPECT_TRUE(failed_with(aclInit(mode.path()), 100000, "err_msg_mode"));
    const TemporaryFile queue("{\"max_opqueue_num\": \"0\"}");
    EXPECT_TRUE(failed_with(aclInit(queue.path()), 148048, "max_opqueue_num"));
    const TemporaryFile device("{\"defaultDevice\": {\"default_device\": \"77\"}}");
    EXPECT_TRUE(failed_with(aclInit(device.path()), 100000, "default_device"));
    ASSERT_EQ(aclInit(TemporaryFile("{}").path()), ACL_SUCCESS);
    ASSERT_EQ(aclFinalize(), ACL_SUCCESS);
  });
}

TEST(Init, AnotherConfigurationAfterFinalizeIsRefused) {
  in_child([] {
    const TemporaryFile file("{\"err_msg_mode\": \"0\"}");
    ASSERT_EQ(aclInit(file.path()), ACL_SUCCESS);
    ASSERT_EQ(aclFinalize(), ACL_SUCCESS);
    EXPECT_TRUE(failed_with(aclInit(nullptr), 100000, "same configuration"));
    EXPECT_EQ(aclInit(file.path()), ACL_SUCCESS);
    EXPECT_EQ(aclFinalize(), ACL_SUCCESS);
  });
}

TEST(Init, DefaultDeviceServesThreadsThatSetNone) {
  in_child([] {
    const TemporaryFile file("{\"defaultDevice\": {\"default_device\": \"3\"}}");
    ASSERT_EQ(aclInit(file.path()), ACL_SUCCESS);
    int32_t id = -1;
    std::thread([&id] { EXPECT_EQ(aclrtGetDevice(&id), ACL_SUCCESS); }).join();
    EXPECT_EQ(id, 3);
    EXPECT_EQ(aclrtResetDeviceForce(3), ACL_SUCCESS);
    ASSERT_EQ(aclFinalize(), ACL_SUCCESS);
  });
}

TEST(Init, ErrorTextIsPerThreadUnlessToldOtherwise) {
  in_child([] {
    const auto fail_elsewhere = [] {
      std::thread([] { EXPECT_EQ(aclrtSetDevice(-1), 107001); }).join();
    };
    recent_error();
    fail_elsewhere();
    EXPECT_EQ(aclGetRecentErrMsg(), nullptr);
    const TemporaryFile file("{\"err_msg_mode\": \"1\"}");
    ASSERT_EQ(aclInit(file.path()), ACL_SUCCESS);
    fail_elsewhere();
    EXPECT_NE(recent_error().find("aclrtSetDevice: device -1"), std::string::npos);
    EXPECT_EQ(aclGetRecentErrMsg(), nullptr);
    ASSERT_EQ(aclFinalize(), ACL_SUCCESS);
  });
}

TEST(Init, VersionAndChip) {
  in_child([] {
    int32_t major = 0;
    int32_t minor = 0;
    int32_t patch = -1;
    EXPECT_EQ(aclrtGetVersion(&major, &minor, &patch), ACL_SUCCESS);
    EXPECT_EQ(major, ACL_MAJOR_VERSION);
    EXPECT_EQ(minor, ACL_MINOR_VERSION);
    EXPECT_EQ(aclrtGetVersion(nullptr, &minor, &patch), 100000);
    EXPECT_STREQ(aclrtGetSocName(), "Ascend310P3");
  });
}

}  // namespace
}  // namespace poacl::capi
