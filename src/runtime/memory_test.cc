#include "runtime/memory.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <atomic>
#include <cstring>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "acl/acl_base.h"
#include "runtime/address_check.h"
#include "runtime/block_cache.h"
#include "runtime/device.h"
#include "runtime/runtime.h"

namespace poacl::runtime {
namespace {

class MemoryTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(set_device(0).ok());
    context_ = *current_context();
  }
  void TearDown() override { EXPECT_TRUE(reset_device(0).ok()); }
  std::shared_ptr<Context> context_;
};

TEST_F(MemoryTest, BlocksAreAlignedDistinctAndWritableUpToTheirSlack) {
  std::mt19937 random(7);
  std::vector<std::pair<unsigned char*, size_t>> blocks;
  for (int i = 0; i < 400; ++i) {
    const size_t size = 1 + random() % (size_t{1} << (1 + random() % 21));
    const auto block = allocate_device(*context_, size);
    ASSERT_TRUE(block.ok()) << block.status().message();
    EXPECT_EQ(reinterpret_cast<uintptr_t>(*block) % 64, 0u);
    std::memset(*block, i & 0xff, allocation_capacity(size));
    blocks.emplace_back(static_cast<unsigned char*>(*block), size);
  }
  for (size_t i = 0; i < blocks.size(); ++i) {
    const auto [block, size] = blocks[i];
    EXPECT_EQ(block[0], i & 0xff);
    EXPECT_EQ(block[allocation_capacity(size) - 1], i & 0xff);
    EXPECT_TRUE(free_device(block).ok());
  }
}

