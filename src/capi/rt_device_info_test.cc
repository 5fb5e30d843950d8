// Spec runtime section 3: device queries, peers, limits; one line per row of its tables.
#include <cstring>
#include <string>

#include "capi/rt_test_util.h"

namespace poacl::capi {
namespace {

TEST_F(DeviceTest, PeersAreOneDirectional) {
  int32_t value = -1;
  EXPECT_TRUE(failed_with(aclrtDeviceCanAccessPeer(&value, 1, 1), 100000, "same"));
  EXPECT_EQ(aclrtDeviceCanAccessPeer(&value, 0, 99), 107001);
  EXPECT_EQ(aclrtDeviceCanAccessPeer(nullptr, 0, 1), 100000);
  EXPECT_EQ(aclrtDeviceCanAccessPeer(&value, 0, 1), ACL_SUCCESS);
  EXPECT_EQ(value, 1);
  EXPECT_TRUE(failed_with(aclrtDeviceEnablePeerAccess(1, 1), 200006, "pass 0"));
  EXPECT_EQ(aclrtDeviceEnablePeerAccess(0, 0), 100000);
  EXPECT_EQ(aclrtDeviceEnablePeerAccess(99, 0), 107001);
  EXPECT_TRUE(failed_with(aclrtDeviceDisablePeerAccess(1), 107000, "enable_peer_access"));
  EXPECT_EQ(aclrtDeviceEnablePeerAccess(1, 0), ACL_SUCCESS);
  EXPECT_EQ(aclrtDevicePeerAccessStatus(0, 1, &value), ACL_SUCCESS);
  EXPECT_EQ(value, 1);
  EXPECT_EQ(aclrtDevicePeerAccessStatus(1, 0, &value), ACL_SUCCESS);
  EXPECT_EQ(value, 0);
  EXPECT_EQ(aclrtDeviceDisablePeerAccess(1), ACL_SUCCESS);
}

TEST_F(DeviceTest, ModesAndHealth) {
  EXPECT_EQ(aclrtSetTsDevice(ACL_TS_ID_AICORE), ACL_SUCCESS);
  EXPECT_EQ(aclrtSetTsDevice(ACL_TS_ID_AIVECTOR), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(aclrtSetTsDevice(ACL_TS_ID_RESERVED), 100000, "task scheduler 2"));
  aclrtFloatOverflowMode mode{};
  EXPECT_EQ(aclrtSetDeviceSatMode(ACL_RT_OVERFLOW_MODE_INFNAN), ACL_SUCCESS);
  EXPECT_EQ(aclrtGetDeviceSatMode(&mode), ACL_SUCCESS);
  EXPECT_EQ(mode, ACL_RT_OVERFLOW_MODE_INFNAN);
  EXPECT_EQ(aclrtSetDeviceSatMode(ACL_RT_OVERFLOW_MODE_UNDEF), 100000);
  EXPECT_EQ(aclrtSetDeviceSatMode(ACL_RT_OVERFLOW_MODE_SATURATION), ACL_SUCCESS);
  aclrtDeviceStatus status{};
  EXPECT_EQ(aclrtQueryDeviceStatus(0, &status), ACL_SUCCESS);
  EXPECT_EQ(status, ACL_RT_DEVICE_STATUS_NORMAL);
  EXPECT_EQ(aclrtQueryDeviceStatus(99, &status), 107001);
  int32_t pid = 0;
  EXPECT_EQ(aclrtDeviceGetBareTgid(&pid), ACL_SUCCESS);
  EXPECT_EQ(pid, getpid());
}

TEST_F(DeviceTest, Utilization) {
  aclrtUtilizationInfo info{};
  EXPECT_EQ(aclrtGetDeviceUtilizationRate(0, &info), ACL_SUCCESS);
  EXPECT_GE(info.cubeUtilization, 0);
  EXPECT_LE(info.cubeUtilization, 100);
  EXPECT_EQ(info.memoryUtilization, -1);
  info.utilizationExtend = reinterpret_cast<aclrtUtilizationExtendInfo*>(&info);
  EXPECT_TRUE(failed_with(aclrtGetDeviceUtilizationRate(0, &info), 100000, "utilizationExtend"));
  EXPECT_EQ(aclrtGetDeviceUtilizationRate(0, nullptr), 100000);
}

TEST_F(DeviceTest, NumbersOfTheChip) {
  int64_t value = 0;
  EXPECT_EQ(aclrtGetDeviceInfo(0, ACL_DEV_ATTR_AICORE_CORE_NUM, &value), ACL_SUCCESS);
  EXPECT_EQ(value, 8);
  EXPECT_EQ(aclrtGetDeviceInfo(0, ACL_DEV_ATTR_TOTAL_GLOBAL_MEM_SIZE, &value), ACL_SUCCESS);
  EXPECT_EQ(value, int64_t{24} << 30);
  EXPECT_EQ(aclrtGetDeviceInfo(0, ACL_DEV_ATTR_WARP_SIZE, &value), 207000);
  EXPECT_EQ(aclrtGetDeviceInfo(0, static_cast<aclrtDevAttr>(9999), &value), 107000);
  EXPECT_EQ(aclrtGetDeviceInfo(99, ACL_DEV_ATTR_AICORE_CORE_NUM, &value), 107001);
  EXPECT_EQ(aclGetDeviceCapability(0, ACL_DEVICE_INFO_VECTOR_CORE_NUM, &value), ACL_SUCCESS);
  EXPECT_EQ(value, 7);
  EXPECT_EQ(aclGetDeviceCapability(0, ACL_DEVICE_INFO_UNDEFINED, &value), 100000);
  int32_t least = -1;
  int32_t greatest = -1;
  EXPECT_EQ(aclrtDeviceGetStreamPriorityRange(&least, &greatest), ACL_SUCCESS);
  EXPECT_EQ(least, 7);
  EXPECT_EQ(greatest, 0);
  int32_t feature = -1;
  EXPECT_EQ(aclrtGetDeviceCapability(0, ACL_FEATURE_SYSTEM_MEMQ_EVENT_CROSS_DEV, &feature),
            ACL_SUCCESS);
  EXPECT_EQ(feature, ACL_DEV_FEATURE_NOT_SUPPORT);
  EXPECT_EQ(aclrtGetDeviceCapability(0, static_cast<aclrtDevFeatureType>(5), &feature), 107000);
}

TEST_F(DeviceTest, NamesOfDevices) {
  aclrtUuid first{};
  aclrtUuid second{};
  EXPECT_EQ(aclrtDeviceGetUuid(0, &first), ACL_SUCCESS);
  EXPECT_EQ(aclrtDeviceGetUuid(1, &second), ACL_SUCCESS);
  EXPECT_NE(std::memcmp(&first, &second, sizeof(first)), 0);
  char bus[32] = "";
  EXPECT_EQ(aclrtDeviceGetPCIBusId(1, bus, sizeof(bus)), ACL_SUCCESS);
  EXPECT_STREQ(bus, "0000:02:00.0");
  EXPECT_TRUE(failed_with(aclrtDeviceGetPCIBusId(1, bus, 5), 107000, "too short"));
  int32_t id = -1;
  EXPECT_EQ(aclrtDeviceGetByPCIBusId(bus, &id), ACL_SUCCESS);
  EXPECT_EQ(id, 1);
  EXPECT_EQ(aclrtDeviceGetByPCIBusId("nowhere", &id), 107000);
  uint64_t topology = 0;
  EXPECT_EQ(aclrtGetDevicesTopo(0, 1, &topology), ACL_SUCCESS);
  EXPECT_EQ(topology, ACL_RT_DEVS_TOPOLOGY_PIX);
}

TEST(DeviceIds, FollowTheVisibleList) {
  in_child([] {
    int32_t id = -1;
    EXPECT_EQ(aclrtGetPhyDevIdByUserDevId(3, &id), ACL_SUCCESS);
    EXPECT_EQ(id, 3);
    EXPECT_EQ(aclrtGetUserDevIdByPhyDevId(3, &id), ACL_SUCCESS);
    EXPECT_EQ(id, 3);
    EXPECT_EQ(aclrtGetLogicDevIdByUserDevId(3, &id), ACL_SUCCESS);
    EXPECT_EQ(aclrtGetUserDevIdByLogicDevId(3, &id), ACL_SUCCESS);
    EXPECT_EQ(aclrtGetLogicDevIdByPhyDevId(3, &id), ACL_SUCCESS);
    EXPECT_EQ(aclrtGetPhyDevIdByLogicDevId(3, &id), ACL_SUCCESS);
    EXPECT_TRUE(failed_with(aclrtGetUserDevIdByPhyDevId(63, &id), 107001, "not visible"));
    EXPECT_EQ(aclrtGetPhyDevIdByUserDevId(0, nullptr), 100000);
  });
}

TEST_F(DeviceTest, Limits) {
  size_t value = 1;
  EXPECT_EQ(aclrtDeviceSetLimit(ACL_RT_DEV_LIMIT_SIMD_STACK_SIZE, 4096), ACL_SUCCESS);
  EXPECT_EQ(aclrtDeviceGetLimit(ACL_RT_DEV_LIMIT_SIMD_STACK_SIZE, &value), ACL_SUCCESS);
  EXPECT_EQ(value, 4096u);
  EXPECT_EQ(aclrtDeviceSetLimit(static_cast<aclrtDeviceLimit>(5), 1), 100000);
  EXPECT_EQ(aclrtDeviceSetLimit(static_cast<aclrtDeviceLimit>(-1), 1), 100000);
  uint32_t cores = 0;
  EXPECT_EQ(aclrtGetDeviceResLimit(0, ACL_RT_DEV_RES_CUBE_CORE, &cores), ACL_SUCCESS);
  EXPECT_EQ(cores, 8u);
  EXPECT_TRUE(failed_with(aclrtSetDeviceResLimit(0, ACL_RT_DEV_RES_CUBE_CORE, 9), 107000, "has 8"));
  EXPECT_EQ(aclrtSetDeviceResLimit(0, static_cast<aclrtDevResLimitType>(2), 1), 107000);
  EXPECT_EQ(aclrtSetDeviceResLimit(5, ACL_RT_DEV_RES_CUBE_CORE, 1), 507033);
  EXPECT_EQ(aclrtSetDeviceResLimit(0, ACL_RT_DEV_RES_CUBE_CORE, 3), ACL_SUCCESS);
  EXPECT_EQ(aclrtGetResInCurrentThread(ACL_RT_DEV_RES_CUBE_CORE, &cores), ACL_SUCCESS);
  EXPECT_EQ(cores, 3u);
  EXPECT_EQ(aclrtResetDeviceResLimit(0), ACL_SUCCESS);
  EXPECT_EQ(aclrtGetResInCurrentThread(ACL_RT_DEV_RES_CUBE_CORE, &cores), ACL_SUCCESS);
  EXPECT_EQ(cores, 8u);
}

TEST_F(DeviceTest, OverflowStateIsWrittenInStreamOrder) {
  void* state = nullptr;
  ASSERT_EQ(aclrtMalloc(&state, 64, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  std::memset(state, 0xff, 64);
  EXPECT_TRUE(failed_with(aclrtGetOverflowStatus(state, 32, nullptr), 100000, "64"));
  EXPECT_EQ(aclrtGetOverflowStatus(nullptr, 64, nullptr), 100000);
  EXPECT_EQ(aclrtResetOverflowStatus(nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclrtGetOverflowStatus(state, 64, nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  const char zeros[64] = {};
  EXPECT_EQ(std::memcmp(state, zeros, 64), 0);
  EXPECT_EQ(aclrtFree(state), ACL_SUCCESS);
}

// Spec runtime section 11: a device with a host beside it has no groups.
TEST_F(DeviceTest, GroupsOfAChipWithoutGroups) {
  uint32_t count = 9;
  EXPECT_EQ(aclrtGetGroupCount(&count), ACL_SUCCESS);
  EXPECT_EQ(count, 0u);
  EXPECT_EQ(aclrtCreateGroupInfo(), nullptr);
  EXPECT_TRUE(failed_with(aclrtSetGroup(0), 107014, "no compute groups"));
  EXPECT_EQ(aclrtDestroyGroupInfo(static_cast<aclrtGroupInfo*>(fake_handle())), 100000);
  EXPECT_EQ(aclrtGetAllGroupInfo(nullptr), 100000);
}

TEST_F(DeviceTest, MachineCodeDoesNotRun) {
  const char code[] = "code";
  EXPECT_EQ(aclrtCreateBinary(nullptr, 4), nullptr);
  EXPECT_EQ(aclrtCreateBinary(code, 0), nullptr);
  const aclrtBinary binary = aclrtCreateBinary(code, sizeof(code));
  ASSERT_NE(binary, nullptr);
  aclrtBinHandle handle = nullptr;
  EXPECT_TRUE(failed_with(aclrtBinaryLoad(binary, &handle), 200001, "does not run here"));
  EXPECT_EQ(aclrtDestroyBinary(binary), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyBinary(binary), 100000);
  EXPECT_EQ(aclrtBinaryUnLoad(fake_handle()), 100000);
  EXPECT_EQ(aclrtLaunchKernel(nullptr, 1, code, sizeof(code), nullptr), 100000);
}

TEST(Features, OfTheDefaultChip) {
  const aclCannAttr* list = nullptr;
  size_t count = 0;
  EXPECT_EQ(aclGetCannAttributeList(&list, &count), ACL_SUCCESS);
  ASSERT_EQ(count, 1u);
  EXPECT_EQ(list[0], ACL_CANN_ATTR_JIT_COMPILE);
  int32_t value = -1;
  EXPECT_EQ(aclGetCannAttribute(ACL_CANN_ATTR_BF16, &value), ACL_SUCCESS);
  EXPECT_EQ(value, 0);
  EXPECT_EQ(aclGetCannAttribute(ACL_CANN_ATTR_UNDEFINED, &value), 100000);
}

TEST(Versions, OfPackages) {
  aclCANNPackageVersion version{};
  EXPECT_EQ(aclsysGetCANNVersion(ACL_PKG_NAME_CANN, &version), ACL_SUCCESS);
  EXPECT_STREQ(version.majorVersion, "8");
  EXPECT_TRUE(failed_with(aclsysGetCANNVersion(ACL_PKG_NAME_DRIVER, &version), 100003, "driver"));
  char text[ACL_PKG_VERSION_MAX_SIZE] = "";
  EXPECT_EQ(aclsysGetVersionStr(std::string("runtime").data(), text), ACL_SUCCESS);
  EXPECT_STREQ(text, version.version);
  EXPECT_EQ(aclsysGetVersionStr(std::string("nothing").data(), text), 100003);
}

}  // namespace
}  // namespace poacl::capi
