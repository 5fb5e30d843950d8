#include "model/arena_pool.h"

#include <cstring>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace poacl::model {
namespace {

TEST(ArenaPool, ModelsThatRunOneAfterTheOtherShareOneArena) {
  ArenaPool pool;
  for (const size_t need : {size_t{1000}, size_t{5000}, size_t{3000}}) pool.add_user(need);
  EXPECT_EQ(pool.count(), 1u);
  EXPECT_EQ(pool.bytes(), 5000u);
  void* memory = nullptr;
  std::weak_ptr<SharedArena> last;
  for (int round = 0; round < 3; ++round) {
    for (const size_t need : {size_t{1000}, size_t{5000}, size_t{3000}}) {
      const auto arena = pool.take(last, need);
      if (memory == nullptr) memory = arena->memory();
      EXPECT_EQ(arena->memory(), memory);
      last = arena;
      arena->give_back();
    }
  }
  EXPECT_EQ(pool.count(), 1u);
}

TEST(ArenaPool, ExecutionsAtTheSameTimeHaveArenasOfTheirOwn) {
  ArenaPool pool;
  pool.add_user(100);
  pool.add_user(200);
  const auto first = pool.take({}, 100);
  const auto second = pool.take(first, 200);
  EXPECT_NE(first->memory(), second->memory());
  EXPECT_EQ(pool.count(), 2u);
  first->give_back();
  const auto third = pool.take(second, 200);
  EXPECT_EQ(third->memory(), first->memory());
  EXPECT_EQ(pool.count(), 2u);
}

TEST(ArenaPool, UnloadingFreesWhatNobodyNeeds) {
  ArenaPool pool;
  pool.add_user(100);
  pool.add_user(9000);
  EXPECT_EQ(pool.bytes(), 9000u);
  std::weak_ptr<SharedArena> last;
  {
    const auto arena = pool.take({}, 100);
    last = arena;
    arena->give_back();
  }
  pool.remove_user(9000);
  EXPECT_EQ(pool.bytes(), 100u);
  EXPECT_TRUE(last.expired());
  const auto arena = pool.take(last, 100);
  EXPECT_EQ(pool.count(), 1u);
  arena->give_back();
  pool.remove_user(100);
  EXPECT_EQ(pool.count(), 0u);
}

TEST(ArenaPool, AnArenaInUseOutlivesItsModels) {
  ArenaPool pool;
  pool.add_user(4096);
  const auto arena = pool.take({}, 4096);
  pool.remove_user(4096);
  std::memset(arena->memory(), 7, 4096);
  arena->give_back();
  pool.add_user(64);
  EXPECT_GE(pool.bytes(), 64u);
}

TEST(ArenaPool, TooMuchIsRefusedAndChangesNothing) {
  ArenaPool pool;
  pool.add_user(100);
  EXPECT_THROW(pool.add_user(~size_t{0}), std::bad_alloc);
  EXPECT_EQ(pool.bytes(), 100u);
  pool.add_user(70);
  pool.remove_user(100);
  EXPECT_EQ(pool.bytes(), 70u);
}

TEST(ArenaPool, ThreadsNeverHaveTheSameArenaAtOnce) {
  ArenaPool pool;
  std::vector<std::thread> threads;
  std::atomic<bool> shared{false};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const size_t need = 64u * static_cast<size_t>(t + 1);
      std::weak_ptr<SharedArena> last;
      for (int i = 0; i < 2000; ++i) {
        if (i % 50 == 0) pool.add_user(need);
        const auto arena = pool.take(last, need);
        auto* const words = static_cast<volatile int*>(arena->memory());
        words[0] = t;
        std::this_thread::yield();
        if (words[0] != t) shared = true;
        last = arena;
        arena->give_back();
        if (i % 50 == 49) pool.remove_user(need);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(shared);
  EXPECT_EQ(pool.count(), 0u);
}

}  // namespace
}  // namespace poacl::model
