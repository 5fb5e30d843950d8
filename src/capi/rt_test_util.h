// What the tests of the acl.rt entries share.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "acl/acl.h"
#include "acl/acl_rt.h"
#include "base/forked_child.h"

namespace poacl::capi {

// Device 0 is set for the test.
class DeviceTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS); }
  void TearDown() override { EXPECT_EQ(aclrtResetDevice(0), ACL_SUCCESS); }
};

// The error text of the last failed call; empty when there is none.
inline std::string recent_error() {
  const char* text = aclGetRecentErrMsg();
  return text == nullptr ? std::string() : std::string(text);
}

// The call failed with `code` and its sentence holds `part`.
inline testing::AssertionResult failed_with(aclError result, aclError code,
                                            const std::string& part) {
  const std::string text = recent_error();
  if (result != code) {
    return testing::AssertionFailure()
           << "returned " << result << ", expected " << code << ": " << text;
  }
  if (text.find(part) == std::string::npos) {
    return testing::AssertionFailure() << "\"" << text << "\" does not say \"" << part << "\"";
  }
  return testing::AssertionSuccess();
}

inline void* fake_handle() {
  return reinterpret_cast<void*>(0x123456789abcull);
}

}  // namespace poacl::capi
