#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>
#include <vector>

#include "capi/rt_test_util.h"

namespace poacl::capi {
namespace {

TEST_F(DeviceTest, MallocMisuse) {
  void* memory = nullptr;
  EXPECT_EQ(aclrtMalloc(nullptr, 10, ACL_MEM_MALLOC_HUGE_FIRST), 100000);
  EXPECT_TRUE(failed_with(aclrtMalloc(&memory, 0, ACL_MEM_MALLOC_HUGE_FIRST), 100000, "size is 0"));
  EXPECT_EQ(aclrtMalloc(&memory, SIZE_MAX, ACL_MEM_MALLOC_HUGE_FIRST), 100000);
  EXPECT_TRUE(failed_with(aclrtMalloc(&memory, size_t{1} << 40, ACL_MEM_MALLOC_HUGE_FIRST), 207001,
                          "Ascend310P3"));
  EXPECT_EQ(aclrtMallocHost(&memory, 0), 100000);
  EXPECT_EQ(aclrtMallocHost(nullptr, 5), 100000);
  EXPECT_EQ(aclrtMallocCached(&memory, 5, ACL_MEM_MALLOC_HUGE_FIRST_P2P), 100000);
  EXPECT_EQ(aclrtFree(nullptr), 100000);
  EXPECT_EQ(aclrtFreeHost(nullptr), 100000);
  EXPECT_EQ(aclrtFree(fake_handle()), 107000);
  ASSERT_EQ(aclrtMalloc(&memory, 10, ACL_MEM_MALLOC_NORMAL_ONLY), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtFreeHost(memory), 107000, "acl.rt.free"));
  EXPECT_EQ(aclrtMemFlush(memory, 10), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemFlush(memory, 0), 100000);
  EXPECT_EQ(aclrtMemInvalidate(nullptr, 10), 100000);
  EXPECT_EQ(aclrtFree(memory), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtFree(memory), 107000, "free already"));
}

