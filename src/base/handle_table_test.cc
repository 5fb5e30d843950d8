#include "base/handle_table.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace poacl {
namespace {

TEST(HandleTable, KnowsOnlyItsLivingHandles) {
  HandleTable<int> numbers;
  HandleTable<int> others;
  void* one = numbers.insert(std::make_shared<int>(1));
  void* two = others.insert(std::make_shared<int>(2));
  EXPECT_NE(one, two);
  EXPECT_EQ(*numbers.get(one), 1);
  EXPECT_EQ(numbers.get(two), nullptr);
  EXPECT_EQ(numbers.get(nullptr), nullptr);
  EXPECT_EQ(numbers.get(reinterpret_cast<void*>(0x1234)), nullptr);
  const auto kept = numbers.get(one);
  EXPECT_EQ(numbers.remove(one), kept);
  EXPECT_EQ(numbers.remove(one), nullptr);
  EXPECT_EQ(numbers.get(one), nullptr);
  EXPECT_EQ(*kept, 1);
  EXPECT_EQ(numbers.size(), 0u);
}

TEST(HandleTable, AHandleIsNeverGivenTwice) {
  HandleTable<int> numbers;
  void* first = numbers.insert(std::make_shared<int>(1));
  numbers.remove(first);
  for (int i = 0; i < 1000; ++i) {
    void* next = numbers.insert(std::make_shared<int>(i));
    EXPECT_NE(next, first);
    numbers.remove(next);
  }
}

TEST(HandleTable, ManyThreads) {
  HandleTable<int> numbers;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&numbers, t] {
      for (int i = 0; i < 2000; ++i) {
        void* handle = numbers.insert(std::make_shared<int>(t));
        ASSERT_EQ(*numbers.get(handle), t);
        if (i % 2 == 0) ASSERT_NE(numbers.remove(handle), nullptr);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(numbers.size(), 4000u);
  EXPECT_EQ(numbers.all().size(), 4000u);
}

}  // namespace
}  // namespace poacl
