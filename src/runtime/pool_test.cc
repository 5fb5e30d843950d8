#include "runtime/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "base/futex.h"

namespace poacl::runtime {
namespace {

// A pool's memory stays until the process ends, so the tests' pools do too.
Pool& pool_of(int width) {
  static auto* const all = new std::vector<Pool*>;
  all->push_back(new Pool(width));
  return *all->back();
}

class CountedWork final : public Runnable {
 public:
  explicit CountedWork(std::function<void(ParallelFor&)> body) : body_(std::move(body)) {}
  void run_slice(ParallelFor& parallel, int /*slot*/) noexcept override { body_(parallel); }

 private:
  std::function<void(ParallelFor&)> body_;
};

TEST(Pool, EveryChunkRunsOnceWithAValidWorker) {
  for (const int width : {1, 2, 3, 8}) {
    Pool& pool = pool_of(width);
    for (const int64_t chunks : {0, 1, 2, 3, 7, 100, 1000}) {
      Pool::CallerSlot slot(pool);
      std::vector<std::atomic<int>> hits(static_cast<size_t>(chunks));
      std::vector<std::atomic<int>> busy(static_cast<size_t>(width));
      std::atomic<bool> bad{false};
      slot.parallel()(chunks, [&](int64_t chunk, int worker) {
        if (worker < 0 || worker >= width || busy[worker].fetch_add(1) != 0) bad = true;
        hits[static_cast<size_t>(chunk)].fetch_add(1);
        busy[worker].fetch_sub(1);
      });
      EXPECT_FALSE(bad) << width << " workers, " << chunks << " chunks";
      for (auto& hit : hits) EXPECT_EQ(hit, 1);
    }
    pool.stop();
  }
}

TEST(Pool, ResultsOfHelpersAreVisibleToTheCaller) {
  Pool& pool = pool_of(4);
  Pool::CallerSlot slot(pool);
  std::vector<int64_t> values(64);
  for (int64_t round = 1; round <= 2000; ++round) {
    slot.parallel()(64, [&](int64_t chunk, int) { values[static_cast<size_t>(chunk)] = round; });
    for (const int64_t value : values) ASSERT_EQ(value, round);
  }
  pool.stop();
}

TEST(Pool, SmallerPrioritiesRunFirst) {
  Pool& pool = pool_of(1);
  std::promise<void> open;
  std::promise<void> entered;
  std::vector<int> order;
  std::promise<void> last;
  // The only worker is held until everything is queued.
  pool.submit(std::make_shared<CountedWork>([&](ParallelFor&) {
    entered.set_value();
    open.get_future().wait();
  }));
  entered.get_future().wait();
  for (const int priority : {3, 7, 0, 3, 100, -1}) {
    pool.submit(std::make_shared<CountedWork>([&, priority](ParallelFor&) {
                  order.push_back(priority);
                  if (order.size() == 6) last.set_value();
                }),
                priority);
  }
  open.set_value();
  last.get_future().wait();
  EXPECT_EQ(order, (std::vector<int>{0, -1, 3, 3, 7, 100}));
  pool.stop();
}

TEST(Pool, SeveralCallersShareTheWorkers) {
  Pool& pool = pool_of(4);
  std::vector<std::thread> callers;
  std::atomic<int64_t> total{0};
  std::atomic<int> computing{0};
  std::atomic<int> most{0};
  for (int caller = 0; caller < 6; ++caller) {
    callers.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        Pool::CallerSlot slot(pool);
        slot.parallel()(8, [&](int64_t chunk, int) {
          const int now = computing.fetch_add(1) + 1;
          for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
          }
          total += chunk;
          computing.fetch_sub(1);
        });
      }
    });
  }
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(total, 6 * 200 * 28);
  EXPECT_LE(most, 4);
  pool.stop();
}

TEST(Pool, RunsWhatIsSubmitted) {
  Pool& pool = pool_of(3);
  std::atomic<uint32_t> done{0};
  for (int i = 0; i < 100; ++i) {
    pool.submit(std::make_shared<CountedWork>(
        [&](ParallelFor& parallel) { parallel(4, [&](int64_t, int) { done.fetch_add(1); }); }));
  }
  while (done.load() < 400) std::this_thread::yield();
  EXPECT_EQ(done, 400u);
  pool.stop();
}

TEST(Pool, CallerGoesOnWhenEverySlotIsBlocked) {
  Pool& pool = pool_of(1);
  std::atomic<uint32_t> open{0};
  std::atomic<bool> entered{false};
  pool.submit(std::make_shared<CountedWork>([&](ParallelFor&) {
    entered = true;
    while (open.load() == 0) futex_wait(open, 0, -1);
  }));
  while (!entered) std::this_thread::yield();
  int ran = 0;
  {
    Pool::CallerSlot slot(pool);
    slot.parallel()(5, [&](int64_t, int worker) {
      EXPECT_EQ(worker, 0);
      ++ran;
    });
  }
  EXPECT_EQ(ran, 5);
  open = 1;
  futex_wake(open, 1);
  pool.stop();
}

TEST(Pool, StopLetsTheRunningWorkEnd) {
  Pool& pool = pool_of(2);
  std::atomic<bool> entered{false};
  std::atomic<bool> ended{false};
  pool.submit(std::make_shared<CountedWork>([&](ParallelFor&) {
    entered = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ended = true;
  }));
  while (!entered) std::this_thread::yield();
  pool.stop();
  EXPECT_TRUE(ended);
  EXPECT_TRUE(pool.stopped());
}

TEST(Pool, NothingRunsThatIsSubmittedAfterOrWhileItStops) {
  for (int round = 0; round < 20; ++round) {
    Pool& pool = pool_of(2);
    pool.start();
    std::atomic<bool> stopped{false};
    std::atomic<int> late{0};
    std::thread submitter([&] {
      while (!stopped) pool.submit(std::make_shared<CountedWork>([](ParallelFor&) {}));
      for (int i = 0; i < 10; ++i) {
        pool.submit(std::make_shared<CountedWork>([&](ParallelFor&) { ++late; }));
      }
    });
    pool.stop();
    stopped = true;
    submitter.join();
    EXPECT_EQ(late, 0);
    EXPECT_FALSE(pool.others_ready());
  }
}

TEST(SlotMask, ClaimsEachSlotOnceAcrossWords) {
  SlotMask mask(130);
  std::vector<bool> seen(130);
  for (int i = 0; i < 130; ++i) {
    const int slot = mask.try_claim();
    ASSERT_GE(slot, 0);
    ASSERT_LT(slot, 130);
    EXPECT_FALSE(seen[static_cast<size_t>(slot)]);
    seen[static_cast<size_t>(slot)] = true;
  }
  EXPECT_EQ(mask.try_claim(), -1);
  EXPECT_EQ(mask.unused(), 0);
  mask.clear(129);
  EXPECT_EQ(mask.try_claim(), 129);
}

}  // namespace
}  // namespace poacl::runtime
