#include "base/fork_locks.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace poacl {
namespace {

// Forks while it is being made: the time at which an object's locks are not there yet.
class ForksWhenMade {
 public:
  ForksWhenMade() {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
};

struct Counts {
  int locked = 0;
  int unlocked = 0;
};

class Guarded final : private ForkGuarded {
 public:
  explicit Guarded(Counts& counts) : counts_(counts) {}

 private:
  void lock_for_fork() noexcept override { ++counts_.locked; }
  void unlock_after_fork() noexcept override { ++counts_.unlocked; }
  Counts& counts_;
  ForksWhenMade fork_now_;
  ForkRegistration registration_{*this};
};

TEST(ForkLocks, AnObjectTakesPartOnceItIsWhole) {
  Counts counts;
  {
    const Guarded guarded(counts);
    EXPECT_EQ(counts.locked, 0);
    const ForksWhenMade fork_now;
    EXPECT_EQ(counts.locked, 1);
    EXPECT_EQ(counts.unlocked, 1);
  }
  const ForksWhenMade fork_now;
  EXPECT_EQ(counts.locked, 1);
}

}  // namespace
}  // namespace poacl
