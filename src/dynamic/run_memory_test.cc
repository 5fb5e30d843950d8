#include "dynamic/run_memory.h"

#include <cstring>

#include <gtest/gtest.h>

namespace poacl {
namespace {

TEST(RunMemory, BlocksAreUsedAgain) {
  const auto pool = std::make_shared<BlockPool>();
  void* first = nullptr;
  {
    RunMemory memory(pool, 1 << 20);
    const auto tensor = memory.allocate(DataType::kFloat, {1000}, &first);
    ASSERT_TRUE(tensor.ok());
    EXPECT_EQ(reinterpret_cast<uintptr_t>(first) % 64, 0u);
    std::memset(first, 1, 4000);
  }
  RunMemory memory(pool, 1 << 20);
  void* second = nullptr;
  ASSERT_TRUE(memory.allocate(DataType::kFloat, {990}, &second).ok());
  EXPECT_EQ(second, first);
}

TEST(RunMemory, CountsUntilTheLastCopyIsGone) {
  RunMemory memory(std::make_shared<BlockPool>(), 1000);
  void* bytes = nullptr;
  auto one = memory.allocate(DataType::kInt8, {600}, &bytes);
  ASSERT_TRUE(one.ok());
  Tensor copy = *one;
  one = Status(1, "gone");
  const auto two = memory.allocate(DataType::kInt8, {600}, &bytes);
  EXPECT_EQ(two.status().code(), 245000);
  EXPECT_NE(two.status().message().find("holds 600"), std::string_view::npos)
      << two.status().message();
  copy = Tensor();
  EXPECT_TRUE(memory.allocate(DataType::kInt8, {600}, &bytes).ok());
}

TEST(RunMemory, TensorsMayOutliveThePool) {
  Tensor tensor;
  {
    RunMemory memory(std::make_shared<BlockPool>(), 1000);
    void* bytes = nullptr;
    tensor = *memory.allocate(DataType::kInt8, {10}, &bytes);
    std::memset(bytes, 7, 10);
  }
  EXPECT_EQ(tensor.as<int8_t>()[9], 7);
}

TEST(RunMemory, RefusesWhatNoMachineHas) {
  RunMemory memory(std::make_shared<BlockPool>(), SIZE_MAX);
  void* bytes = nullptr;
  EXPECT_EQ(memory.allocate(DataType::kFloat, {int64_t{1} << 45}, &bytes).status().code(), 245000);
  EXPECT_EQ(memory.allocate(DataType::kFloat, {INT64_MAX}, &bytes).status().code(), 145021);
  EXPECT_EQ(memory.allocate(DataType::kFloat, {INT64_MAX, 4}, &bytes).status().code(), 145021);
}

}  // namespace
}  // namespace poacl
