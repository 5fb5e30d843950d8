// Virtual memory, sharing with other processes, registered host memory, batches.
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "capi/rt_test_util.h"

namespace poacl::capi {
namespace {

constexpr size_t kGranule = 2u << 20;

aclrtPhysicalMemProp device_memory() {
  aclrtPhysicalMemProp properties{};
  properties.memAttr = ACL_HBM_MEM_HUGE;
  properties.location = {0, ACL_MEM_LOCATION_TYPE_DEVICE};
  return properties;
}

TEST_F(DeviceTest, ReservedAddressesHoldWhatIsMappedThere) {
  aclrtPhysicalMemProp properties = device_memory();
  size_t granularity = 0;
  ASSERT_EQ(aclrtMemGetAllocationGranularity(&properties, ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM,
                                             &granularity),
            ACL_SUCCESS);
  EXPECT_EQ(granularity, kGranule);
  size_t free_before = 0;
  size_t total = 0;
  ASSERT_EQ(aclrtGetMemInfo(ACL_HBM_MEM, &free_before, &total), ACL_SUCCESS);
  void* range = nullptr;
  aclrtDrvMemHandle memory = nullptr;
  ASSERT_EQ(aclrtReserveMemAddress(&range, 4 * kGranule, 0, nullptr, 0), ACL_SUCCESS);
  ASSERT_EQ(aclrtMallocPhysical(&memory, kGranule, &properties, 0), ACL_SUCCESS);
  size_t free_after = 0;
  ASSERT_EQ(aclrtGetMemInfo(ACL_HBM_MEM, &free_after, &total), ACL_SUCCESS);
  EXPECT_EQ(free_before - free_after, kGranule);
  char host[64] = "through a mapping";
  const auto h2d = ACL_MEMCPY_HOST_TO_DEVICE;
  EXPECT_TRUE(failed_with(aclrtMemcpy(range, 64, host, 64, h2d), 107000, "only reserved"));
  EXPECT_EQ(aclrtMapMem(range, kGranule, 1, memory, 0), 107000);
  EXPECT_EQ(aclrtMapMem(range, 2 * kGranule, 0, memory, 0), 107000);
  EXPECT_EQ(aclrtMapMem(range, kGranule, 0, fake_handle(), 0), 107000);
  char* const second = static_cast<char*>(range) + kGranule;
  ASSERT_EQ(aclrtMapMem(second, kGranule, 0, memory, 0), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtMapMem(second, kGranule, 0, memory, 0), 107000, "already"));
  EXPECT_EQ(aclrtMemcpy(second + 5, 64, host, 64, h2d), ACL_SUCCESS);
  EXPECT_STREQ(second + 5, "through a mapping");
  EXPECT_EQ(aclrtMemcpy(second + kGranule - 8, 64, host, 64, h2d), 107000);
  EXPECT_TRUE(failed_with(aclrtFree(second), 107000, "unmap_mem"));
  EXPECT_TRUE(failed_with(aclrtReleaseMemAddress(range), 107000, "unmap_mem"));
  aclrtMemAccessDesc access{};
  access.flags = ACL_RT_MEM_ACCESS_FLAGS_READ;
  access.location = {0, ACL_MEM_LOCATION_TYPE_DEVICE};
  EXPECT_EQ(aclrtMemSetAccess(second, kGranule, &access, 1), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtMemcpy(second, 64, host, 64, h2d), 107000, "only be read"));
  aclrtDrvMemHandle found = nullptr;
  EXPECT_EQ(aclrtMemRetainAllocationHandle(second + 9, &found), ACL_SUCCESS);
  EXPECT_EQ(found, memory);
  EXPECT_EQ(aclrtFreePhysical(memory), ACL_SUCCESS);
  EXPECT_EQ(aclrtFreePhysical(memory), 107000);
  EXPECT_STREQ(second + 5, "through a mapping");
  EXPECT_EQ(aclrtUnmapMem(second), ACL_SUCCESS);
  EXPECT_EQ(aclrtUnmapMem(second), 107000);
  EXPECT_TRUE(failed_with(aclrtMemcpy(host, 64, second, 64, ACL_MEMCPY_DEVICE_TO_HOST), 107000,
                          "only reserved"));
  EXPECT_EQ(aclrtReleaseMemAddress(range), ACL_SUCCESS);
  EXPECT_EQ(aclrtReleaseMemAddress(range), 107000);
  ASSERT_EQ(aclrtGetMemInfo(ACL_HBM_MEM, &free_after, &total), ACL_SUCCESS);
  EXPECT_EQ(free_before, free_after);
}

