#include "base/fork_locks.h"

#include <pthread.h>

#include <algorithm>
#include <vector>

namespace poacl {
namespace {

struct Registry {
  std::mutex mutex;
  std::vector<ForkGuarded*> guarded;
};

// Never destroyed: static tables may unregister after any static of this file would be gone.
Registry& registry();

void before_fork() {
  registry().mutex.lock();
  for (ForkGuarded* lock : registry().guarded) lock->lock_for_fork();
}

void after_fork() {
  auto& locks = registry().guarded;
  for (auto it = locks.rbegin(); it != locks.rend(); ++it) (*it)->unlock_after_fork();
  registry().mutex.unlock();
}

Registry& registry() {
  static Registry* const instance = [] {
    auto* made = new Registry;
    pthread_atfork(before_fork, after_fork, after_fork);
    return made;
  }();
  return *instance;
}

}  // namespace

ForkRegistration::ForkRegistration(ForkGuarded& guarded) : guarded_(&guarded) {
  Registry& all = registry();
  std::lock_guard lock(all.mutex);
  all.guarded.push_back(guarded_);
}

ForkRegistration::~ForkRegistration() {
  Registry& all = registry();
  std::lock_guard lock(all.mutex);
  std::erase(all.guarded, guarded_);
}

}  // namespace poacl