TEST_F(MemoryTest, FreeTellsWhatIsWrong) {
  void* device = *allocate_device(*context_, 100);
  void* host = *allocate_host(100);
  int local = 0;
  EXPECT_EQ(free_device(&local).code(), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(free_device(reinterpret_cast<void*>(0x1234)).code(), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(free_device(reinterpret_cast<void*>(~uintptr_t{0})).code(), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(free_device(static_cast<char*>(device) + 8).code(), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(free_device(host).code(), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(free_host(device).code(), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_TRUE(free_device(device).ok());
  EXPECT_EQ(free_device(device).code(), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_TRUE(free_host(host).ok());
  EXPECT_EQ(free_host(host).code(), ACL_ERROR_RT_PARAM_INVALID);
}

TEST_F(MemoryTest, SizeZeroAndImpossibleSizes) {
  EXPECT_EQ(allocate_device(*context_, 0).status().code(), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(allocate_device(*context_, ~size_t{0}).status().code(), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(allocate_device(*context_, ~size_t{0} - 100).status().code(), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(allocate_host(0).status().code(), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(allocate_host(size_t{1} << 46).status().code(), ACL_ERROR_RT_MEMORY_ALLOCATION);
}

TEST_F(MemoryTest, AccountingIsReal) {
  const MemoryInfo before = memory_info(*context_);
  EXPECT_GT(before.total, 0u);
  const auto tooMuch = allocate_device(*context_, before.free + 1);
  EXPECT_EQ(tooMuch.status().code(), ACL_ERROR_RT_MEMORY_ALLOCATION);
  // The bytes alone would fit, the block that holds them does not.
  const auto slightlyTooMuch = allocate_device(*context_, before.free);
  EXPECT_EQ(slightlyTooMuch.status().code(), ACL_ERROR_RT_MEMORY_ALLOCATION);
  EXPECT_NE(slightlyTooMuch.status().message().find("bytes are in use"), std::string_view::npos)
      << slightlyTooMuch.status().message();
  void* block = *allocate_device(*context_, 1 << 20);
  EXPECT_EQ(memory_info(*context_).free, before.free - allocation_capacity(1 << 20));
  ASSERT_TRUE(free_device(block).ok());
  EXPECT_EQ(memory_info(*context_).free, before.free);
}

TEST_F(MemoryTest, FindsBlocksFromInside) {
  void* block = *allocate_device(*context_, 5000);
  const auto inside = find_allocation(static_cast<char*>(block) + 4999);
  ASSERT_TRUE(inside.has_value());
  EXPECT_EQ(inside->base, block);
  EXPECT_EQ(inside->size, 5000u);
  EXPECT_EQ(inside->kind, MemoryKind::kDevice);
  EXPECT_EQ(inside->device, 0);
  ASSERT_TRUE(free_device(block).ok());
  EXPECT_EQ(find_allocation(block)->size, 0u);
  EXPECT_FALSE(find_allocation(&block).has_value());
}

TEST_F(MemoryTest, AFreedBlockIsUsedAgain) {
  for (const size_t size : {size_t{64}, size_t{100'000}, size_t{3} << 20}) {
    void* first = *allocate_device(*context_, size);
    ASSERT_TRUE(free_device(first).ok());
    void* second = *allocate_device(*context_, size);
    EXPECT_EQ(first, second);
    ASSERT_TRUE(free_device(second).ok());
  }
}

TEST_F(MemoryTest, ManyThreadsAtOnce) {
  const MemoryInfo before = memory_info(*context_);
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      std::mt19937 random(t);
      std::vector<void*> mine;
      for (int i = 0; i < 3000; ++i) {
        if (mine.size() < 20 || random() % 2 == 0) {
          const size_t size = 1 + random() % 300'000;
          const auto block = allocate_device(*context_, size);
          ASSERT_TRUE(block.ok());
          std::memset(*block, static_cast<int>(t), 1);
          mine.push_back(*block);
        } else {
          std::swap(mine[random() % mine.size()], mine.back());
          ASSERT_EQ(*static_cast<unsigned char*>(mine.back()), t);
          ASSERT_TRUE(free_device(mine.back()).ok());
          mine.pop_back();
        }
      }
      for (void* block : mine) ASSERT_TRUE(free_device(block).ok());
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(memory_info(*context_).free, before.free);
}

TEST(BlockCache, LimitHoldsToTheByte) {
  // Spans refer to their cache for the life of the process.
  static std::atomic<uint64_t> used{0};
  static auto& cache = *new BlockCache(0, 1000, used);
  void* all = cache.allocate(1000, 1000);
  ASSERT_NE(all, nullptr);
  EXPECT_EQ(cache.allocate(1, 1), nullptr);
  Span* span = page_map().find(all);
  span->requested.load()[0].store(0);
  cache.release(*span, 0, 1000);
  EXPECT_EQ(cache.used(), 0u);
  EXPECT_EQ(cache.allocate(1001, 1001), nullptr);
}

TEST(BlockCache, ARequestThatIsTooBigDoesNotMakeOthersFail) {
  static std::atomic<uint64_t> used{0};
  static auto& cache = *new BlockCache(0, 1 << 20, used);
  ASSERT_NE(cache.allocate(100, 128), nullptr);
  const uint64_t held = cache.used();
  std::atomic<bool> stop{false};
  std::thread greedy([&stop] {
    while (!stop) EXPECT_EQ(cache.allocate(1 << 20, 1 << 20), nullptr);
  });
  int failed = 0;
  for (int i = 0; i < 200'000; ++i) {
    void* block = cache.allocate(100, 128);
    if (block == nullptr) {
      ++failed;
      continue;
    }
    Span* span = page_map().find(block);
    const auto index = static_cast<uint32_t>((static_cast<char*>(block) - span->base) / 128);
    span->requested.load()[index].store(0);
    cache.release(*span, index, 128);
  }
  stop = true;
  greedy.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(cache.used(), held);
}

TEST(AddressCheck, ForeignMemoryThatWasUnmappedIsNoticed) {
  constexpr size_t kBytes = 1 << 20;
  void* pages = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(pages, MAP_FAILED);
  EXPECT_TRUE(check_memory(pages, kBytes, "source", 107000).ok());
  EXPECT_TRUE(check_memory(pages, kBytes, "source", 107000).ok());
  ASSERT_EQ(munmap(pages, kBytes), 0);
  EXPECT_EQ(check_memory(pages, kBytes, "source", 107000).code(), 107000);
  EXPECT_EQ(check_memory(pages, 100, "source", 107000).code(), 107000);
  EXPECT_EQ(check_memory(&pages, ~size_t{0}, "source", 107000).code(), 107000);
}

}  // namespace
}  // namespace poacl::runtime