TEST_F(DeviceTest, MemoryWithoutAccessIsNotTouched) {
  aclrtPhysicalMemProp properties = device_memory();
  void* range = nullptr;
  aclrtDrvMemHandle memory = nullptr;
  ASSERT_EQ(aclrtReserveMemAddress(&range, kGranule, 0, nullptr, 0), ACL_SUCCESS);
  ASSERT_EQ(aclrtMallocPhysical(&memory, kGranule, &properties, 0), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemMapNoAccess(range, kGranule, 0, memory, 0), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtMemset(range, 64, 0, 64), 107000, "aclrtMemSetAccess"));
  aclrtMemAccessDesc access{};
  access.flags = ACL_RT_MEM_ACCESS_FLAGS_READWRITE;
  access.location = {0, ACL_MEM_LOCATION_TYPE_DEVICE};
  EXPECT_EQ(aclrtMemSetAccess(range, kGranule, &access, 1), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemset(range, 64, 0, 64), ACL_SUCCESS);
  uint64_t flags = 0;
  EXPECT_EQ(aclrtMemGetAccess(range, &access.location, &flags), ACL_SUCCESS);
  EXPECT_EQ(flags, 3u);
  EXPECT_EQ(aclrtUnmapMem(range), ACL_SUCCESS);
  EXPECT_EQ(aclrtFreePhysical(memory), ACL_SUCCESS);
  EXPECT_EQ(aclrtReleaseMemAddress(range), ACL_SUCCESS);
}

TEST_F(DeviceTest, PhysicalMemoryGoesToAnotherProcess) {
  POACL_SKIP_IF_NO_THREADS_IN_FORKED_CHILD();
  aclrtPhysicalMemProp properties = device_memory();
  void* range = nullptr;
  aclrtDrvMemHandle memory = nullptr;
  ASSERT_EQ(aclrtReserveMemAddress(&range, kGranule, 0, nullptr, 0), ACL_SUCCESS);
  ASSERT_EQ(aclrtMallocPhysical(&memory, kGranule, &properties, 0), ACL_SUCCESS);
  ASSERT_EQ(aclrtMapMem(range, kGranule, 0, memory, 0), ACL_SUCCESS);
  std::strcpy(static_cast<char*>(range), "hello");
  uint64_t shareable = 0;
  ASSERT_EQ(
      aclrtMemExportToShareableHandle(memory, ACL_MEM_HANDLE_TYPE_NONE,
                                      ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION, &shareable),
      ACL_SUCCESS);
  EXPECT_EQ(aclrtMemExportToShareableHandle(memory, ACL_MEM_HANDLE_TYPE_NONE, 0, &shareable),
            107000);
  aclrtDrvMemHandle own = nullptr;
  EXPECT_TRUE(failed_with(aclrtMemImportFromShareableHandle(shareable, 0, &own), 107000, "itself"));
  in_child([&] {
    ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
    aclrtDrvMemHandle imported = nullptr;
    void* here = nullptr;
    ASSERT_EQ(aclrtMemImportFromShareableHandle(shareable, 0, &imported), ACL_SUCCESS);
    EXPECT_EQ(aclrtMemImportFromShareableHandle(shareable ^ 1, 0, &imported), 107000);
    ASSERT_EQ(aclrtReserveMemAddress(&here, kGranule, 0, nullptr, 0), ACL_SUCCESS);
    ASSERT_EQ(aclrtMapMem(here, kGranule, 0, imported, 0), ACL_SUCCESS);
    EXPECT_STREQ(static_cast<char*>(here), "hello");
    std::strcpy(static_cast<char*>(here), "answer");
  });
  EXPECT_STREQ(static_cast<char*>(range), "answer");
  EXPECT_EQ(aclrtUnmapMem(range), ACL_SUCCESS);
  EXPECT_EQ(aclrtFreePhysical(memory), ACL_SUCCESS);
  EXPECT_EQ(aclrtReleaseMemAddress(range), ACL_SUCCESS);
}

