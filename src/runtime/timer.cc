#include "runtime/timer.h"

#include <pthread.h>

#include <algorithm>
#include <cstring>
#include <mutex>

#include "base/futex.h"
#include "base/log.h"
#include "runtime/stream.h"

namespace poacl::runtime {
namespace {

std::atomic<Timer*> current{nullptr};

void forget_in_child() {
  current.store(nullptr, std::memory_order_relaxed);
}
// While the library is loaded: no fork can come in between.
[[maybe_unused]] const int hooked = pthread_atfork(nullptr, nullptr, forget_in_child);

}  // namespace

Timer& Timer::instance() {
  Timer* timer = current.load(std::memory_order_acquire);
  if (timer != nullptr) return *timer;
  auto made = std::make_unique<Timer>();
  // Never destroyed: its thread runs until the process ends.
  return current.compare_exchange_strong(timer, made.get()) ? *made.release() : *timer;
}

void Timer::watch(const std::shared_ptr<Stream>& stream, int64_t deadline) {
  {
    std::lock_guard lock(mutex_);
    if (stream) watched_.push_back(stream);
    if (!started_) start_thread();
  }
  if (deadline < sleeps_until_.load()) {
    changes_.fetch_add(1);
    futex_wake(changes_, 1);
  }
}

void Timer::start_thread() {
  pthread_t thread{};
  if (const int error = pthread_create(&thread, nullptr, enter, this)) {
    log(LogLevel::kWarning, "RUNTIME", "time limits of waits cannot be watched: no thread: {}",
        std::strerror(error));
    return;
  }
  pthread_detach(thread);
  started_ = true;
}

void* Timer::enter(void* timer) {
  pthread_setname_np(pthread_self(), "poacl-timer");
  static_cast<Timer*>(timer)->loop();
  return nullptr;
}

void Timer::loop() {
  while (true) {
    // A deadline that comes in during this round makes the sleep below end at once.
    sleeps_until_.store(kNever);
    const uint32_t seen = changes_.load();
    std::vector<std::weak_ptr<Stream>> round;
    {
      std::lock_guard lock(mutex_);
      round.swap(watched_);
    }
    const int64_t now = monotonic_ns();
    int64_t next = kNever;
    std::erase_if(round, [&](const std::weak_ptr<Stream>& watched) {
      const std::shared_ptr<Stream> stream = watched.lock();
      const int64_t deadline = stream ? stream->check_deadline(now) : 0;
      if (deadline != 0) next = std::min(next, deadline);
      return deadline == 0;
    });
    {
      std::lock_guard lock(mutex_);
      watched_.insert(watched_.end(), round.begin(), round.end());
    }
    sleeps_until_.store(next);
    futex_wait(changes_, seen, next == kNever ? -1 : std::max<int64_t>(1, next - now));
  }
}

}  // namespace poacl::runtime
