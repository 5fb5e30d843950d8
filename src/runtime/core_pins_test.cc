#include "runtime/core_pins.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "base/futex.h"

namespace poacl::runtime {
namespace {

cpu_set_t affinity() {
  cpu_set_t set;
  CPU_ZERO(&set);
  EXPECT_EQ(sched_getaffinity(0, sizeof set, &set), 0);
  return set;
}

int cores() {
  const cpu_set_t set = affinity();
  return CPU_COUNT(&set);
}

// Computes on more threads than there are cores until one of them notices.
void compete(CorePins& pins) {
  std::vector<std::thread> threads;
  for (int i = 0; i <= cores(); ++i) {
    threads.emplace_back([&pins] {
      const int64_t end = monotonic_ns() + 20'000'000'000;
      while (!pins.contended() && monotonic_ns() < end) pins.observe();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(CorePins, NobodyIsPinnedWithoutCompetition) {
  CorePins pins(cores());
  const cpu_set_t before = affinity();
  EXPECT_FALSE(pins.contended());
  {
    const CorePins::Caller pin(pins, 0);
    const cpu_set_t during = affinity();
    EXPECT_TRUE(CPU_EQUAL(&before, &during));
  }
  pins.place_worker(0);
  const cpu_set_t after = affinity();
  EXPECT_TRUE(CPU_EQUAL(&before, &after));
}

TEST(CorePins, CallersHaveCoresOfTheirOwnAndGetTheirAffinityBack) {
  if (cores() < 2) GTEST_SKIP() << "one core has no other to choose";
  CorePins pins(cores());
  const cpu_set_t before = affinity();
  compete(pins);
  cpu_set_t used;
  CPU_ZERO(&used);
  for (int slot = 0; slot < cores() && pins.contended(); ++slot) {
    const CorePins::Caller pin(pins, slot);
    const cpu_set_t during = affinity();
    if (!pins.contended()) break;
    ASSERT_EQ(CPU_COUNT(&during), 1) << slot;
    cpu_set_t both;
    CPU_AND(&both, &used, &during);
    EXPECT_EQ(CPU_COUNT(&both), 0) << slot;
    CPU_OR(&used, &used, &during);
  }
  const cpu_set_t after = affinity();
  EXPECT_TRUE(CPU_EQUAL(&before, &after));
}

TEST(CorePins, WorkersAreFreeAgainAfterwards) {
  if (cores() < 2) GTEST_SKIP() << "one core has no other to choose";
  CorePins pins(cores());
  const cpu_set_t before = affinity();
  compete(pins);
  pins.place_worker(1);
  while (pins.contended()) std::this_thread::yield();
  pins.place_worker(0);
  const cpu_set_t after = affinity();
  EXPECT_TRUE(CPU_EQUAL(&before, &after));
}

TEST(CorePins, ThreadsMayHaveFewerCoresThanThereAreSlots) {
  CorePins pins(cores() + 1);
  const cpu_set_t before = affinity();
  compete(pins);
  const CorePins::Caller pin(pins, 0);
  const cpu_set_t during = affinity();
  EXPECT_TRUE(CPU_EQUAL(&before, &during));
}

}  // namespace
}  // namespace poacl::runtime
