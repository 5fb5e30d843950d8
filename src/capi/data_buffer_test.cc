#include <atomic>
#include <thread>
#include <vector>

#include "acl/acl_base.h"
#include "base/log.h"
#include "capi/mdl_test_util.h"

namespace poacl::capi {
namespace {

TEST(DataBuffer, WrapsWithoutOwning) {
  char bytes[16] = "unchanged";
  aclDataBuffer* buffer = aclCreateDataBuffer(bytes, sizeof(bytes));
  ASSERT_NE(buffer, nullptr);
  EXPECT_EQ(aclGetDataBufferAddr(buffer), bytes);
  EXPECT_EQ(aclGetDataBufferSizeV2(buffer), sizeof(bytes));
  EXPECT_EQ(aclGetDataBufferSize(buffer), sizeof(bytes));
  EXPECT_EQ(aclUpdateDataBuffer(buffer, bytes + 4, 0x1'0000'0007), ACL_SUCCESS);
  EXPECT_EQ(aclGetDataBufferAddr(buffer), bytes + 4);
  EXPECT_EQ(aclGetDataBufferSizeV2(buffer), 0x1'0000'0007u);
  EXPECT_EQ(aclGetDataBufferSize(buffer), 7u);  // the old call is cut to 32 bits
  EXPECT_EQ(aclDestroyDataBuffer(buffer), ACL_SUCCESS);
  EXPECT_STREQ(bytes, "unchanged");
}

TEST(DataBuffer, NullAndZeroMayBeWrapped) {
  aclDataBuffer* buffer = aclCreateDataBuffer(nullptr, 0);
  ASSERT_NE(buffer, nullptr);
  EXPECT_EQ(aclGetDataBufferAddr(buffer), nullptr);
  EXPECT_EQ(aclGetDataBufferSizeV2(buffer), 0u);
  EXPECT_EQ(aclDestroyDataBuffer(buffer), ACL_SUCCESS);
}

TEST(DataBuffer, NullDeadAndForeignHandles) {
  aclDataBuffer* dead = aclCreateDataBuffer(nullptr, 0);
  ASSERT_EQ(aclDestroyDataBuffer(dead), ACL_SUCCESS);
  aclmdlDataset* other_kind = aclmdlCreateDataset();
  std::vector<void*> handles = bad_handles();
  handles.insert(handles.end(), {nullptr, dead, other_kind});
  for (void* handle : handles) {
    auto* buffer = static_cast<aclDataBuffer*>(handle);
    EXPECT_EQ(aclDestroyDataBuffer(buffer), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclUpdateDataBuffer(buffer, nullptr, 1), ACL_ERROR_INVALID_PARAM);
    EXPECT_EQ(aclGetDataBufferAddr(buffer), nullptr);
    EXPECT_EQ(aclGetDataBufferSize(buffer), 0u);
    EXPECT_EQ(aclGetDataBufferSizeV2(buffer), 0u);
  }
  EXPECT_NE(recent_error().find("aclCreateDataBuffer"), std::string::npos);
  EXPECT_EQ(aclmdlDestroyDataset(other_kind), ACL_SUCCESS);
}

TEST(DataBuffer, OfRacingDestroysOneSucceeds) {
  set_log_level(LogLevel::kNone);
  std::vector<aclDataBuffer*> buffers(20'000);
  for (auto& buffer : buffers) buffer = aclCreateDataBuffer(nullptr, 0);
  std::atomic<int> destroyed{0};
  std::atomic<int> ready{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&] {
      ++ready;
      while (ready < 2) std::this_thread::yield();
      for (aclDataBuffer* buffer : buffers) {
        if (aclDestroyDataBuffer(buffer) == ACL_SUCCESS) ++destroyed;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(destroyed, 20'000);
  set_log_level(LogLevel::kError);
}

}  // namespace
}  // namespace poacl::capi