TEST_F(DeviceTest, FreeNeedsNoContext) {
  void* memory = nullptr;
  ASSERT_EQ(aclrtMalloc(&memory, 1000, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  ASSERT_EQ(aclrtResetDevice(0), ACL_SUCCESS);
  EXPECT_EQ(aclrtFree(memory), ACL_SUCCESS);
  ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
}

TEST_F(DeviceTest, MemInfo) {
  size_t free = 0;
  size_t total = 0;
  EXPECT_EQ(aclrtGetMemInfo(ACL_DDR_MEM, &free, &total), ACL_SUCCESS);
  EXPECT_EQ(total, size_t{24} << 30);
  size_t hbm_free = 0;
  EXPECT_EQ(aclrtGetMemInfo(ACL_HBM_MEM, &hbm_free, &total), ACL_SUCCESS);
  EXPECT_EQ(hbm_free, free);
  EXPECT_EQ(aclrtGetMemInfo(ACL_HBM_MEM_HUGE1G, &free, &total), ACL_SUCCESS);
  EXPECT_EQ(total, 0u);
  EXPECT_EQ(aclrtGetMemInfo(static_cast<aclrtMemAttr>(99), &free, &total), 107016);
  EXPECT_EQ(aclrtGetMemInfo(ACL_DDR_MEM, nullptr, &total), 100000);
}

TEST(Memory, MemInfoNeedsAContext) {
  size_t free = 0;
  size_t total = 0;
  EXPECT_EQ(aclrtGetMemInfo(ACL_DDR_MEM, &free, &total), 107002);
  void* memory = nullptr;
  EXPECT_EQ(aclrtMallocHost(&memory, 10), 107002);
  EXPECT_EQ(aclrtMalloc(&memory, 10, ACL_MEM_MALLOC_HUGE_FIRST), 107002);
}

TEST(Memory, AnImpossibleSizeIsToldBeforeAMissingContext) {
  void* memory = nullptr;
  EXPECT_TRUE(failed_with(aclrtMalloc(&memory, 0, ACL_MEM_MALLOC_HUGE_FIRST), 100000, "size is 0"));
  EXPECT_EQ(aclrtMallocAlign32(&memory, SIZE_MAX, ACL_MEM_MALLOC_HUGE_FIRST), 100000);
  EXPECT_EQ(aclrtMallocCached(&memory, 0, ACL_MEM_MALLOC_HUGE_FIRST), 100000);
  EXPECT_TRUE(failed_with(aclrtMallocHost(&memory, 0), 100000, "size is 0"));
}

TEST_F(DeviceTest, CopyThereAndBackWithAnyKind) {
  std::vector<int> from(1000);
  for (int i = 0; i < 1000; ++i) from[static_cast<size_t>(i)] = i;
  void* device = nullptr;
  ASSERT_EQ(aclrtMalloc(&device, 4000, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  for (int kind = 0; kind <= 7; ++kind) {
    std::vector<int> to(1000);
    const auto named = static_cast<aclrtMemcpyKind>(kind);
    EXPECT_EQ(aclrtMemcpy(device, 4000, from.data(), 4000, named), ACL_SUCCESS) << kind;
    EXPECT_EQ(aclrtMemcpy(to.data(), 4000, device, 4000, named), ACL_SUCCESS) << kind;
    EXPECT_EQ(to, from);
  }
  EXPECT_EQ(aclrtFree(device), ACL_SUCCESS);
}

TEST_F(DeviceTest, CopyMisuse) {
  char host[64] = {};
  void* device = nullptr;
  ASSERT_EQ(aclrtMalloc(&device, 64, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  const auto h2d = ACL_MEMCPY_HOST_TO_DEVICE;
  EXPECT_EQ(aclrtMemcpy(nullptr, 64, host, 64, h2d), 100000);
  EXPECT_EQ(aclrtMemcpy(device, 64, nullptr, 64, h2d), 100000);
  EXPECT_EQ(aclrtMemcpy(device, 64, host, 64, static_cast<aclrtMemcpyKind>(8)), 100000);
  EXPECT_EQ(aclrtMemcpy(device, 64, host, 64, static_cast<aclrtMemcpyKind>(-1)), 100000);
  EXPECT_EQ(aclrtMemcpy(device, 64, host, 0, h2d), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemcpy(device, 0, host, 64, h2d), 107000);
  EXPECT_TRUE(failed_with(aclrtMemcpy(device, 32, host, 64, h2d), 107000, "64 does not fit"));
  EXPECT_EQ(aclrtMemcpy(device, 64, device, 64, ACL_MEMCPY_DEVICE_TO_DEVICE), ACL_SUCCESS);
  std::vector<char> big(1 << 16);
  EXPECT_TRUE(failed_with(aclrtMemcpy(device, 1 << 16, big.data(), 1 << 16, h2d), 107000,
                          "leaves its block of 64 bytes"));
  EXPECT_TRUE(
      failed_with(aclrtMemcpy(reinterpret_cast<void*>(0x1000), 64, host, 64, ACL_MEMCPY_DEFAULT),
                  107000, "no memory of this process"));
  EXPECT_EQ(aclrtMemcpy(device, 64, reinterpret_cast<void*>(~uintptr_t{63}), 64, h2d), 107000);
  EXPECT_EQ(aclrtMemset(nullptr, 64, 0, 64), 100000);
  EXPECT_EQ(aclrtMemset(device, 64, 0, 65), 107000);
  EXPECT_EQ(aclrtMemset(device, 64, 0, 0), ACL_SUCCESS);
  EXPECT_EQ(aclrtFree(device), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtMemcpy(device, 64, host, 64, h2d), 107000, "freed before"));
}

TEST_F(DeviceTest, CopyOnAStream) {
  constexpr size_t kBytes = 1 << 20;
  void* host = nullptr;
  void* device = nullptr;
  void* back = nullptr;
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtMallocHost(&host, kBytes), ACL_SUCCESS);
  ASSERT_EQ(aclrtMallocHost(&back, kBytes), ACL_SUCCESS);
  ASSERT_EQ(aclrtMalloc(&device, kBytes, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  for (const size_t count : {size_t{100}, kBytes}) {
    std::memset(host, 7, kBytes);
    EXPECT_EQ(aclrtMemsetAsync(device, kBytes, 3, kBytes, stream), ACL_SUCCESS);
    EXPECT_EQ(aclrtMemcpyAsync(device, kBytes, host, count, ACL_MEMCPY_HOST_TO_DEVICE, stream),
              ACL_SUCCESS);
    EXPECT_EQ(aclrtMemcpyAsync(back, kBytes, device, kBytes, ACL_MEMCPY_DEVICE_TO_HOST, stream),
              ACL_SUCCESS);
    EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
    EXPECT_EQ(static_cast<char*>(back)[count - 1], 7);
    if (count < kBytes) EXPECT_EQ(static_cast<char*>(back)[count], 3);
  }
  EXPECT_EQ(aclrtMemcpyAsync(device, 10, host, 20, ACL_MEMCPY_HOST_TO_DEVICE, stream), 107000);
  EXPECT_EQ(aclrtMemcpyAsync(nullptr, 10, host, 10, ACL_MEMCPY_HOST_TO_DEVICE, stream), 100000);
  EXPECT_EQ(aclrtMemcpyAsync(device, 10, host, 10, ACL_MEMCPY_HOST_TO_DEVICE, fake_handle()),
            107017);
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtFree(device), ACL_SUCCESS);
  EXPECT_EQ(aclrtFreeHost(host), ACL_SUCCESS);
  EXPECT_EQ(aclrtFreeHost(back), ACL_SUCCESS);
}

TEST_F(DeviceTest, OrdinaryHostMemoryIsFreeAfterAnAsyncCopy) {
  void* device = nullptr;
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtMalloc(&device, 4, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  int value = 5;
  EXPECT_EQ(aclrtMemcpyAsync(device, 4, &value, 4, ACL_MEMCPY_HOST_TO_DEVICE, stream), ACL_SUCCESS);
  value = 6;
  int got = 0;
  EXPECT_EQ(aclrtMemcpyAsync(&got, 4, device, 4, ACL_MEMCPY_DEVICE_TO_HOST, stream), ACL_SUCCESS);
  EXPECT_EQ(got, 5);
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtFree(device), ACL_SUCCESS);
}

TEST_F(DeviceTest, AKindThatContradictsOrdinaryHostMemoryIsRefusedOnAStream) {
  char host[64] = {};
  void* device = nullptr;
  ASSERT_EQ(aclrtMalloc(&device, 64, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  const auto is_one_of = [](int kind, std::initializer_list<int> kinds) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  };
  for (int kind = 0; kind <= 7; ++kind) {
    const auto named = static_cast<aclrtMemcpyKind>(kind);
    const aclError in = aclrtMemcpyAsync(device, 64, host, 64, named, nullptr);
    if (is_one_of(kind, {2, 3, 6, 7})) {
      char address[32];
      std::snprintf(address, sizeof(address), "%p", static_cast<void*>(host));
      EXPECT_TRUE(failed_with(in, 107000, address));
    } else {
      EXPECT_EQ(in, ACL_SUCCESS) << kind;
    }
    const aclError out = aclrtMemcpyAsync(host, 64, device, 64, named, nullptr);
    if (is_one_of(kind, {1, 3, 6, 7})) {
      EXPECT_TRUE(failed_with(out, 107000, "copy kind " + std::to_string(kind)));
    } else {
      EXPECT_EQ(out, ACL_SUCCESS) << kind;
    }
    EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  }
  EXPECT_EQ(aclrtFree(device), ACL_SUCCESS);
}

TEST_F(DeviceTest, MemoryFreedWhileACopyOfHostMemoryWaitsIsAnErrorNotACrash) {
  // Long enough to have its pages given back when it is freed; the cache keeps no such block.
  constexpr size_t kBytes = size_t{2} << 30;
  char host[64] = {};
  void* device = nullptr;
  aclrtStream stream = nullptr;
  aclrtEvent gate = nullptr;
  ASSERT_EQ(aclrtMalloc(&device, kBytes, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtCreateEvent(&gate), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(stream, gate), ACL_SUCCESS);
  aclrtContext context = nullptr;
  ASSERT_EQ(aclrtGetCurrentContext(&context), ACL_SUCCESS);
  std::thread other([&] {
    EXPECT_EQ(aclrtSetCurrentContext(context), ACL_SUCCESS);
    // Whether the copy waits by then or not, it must be refused.
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    EXPECT_EQ(aclrtFree(device), ACL_SUCCESS);
    EXPECT_EQ(aclrtRecordEvent(gate, nullptr), ACL_SUCCESS);
  });
  EXPECT_EQ(aclrtMemcpyAsync(device, 64, host, 64, ACL_MEMCPY_HOST_TO_DEVICE, stream), 107000);
  other.join();
  EXPECT_EQ(aclrtDestroyEvent(gate), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
}

TEST_F(DeviceTest, RowsMoveWithinOneBlock) {
  void* block = nullptr;
  ASSERT_EQ(aclrtMalloc(&block, 64, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  auto* text = static_cast<char*>(block);
  const auto d2d = ACL_MEMCPY_DEVICE_TO_DEVICE;
  std::memcpy(text, "abcdefgh", 9);
  EXPECT_EQ(aclrtMemcpy2d(block, 4, block, 2, 2, 4, d2d), ACL_SUCCESS);
  EXPECT_EQ(std::string(text, 2) + std::string(text + 4, 2) + std::string(text + 8, 2) +
                std::string(text + 12, 2),
            "abcdefgh");
  EXPECT_EQ(aclrtMemcpy2d(block, 2, block, 4, 2, 4, d2d), ACL_SUCCESS);
  EXPECT_EQ(std::string(text, 8), "abcdefgh");
  EXPECT_EQ(aclrtMemcpy2d(block, 2, block, 2, 2, 4, d2d), ACL_SUCCESS);
  EXPECT_EQ(std::string(text, 8), "abcdefgh");
  EXPECT_EQ(aclrtFree(block), ACL_SUCCESS);
}

TEST_F(DeviceTest, MemoryFreedUnderAQueuedCopyIsAnErrorNotACrash) {
  constexpr size_t kBytes = 8 << 20;
  void* from = nullptr;
  void* to = nullptr;
  aclrtStream stream = nullptr;
  aclrtEvent gate = nullptr;
  ASSERT_EQ(aclrtMalloc(&from, kBytes, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  ASSERT_EQ(aclrtMalloc(&to, kBytes, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtCreateEvent(&gate), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(stream, gate), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemcpyAsync(to, kBytes, from, kBytes, ACL_MEMCPY_DEVICE_TO_DEVICE, stream),
            ACL_SUCCESS);
  ASSERT_EQ(aclrtFree(to), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(gate, nullptr), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtSynchronizeStream(stream), 107000, "freed before"));
  EXPECT_EQ(aclrtFree(from), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyEvent(gate), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
}

TEST_F(DeviceTest, RowCopies) {
  void* device = nullptr;
  ASSERT_EQ(aclrtMalloc(&device, 64, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemset(device, 64, 0, 64), ACL_SUCCESS);
  const char from[] = "abcdefgh";
  const auto h2d = ACL_MEMCPY_HOST_TO_DEVICE;
  EXPECT_EQ(aclrtMemcpy2d(device, 16, from, 2, 2, 4, h2d), ACL_SUCCESS);
  EXPECT_EQ(static_cast<char*>(device)[16], 'c');
  EXPECT_EQ(static_cast<char*>(device)[18], 0);
  EXPECT_EQ(aclrtMemcpy2d(device, 16, from, 2, 0, 4, h2d), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemcpy2d(device, 16, from, 2, 3, 2, h2d), 100000);
  EXPECT_EQ(aclrtMemcpy2d(device, 16, from, 2, 2, 4, ACL_MEMCPY_HOST_TO_HOST), 100000);
  EXPECT_EQ(aclrtMemcpy2d(nullptr, 16, from, 2, 2, 4, h2d), 100000);
  EXPECT_EQ(aclrtMemcpy2d(device, SIZE_MAX / 2, from, 2, 2, 4, h2d), 107000);
  EXPECT_EQ(aclrtMemcpy2d(device, 4096, from, 2, 2, 4, h2d), 107000);
  EXPECT_EQ(aclrtMemcpy2dAsync(device, 6'000'000, from, 6'000'000, 5'000'001, 1, h2d, nullptr),
            107000);
  EXPECT_EQ(aclrtMemcpy2dAsync(device, 16, from, 2, 2, 4, h2d, nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclrtFree(device), ACL_SUCCESS);
}

}  // namespace
}  // namespace poacl::capi
