#include <cstring>
#include <set>
#include <vector>

#include "capi/dvpp_test_util.h"

namespace poacl::capi {
namespace {

// Every kind of handle with the calls that make and destroy it.
struct HandleKind {
  const char* name;
  void* (*create)();
  aclError (*destroy)(void*);
};

template <typename T, T* (*make)()>
void* create_of() {
  return make();
}
template <typename T, aclError (*end)(T*)>
aclError destroy_of(void* handle) {
  return end(static_cast<T*>(handle));
}
template <typename T, T* (*make)(), aclError (*end)(T*)>
HandleKind kind(const char* name) {
  return {name, create_of<T, make>, destroy_of<T, end>};
}
acldvppBatchPicDesc* batch_of_two() {
  return acldvppCreateBatchPicDesc(2);
}
acldvppRoiConfig* small_area() {
  return acldvppCreateRoiConfig(0, 1, 0, 1);
}

std::vector<HandleKind> kinds() {
  return {
      kind<acldvppPicDesc, acldvppCreatePicDesc, acldvppDestroyPicDesc>("picture"),
      kind<acldvppBatchPicDesc, batch_of_two, acldvppDestroyBatchPicDesc>("batch"),
      kind<acldvppChannelDesc, acldvppCreateChannelDesc, acldvppDestroyChannelDesc>("channel"),
      kind<acldvppRoiConfig, small_area, acldvppDestroyRoiConfig>("area"),
      kind<acldvppResizeConfig, acldvppCreateResizeConfig, acldvppDestroyResizeConfig>("resize"),
      kind<acldvppBorderConfig, acldvppCreateBorderConfig, acldvppDestroyBorderConfig>("border"),
      kind<acldvppJpegeConfig, acldvppCreateJpegeConfig, acldvppDestroyJpegeConfig>("jpege"),
      kind<acldvppHist, acldvppCreateHist, acldvppDestroyHist>("hist"),
      kind<acldvppLutMap, acldvppCreateLutMap, acldvppDestroyLutMap>("lut"),
  };
}

TEST(DvppObjects, DeadForeignAndRandomHandlesAreRecognised) {
  for (const HandleKind& one : kinds()) {
    for (const HandleKind& other : kinds()) {
      void* foreign = other.create();
      ASSERT_NE(foreign, nullptr);
      if (std::strcmp(one.name, other.name) != 0) {
        EXPECT_TRUE(failed_with(one.destroy(foreign), 100000, "not alive")) << one.name;
      }
      EXPECT_EQ(other.destroy(foreign), ACL_SUCCESS) << other.name;
      EXPECT_TRUE(failed_with(other.destroy(foreign), 100000, "destroyed")) << other.name;
    }
    EXPECT_TRUE(failed_with(one.destroy(nullptr), 100000, "null")) << one.name;
    EXPECT_EQ(one.destroy(fake_handle()), 100000) << one.name;
  }
}

TEST(DvppObjects, PictureDescriptionsKeepWhatIsSet) {
  acldvppPicDesc* desc = acldvppCreatePicDesc();
  int memory = 0;
  EXPECT_EQ(acldvppSetPicDescData(desc, &memory), ACL_SUCCESS);
  EXPECT_EQ(acldvppSetPicDescSize(desc, 1), ACL_SUCCESS);
  EXPECT_EQ(acldvppSetPicDescFormat(desc, PIXEL_FORMAT_RGB_888), ACL_SUCCESS);
  EXPECT_EQ(acldvppSetPicDescWidth(desc, 2), ACL_SUCCESS);
  EXPECT_EQ(acldvppSetPicDescHeight(desc, 3), ACL_SUCCESS);
  EXPECT_EQ(acldvppSetPicDescWidthStride(desc, 4), ACL_SUCCESS);
  EXPECT_EQ(acldvppSetPicDescHeightStride(desc, 5), ACL_SUCCESS);
  EXPECT_EQ(acldvppSetPicDescRetCode(desc, 6), ACL_SUCCESS);
  EXPECT_EQ(acldvppGetPicDescData(desc), &memory);
  EXPECT_EQ(acldvppGetPicDescSize(desc), 1u);
  EXPECT_EQ(acldvppGetPicDescFormat(desc), PIXEL_FORMAT_RGB_888);
  EXPECT_EQ(acldvppGetPicDescWidth(desc), 2u);
  EXPECT_EQ(acldvppGetPicDescHeight(desc), 3u);
  EXPECT_EQ(acldvppGetPicDescWidthStride(desc), 4u);
  EXPECT_EQ(acldvppGetPicDescHeightStride(desc), 5u);
  EXPECT_EQ(acldvppGetPicDescRetCode(desc), 6u);
  EXPECT_EQ(acldvppDestroyPicDesc(desc), ACL_SUCCESS);
  EXPECT_EQ(acldvppSetPicDescWidth(desc, 2), 100000);
  EXPECT_EQ(acldvppGetPicDescWidth(desc), 0u);
  EXPECT_EQ(acldvppGetPicDescData(desc), nullptr);
  EXPECT_EQ(acldvppGetPicDescFormat(nullptr), PIXEL_FORMAT_UNKNOWN);
}

TEST(DvppObjects, ABatchOwnsItsPictures) {
  acldvppBatchPicDesc* batch = acldvppCreateBatchPicDesc(3);
  ASSERT_NE(batch, nullptr);
  std::set<acldvppPicDesc*> pictures;
  for (uint32_t i = 0; i < 3; ++i) {
    acldvppPicDesc* picture = acldvppGetPicDesc(batch, i);
    ASSERT_NE(picture, nullptr);
    EXPECT_EQ(acldvppGetPicDesc(batch, i), picture);
    pictures.insert(picture);
    EXPECT_EQ(acldvppSetPicDescWidth(picture, 10 + i), ACL_SUCCESS);
    EXPECT_TRUE(failed_with(acldvppDestroyPicDesc(picture), 100000, "acldvppDestroyBatchPicDesc"));
  }
  EXPECT_EQ(pictures.size(), 3u);
  EXPECT_EQ(acldvppGetPicDescWidth(acldvppGetPicDesc(batch, 2)), 12u);
  EXPECT_EQ(acldvppGetPicDesc(batch, 3), nullptr);
  EXPECT_NE(recent_error().find("3 pictures"), std::string::npos);
  EXPECT_EQ(acldvppDestroyBatchPicDesc(batch), ACL_SUCCESS);
  for (acldvppPicDesc* picture : pictures) EXPECT_EQ(acldvppSetPicDescWidth(picture, 1), 100000);
  EXPECT_EQ(acldvppGetPicDesc(batch, 0), nullptr);
  EXPECT_EQ(acldvppCreateBatchPicDesc(0), nullptr);
  EXPECT_EQ(acldvppCreateBatchPicDesc(UINT32_MAX), nullptr);
  EXPECT_NE(recent_error().find("256"), std::string::npos);
}

TEST(DvppObjects, SettingsRefuseWhatMakesNoSense) {
  acldvppResizeConfig* resize = acldvppCreateResizeConfig();
  EXPECT_EQ(acldvppGetResizeConfigInterpolation(resize), 0u);
  for (uint32_t number = 0; number <= 5; ++number) {
    EXPECT_EQ(acldvppSetResizeConfigInterpolation(resize, number), ACL_SUCCESS);
    EXPECT_EQ(acldvppGetResizeConfigInterpolation(resize), number);
  }
  EXPECT_TRUE(failed_with(acldvppSetResizeConfigInterpolation(resize, 6), 100000, "6"));
  EXPECT_EQ(acldvppGetResizeConfigInterpolation(resize), 5u);
  EXPECT_EQ(acldvppDestroyResizeConfig(resize), ACL_SUCCESS);

  acldvppJpegeConfig* jpege = acldvppCreateJpegeConfig();
  EXPECT_EQ(acldvppGetJpegeConfigLevel(jpege), 100u);
  EXPECT_EQ(acldvppSetJpegeConfigLevel(jpege, 0), ACL_SUCCESS);
  EXPECT_TRUE(failed_with(acldvppSetJpegeConfigLevel(jpege, 101), 100000, "101"));
  EXPECT_EQ(acldvppGetJpegeConfigLevel(jpege), 0u);
  EXPECT_EQ(acldvppDestroyJpegeConfig(jpege), ACL_SUCCESS);

  acldvppBorderConfig* border = acldvppCreateBorderConfig();
  EXPECT_EQ(acldvppSetBorderConfigValue(border, 3, 255), ACL_SUCCESS);
  EXPECT_EQ(acldvppGetBorderConfigValue(border, 3), 255);
  EXPECT_TRUE(failed_with(acldvppSetBorderConfigValue(border, 4, 0), 100000, "index 4"));
  EXPECT_TRUE(failed_with(acldvppSetBorderConfigValue(border, 0, 256), 100000, "256"));
  EXPECT_EQ(acldvppSetBorderConfigValue(border, 0, -1), 100000);
  EXPECT_EQ(acldvppSetBorderConfigValue(border, 0, __builtin_nan("")), 100000);
  EXPECT_EQ(acldvppGetBorderConfigValue(border, 4), 0);
  EXPECT_EQ(acldvppSetBorderConfigBorderType(border, BORDER_REFLECT_101), ACL_SUCCESS);
  EXPECT_EQ(acldvppSetBorderConfigBorderType(border, static_cast<acldvppBorderType>(4)), 100000);
  EXPECT_EQ(acldvppGetBorderConfigBorderType(border), BORDER_REFLECT_101);
  EXPECT_EQ(acldvppSetBorderConfigTop(border, 1), ACL_SUCCESS);
  EXPECT_EQ(acldvppSetBorderConfigBottom(border, 2), ACL_SUCCESS);
  EXPECT_EQ(acldvppSetBorderConfigLeft(border, 3), ACL_SUCCESS);
  EXPECT_EQ(acldvppSetBorderConfigRight(border, 4), ACL_SUCCESS);
  EXPECT_EQ(acldvppGetBorderConfigTop(border), 1u);
  EXPECT_EQ(acldvppGetBorderConfigBottom(border), 2u);
  EXPECT_EQ(acldvppGetBorderConfigLeft(border), 3u);
  EXPECT_EQ(acldvppGetBorderConfigRight(border), 4u);
  EXPECT_EQ(acldvppDestroyBorderConfig(border), ACL_SUCCESS);
}

TEST(DvppObjects, TablesGiveTheirMemory) {
  acldvppLutMap* map = acldvppCreateLutMap();
  EXPECT_EQ(acldvppGetLutMapDims(map), 3u);
  uint8_t* table = nullptr;
  uint32_t length = 0;
  ASSERT_EQ(acldvppGetLutMapData(map, 2, &table, &length), ACL_SUCCESS);
  EXPECT_EQ(length, 256u);
  EXPECT_EQ(table[200], 200);
  EXPECT_TRUE(failed_with(acldvppGetLutMapData(map, 3, &table, &length), 100000, "dim 3"));
  EXPECT_EQ(acldvppGetLutMapData(map, 0, nullptr, &length), 100000);
  EXPECT_EQ(acldvppDestroyLutMap(map), ACL_SUCCESS);
  EXPECT_EQ(acldvppGetLutMapDims(map), 0u);

  acldvppHist* hist = acldvppCreateHist();
  EXPECT_EQ(acldvppGetHistDims(hist), 3u);
  uint32_t* counts = nullptr;
  uint16_t bins = 0;
  ASSERT_EQ(acldvppGetHistData(hist, 0, &counts, &bins), ACL_SUCCESS);
  EXPECT_EQ(bins, 256);
  counts[7] = 7;
  EXPECT_EQ(acldvppClearHist(hist), ACL_SUCCESS);
  EXPECT_EQ(counts[7], 0u);
  EXPECT_EQ(acldvppGetHistRetCode(hist), 0u);
  EXPECT_EQ(acldvppGetHistData(hist, 3, &counts, &bins), 100000);
  EXPECT_EQ(acldvppDestroyHist(hist), ACL_SUCCESS);
}

TEST(DvppMemory, NeedsAContext) {
  void* memory = nullptr;
  EXPECT_EQ(acldvppMalloc(&memory, 64), 107002);
}

TEST_F(DeviceTest, DvppMemoryIsDeviceMemory) {
  size_t before = 0;
  size_t after = 0;
  size_t total = 0;
  void* memory = nullptr;
  constexpr size_t kBytes = 5 << 20;
  ASSERT_EQ(aclrtGetMemInfo(ACL_HBM_MEM, &before, &total), ACL_SUCCESS);
  ASSERT_EQ(acldvppMalloc(&memory, kBytes), ACL_SUCCESS);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(memory) % 128, 0u);
  ASSERT_EQ(aclrtGetMemInfo(ACL_HBM_MEM, &after, &total), ACL_SUCCESS);
  EXPECT_GE(before - after, kBytes);
  std::vector<char> host(kBytes, 'x');
  EXPECT_EQ(aclrtMemcpy(memory, kBytes, host.data(), kBytes, ACL_MEMCPY_HOST_TO_DEVICE),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtMemcpy(host.data(), kBytes, memory, kBytes, ACL_MEMCPY_DEVICE_TO_HOST),
            ACL_SUCCESS);
  EXPECT_EQ(acldvppFree(memory), ACL_SUCCESS);
  EXPECT_EQ(acldvppFree(memory), 107000);
  EXPECT_EQ(acldvppFree(nullptr), 100000);
  EXPECT_EQ(acldvppMalloc(nullptr, 64), 100000);
  EXPECT_EQ(acldvppMalloc(&memory, 0), 100000);
  EXPECT_EQ(acldvppMalloc(&memory, size_t{1} << 50), 207001);
}

}  // namespace
}  // namespace poacl::capi