TEST_F(DeviceTest, ABlockGoesToAnotherProcessByItsKey) {
  POACL_SKIP_IF_NO_THREADS_IN_FORKED_CHILD();
  constexpr size_t kBytes = 1 << 20;
  void* block = nullptr;
  ASSERT_EQ(aclrtMalloc(&block, kBytes, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  std::strcpy(static_cast<char*>(block), "content stays");
  char key[65] = "";
  EXPECT_EQ(aclrtIpcMemGetExportKey(block, kBytes, key, 10, 0), 100000);
  EXPECT_EQ(aclrtIpcMemGetExportKey(block, 2 * kBytes, key, 65, 0), 107000);
  ASSERT_EQ(aclrtIpcMemGetExportKey(block, kBytes, key, 65, 0), ACL_SUCCESS);
  EXPECT_STREQ(static_cast<char*>(block), "content stays");
  in_child([&key] {
    ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
    void* here = nullptr;
    EXPECT_TRUE(failed_with(aclrtIpcMemImportByKey(&here, key, 0), 507899, "does not let"));
    EXPECT_EQ(aclrtIpcMemImportByKey(&here, "no key", 0), 107000);
  });
  char open_key[65] = "";
  ASSERT_EQ(aclrtIpcMemGetExportKey(block, kBytes, open_key, 65, 1), ACL_SUCCESS);
  in_child([&open_key] {
    ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
    void* here = nullptr;
    ASSERT_EQ(aclrtIpcMemImportByKey(&here, open_key, 0), ACL_SUCCESS);
    EXPECT_STREQ(static_cast<char*>(here), "content stays");
    EXPECT_EQ(aclrtMemset(here, 4, 'x', 4), ACL_SUCCESS);
    EXPECT_TRUE(failed_with(aclrtFree(here), 107000, "ipc_mem_close"));
    EXPECT_EQ(aclrtIpcMemClose(open_key), ACL_SUCCESS);
    EXPECT_EQ(aclrtIpcMemClose(open_key), 107000);
  });
  EXPECT_STREQ(static_cast<char*>(block), "xxxxent stays");
  EXPECT_EQ(aclrtIpcMemClose(open_key), ACL_SUCCESS);
  EXPECT_EQ(aclrtFree(block), ACL_SUCCESS);
}

TEST_F(DeviceTest, RegisteredHostMemory) {
  void* pages = mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(pages, MAP_FAILED);
  void* device = nullptr;
  EXPECT_EQ(aclrtHostRegisterV2(pages, 8192, 0), 100000);
  EXPECT_EQ(aclrtHostRegisterV2(static_cast<char*>(pages) + 1, 8, ACL_HOST_REG_MAPPED), 107000);
  EXPECT_EQ(aclrtHostGetDevicePointer(pages, &device, 0), 107000);
  ASSERT_EQ(aclrtHostRegisterV2(pages, 8192, ACL_HOST_REG_MAPPED), ACL_SUCCESS);
  EXPECT_EQ(aclrtHostRegisterV2(pages, 4096, ACL_HOST_REG_MAPPED), 507910);
  EXPECT_EQ(aclrtHostGetDevicePointer(pages, &device, 0), ACL_SUCCESS);
  EXPECT_EQ(device, pages);
  aclrtPtrAttributes attributes{};
  EXPECT_EQ(aclrtPointerGetAttributes(pages, &attributes), ACL_SUCCESS);
  EXPECT_EQ(attributes.location.type, ACL_MEM_LOCATION_TYPE_HOST);
  EXPECT_EQ(aclrtHostUnregister(pages), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtHostUnregister(pages), 507911, "host_register"));
  EXPECT_EQ(aclrtPointerGetAttributes(pages, &attributes), ACL_SUCCESS);
  EXPECT_EQ(attributes.location.type, ACL_MEM_LOCATION_TYPE_UNREGISTERED);
  munmap(pages, 8192);
}

TEST_F(DeviceTest, WordsDescriptionsAndBatches) {
  void* device = nullptr;
  void* other = nullptr;
  ASSERT_EQ(aclrtMalloc(&device, 64, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  ASSERT_EQ(aclrtMalloc(&other, 64, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemsetD32(device, 64, 0x01020304, 17), 100000);
  EXPECT_EQ(aclrtMemsetD32(static_cast<char*>(device) + 1, 60, 1, 1), 100000);
  EXPECT_EQ(aclrtMemsetD32(device, 64, 0x01020304, 16), ACL_SUCCESS);
  EXPECT_EQ(static_cast<uint32_t*>(device)[15], 0x01020304u);
  size_t bytes = 0;
  EXPECT_EQ(aclrtGetMemcpyDescSize(ACL_MEMCPY_HOST_TO_DEVICE, &bytes), 100000);
  ASSERT_EQ(aclrtGetMemcpyDescSize(ACL_MEMCPY_INNER_DEVICE_TO_DEVICE, &bytes), ACL_SUCCESS);
  void* desc = nullptr;
  ASSERT_EQ(aclrtMalloc(&desc, bytes, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  std::memset(desc, 0, bytes);
  EXPECT_TRUE(
      failed_with(aclrtMemcpyAsyncWithDesc(desc, ACL_MEMCPY_INNER_DEVICE_TO_DEVICE, nullptr),
                  107000, "set_memcpy_desc"));
  EXPECT_EQ(aclrtSetMemcpyDesc(desc, ACL_MEMCPY_INNER_DEVICE_TO_DEVICE, device, other, 64, nullptr),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtMemcpyAsyncWithDesc(desc, ACL_MEMCPY_INNER_DEVICE_TO_DEVICE, nullptr),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(std::memcmp(device, other, 64), 0);
  char from[2][8] = {"one", "two"};
  void* dsts[] = {device, other};
  void* srcs[] = {from[0], from[1]};
  size_t sizes[] = {8, 8};
  size_t first[] = {0};
  aclrtMemcpyBatchAttr attribute{};
  attribute.dstLoc = {0, ACL_MEM_LOCATION_TYPE_DEVICE};
  size_t failed = 0;
  EXPECT_EQ(aclrtMemcpyBatch(dsts, sizes, srcs, sizes, 2, &attribute, first, 1, &failed),
            ACL_SUCCESS);
  EXPECT_EQ(failed, SIZE_MAX);
  EXPECT_STREQ(static_cast<char*>(other), "two");
  srcs[1] = device;
  EXPECT_EQ(aclrtMemcpyBatch(dsts, sizes, srcs, sizes, 2, &attribute, first, 1, &failed), 100000);
  EXPECT_EQ(failed, 1u);
  EXPECT_EQ(aclrtMemcpyBatchV2(dsts, sizes, srcs, sizes, 0, &attribute, first, 1), 100000);
  for (void* each : {device, other, desc}) EXPECT_EQ(aclrtFreeWithDevSync(each), ACL_SUCCESS);
}

TEST_F(DeviceTest, AllocationsWithAttributes) {
  void* memory = nullptr;
  aclrtMallocAttribute attribute{};
  attribute.attr = ACL_RT_MEM_ATTR_DEVICE_ID;
  attribute.value.deviceId = 1;
  aclrtMallocConfig config{&attribute, 1};
  ASSERT_EQ(aclrtMallocWithCfg(&memory, 64, ACL_MEM_MALLOC_HUGE_FIRST, &config), ACL_SUCCESS);
  aclrtPtrAttributes where{};
  EXPECT_EQ(aclrtPointerGetAttributes(memory, &where), ACL_SUCCESS);
  EXPECT_EQ(where.location.id, 1u);
  EXPECT_EQ(aclrtFree(memory), ACL_SUCCESS);
  attribute.value.deviceId = 99;
  EXPECT_EQ(aclrtMallocWithCfg(&memory, 64, ACL_MEM_MALLOC_HUGE_FIRST, &config), 107001);
  attribute.attr = static_cast<aclrtMallocAttrType>(77);
  EXPECT_EQ(aclrtMallocHostWithCfg(&memory, 64, &config), 100000);
  config.attrs = nullptr;
  EXPECT_EQ(aclrtMallocForTaskScheduler(&memory, 64, ACL_MEM_MALLOC_HUGE_FIRST, &config), 100000);
  aclrtMemUsageInfo use{};
  size_t count = 0;
  EXPECT_EQ(aclrtGetMemUsageInfo(0, &use, 1, &count), ACL_SUCCESS);
  EXPECT_EQ(count, 1u);
  EXPECT_GE(use.memPeakSize, use.curMemSize);
}

}  // namespace
}  // namespace poacl::capi
