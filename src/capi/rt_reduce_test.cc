#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "capi/rt_test_util.h"

namespace poacl::capi {
namespace {

constexpr aclrtReduceKind kSum = ACL_RT_MEMCPY_SDMA_AUTOMATIC_SUM;
constexpr aclrtReduceKind kMax = ACL_RT_MEMCPY_SDMA_AUTOMATIC_MAX;
constexpr aclrtReduceKind kMin = ACL_RT_MEMCPY_SDMA_AUTOMATIC_MIN;

class ReduceTest : public DeviceTest {
 protected:
  void SetUp() override {
    DeviceTest::SetUp();
    ASSERT_EQ(aclrtMalloc(&dst_, kBytes, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
    ASSERT_EQ(aclrtMalloc(&src_, kBytes, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  }
  void TearDown() override {
    EXPECT_EQ(aclrtFree(dst_), ACL_SUCCESS);
    EXPECT_EQ(aclrtFree(src_), ACL_SUCCESS);
    DeviceTest::TearDown();
  }

  // What `a` is once `b` has been reduced into it.
  template <typename T>
  std::vector<T> reduced(const std::vector<T>& a, const std::vector<T>& b, aclrtReduceKind kind,
                         aclDataType type) {
    const size_t bytes = a.size() * sizeof(T);
    EXPECT_EQ(aclrtMemcpy(dst_, bytes, a.data(), bytes, ACL_MEMCPY_HOST_TO_DEVICE), ACL_SUCCESS);
    EXPECT_EQ(aclrtMemcpy(src_, bytes, b.data(), bytes, ACL_MEMCPY_HOST_TO_DEVICE), ACL_SUCCESS);
    EXPECT_EQ(aclrtReduceAsync(dst_, src_, bytes, kind, type, nullptr, nullptr), ACL_SUCCESS)
        << recent_error();
    EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
    std::vector<T> result(a.size());
    EXPECT_EQ(aclrtMemcpy(result.data(), bytes, dst_, bytes, ACL_MEMCPY_DEVICE_TO_HOST),
              ACL_SUCCESS);
    return result;
  }

  static constexpr size_t kBytes = 4u << 20;
  void* dst_ = nullptr;
  void* src_ = nullptr;
};

template <typename T>
using List = std::vector<T>;

TEST_F(ReduceTest, IntegersOfEveryWidth) {
  const List<int8_t> a8 = {1, -128, 127, 5};
  const List<int8_t> b8 = {2, -1, 1, -6};
  EXPECT_EQ(reduced(a8, b8, kSum, ACL_INT8), (List<int8_t>{3, 127, -128, -1}));
  EXPECT_EQ(reduced(a8, b8, kMax, ACL_INT8), (List<int8_t>{2, -1, 127, 5}));
  EXPECT_EQ(reduced(a8, b8, kMin, ACL_INT8), (List<int8_t>{1, -128, 1, -6}));
  const List<int16_t> a16 = {300, -32768, 7};
  const List<int16_t> b16 = {-301, -1, 7};
  EXPECT_EQ(reduced(a16, b16, kSum, ACL_INT16), (List<int16_t>{-1, 32767, 14}));
  EXPECT_EQ(reduced(a16, b16, kMax, ACL_INT16), (List<int16_t>{300, -1, 7}));
  const List<int32_t> a32 = {1 << 30, -5, 0};
  const List<int32_t> b32 = {1 << 30, 4, -9};
  EXPECT_EQ(reduced(a32, b32, kSum, ACL_INT32),
            (List<int32_t>{std::numeric_limits<int32_t>::min(), -1, -9}));
  EXPECT_EQ(reduced(a32, b32, kMin, ACL_INT32), (List<int32_t>{1 << 30, -5, -9}));
  const List<uint32_t> au = {4'000'000'000u, 1};
  const List<uint32_t> bu = {1, 4'000'000'000u};
  EXPECT_EQ(reduced(au, bu, kMax, ACL_UINT32), (List<uint32_t>{4'000'000'000u, 4'000'000'000u}));
}

TEST_F(ReduceTest, FloatsOfEveryWidth) {
  const List<float> a = {1.5f, -2.0f, 0.25f};
  const List<float> b = {2.25f, -3.0f, 8.0f};
  EXPECT_EQ(reduced(a, b, kSum, ACL_FLOAT), (List<float>{3.75f, -5.0f, 8.25f}));
  EXPECT_EQ(reduced(a, b, kMax, ACL_FLOAT), (List<float>{2.25f, -2.0f, 8.0f}));
  EXPECT_EQ(reduced(a, b, kMin, ACL_FLOAT), (List<float>{1.5f, -3.0f, 0.25f}));
  // 1, -2, 65504 and 2048 as float16; 2048 + 1 is no float16 and goes to the even neighbour.
  const List<uint16_t> ah = {0x3c00, 0xc000, 0x7bff, 0x6800};
  const List<uint16_t> bh = {0xc000, 0x3c00, 0x7bff, 0x3c00};
  EXPECT_EQ(reduced(ah, bh, kSum, ACL_FLOAT16), (List<uint16_t>{0xbc00, 0xbc00, 0x7c00, 0x6800}));
  EXPECT_EQ(reduced(ah, bh, kMax, ACL_FLOAT16), (List<uint16_t>{0x3c00, 0x3c00, 0x7bff, 0x6800}));
  // 1, -2 and 3 as bfloat16.
  const List<uint16_t> ab = {0x3f80, 0xc000, 0x4040};
  const List<uint16_t> bb = {0x4040, 0x3f80, 0x4040};
  EXPECT_EQ(reduced(ab, bb, kSum, ACL_BF16), (List<uint16_t>{0x4080, 0xbf80, 0x40c0}));
  EXPECT_EQ(reduced(ab, bb, kMin, ACL_BF16), (List<uint16_t>{0x3f80, 0xc000, 0x4040}));
}

TEST_F(ReduceTest, WhatIsNoNumberStaysNone) {
  const float nan = std::nanf("");
  for (const aclrtReduceKind kind : {kSum, kMax, kMin}) {
    const auto result = reduced<float>({nan, 1, nan}, {1, nan, nan}, kind, ACL_FLOAT);
    for (const float each : result) EXPECT_TRUE(std::isnan(each)) << "kind " << kind;
  }
}

TEST_F(ReduceTest, LongArraysAreReducedToTheLastValue) {
  const size_t count = kBytes / sizeof(int32_t) - 3;
  List<int32_t> a(count);
  List<int32_t> b(count);
  for (size_t i = 0; i < count; ++i) {
    a[i] = static_cast<int32_t>(i);
    b[i] = static_cast<int32_t>(2 * i + 1);
  }
  const auto result = reduced(a, b, kSum, ACL_INT32);
  size_t wrong = 0;
  for (size_t i = 0; i < count; ++i) wrong += result[i] == static_cast<int32_t>(3 * i + 1) ? 0 : 1;
  EXPECT_EQ(wrong, 0u);
}

TEST_F(ReduceTest, MisuseIsRefusedWithTheNumbers) {
  const auto reduce = [&](void* dst, const void* src, uint64_t count, int kind, int type) {
    return aclrtReduceAsync(dst, src, count, static_cast<aclrtReduceKind>(kind),
                            static_cast<aclDataType>(type), nullptr, nullptr);
  };
  EXPECT_EQ(reduce(nullptr, src_, 4, 10, 0), 100000);
  EXPECT_EQ(reduce(dst_, nullptr, 4, 10, 0), 100000);
  EXPECT_TRUE(failed_with(reduce(dst_, src_, 4, 9, 0), 100000, "kind 9"));
  EXPECT_TRUE(failed_with(reduce(dst_, src_, 4, 13, 0), 207000, "equality"));
  EXPECT_TRUE(failed_with(reduce(dst_, src_, 8, 10, ACL_DOUBLE), 100000, "data type 11"));
  EXPECT_TRUE(failed_with(reduce(dst_, src_, 6, 10, 0), 107000, "multiple of 4"));
  EXPECT_EQ(reduce(dst_, src_, 0, 10, 0), 107000);
  EXPECT_EQ(reduce(dst_, src_, 2 * kBytes, 10, 0), 107000);
  std::vector<float> host(4);
  EXPECT_TRUE(failed_with(reduce(dst_, host.data(), 16, 10, 0), 107000, "not device memory"));
  EXPECT_TRUE(failed_with(aclrtReduceAsync(dst_, src_, 4, kSum, ACL_FLOAT, nullptr, host.data()),
                          100000, "reserve"));
  EXPECT_EQ(aclrtReduceAsync(dst_, src_, 4, kSum, ACL_FLOAT, fake_handle(), nullptr), 107017);
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
}

TEST_F(ReduceTest, CacheHintsAreCheckedAndChangeNothing) {
  ASSERT_EQ(aclrtMemset(dst_, kBytes, 7, kBytes), ACL_SUCCESS);
  for (const int type : {0, 1, 2, 3}) {
    EXPECT_EQ(aclrtCmoAsync(dst_, kBytes, static_cast<aclrtCmoType>(type), nullptr), ACL_SUCCESS);
  }
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  unsigned char last = 0;
  EXPECT_EQ(
      aclrtMemcpy(&last, 1, static_cast<char*>(dst_) + kBytes - 1, 1, ACL_MEMCPY_DEVICE_TO_HOST),
      ACL_SUCCESS);
  EXPECT_EQ(last, 7);
  EXPECT_EQ(aclrtCmoAsync(nullptr, 1, ACL_RT_CMO_TYPE_PREFETCH, nullptr), 100000);
  EXPECT_EQ(aclrtCmoAsync(dst_, 0, ACL_RT_CMO_TYPE_PREFETCH, nullptr), 107000);
  EXPECT_TRUE(failed_with(aclrtCmoAsync(dst_, 1, static_cast<aclrtCmoType>(4), nullptr), 100000,
                          "operation 4"));
  EXPECT_TRUE(failed_with(aclrtCmoAsync(&last, 1, ACL_RT_CMO_TYPE_PREFETCH, nullptr), 107000,
                          "not device memory"));
}

}  // namespace
}  // namespace poacl::capi
