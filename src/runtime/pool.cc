#include "runtime/pool.h"

#include <pthread.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>

#include <fmt/format.h>

#include "base/config.h"
#include "base/futex.h"
#include "base/log.h"
#include "base/usage_page.h"

namespace poacl::runtime {
namespace {

// How long an idle worker looks for work before it sleeps: waking a sleeper costs tens of
// microseconds, and between two layers of a running model there is serial work to bridge.
constexpr int64_t kIdleSpinNs = 40'000;
constexpr int64_t kBusySpinNs = 300'000;
constexpr int64_t kSlotSpinNs = 20'000;
constexpr int64_t kSlotPatienceNs = 100'000'000;
constexpr int kJoinPatienceSeconds = 5;

// A slot's number is its lane in the load meter.
static_assert(SlotMask::kMaxSlots <= kUsageLanes);

std::atomic<Pool*> current{nullptr};
std::mutex& creation_mutex() {
  static auto* const mutex = new std::mutex;
  return *mutex;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const std::mutex& creation_mutex_made_early = creation_mutex();

void forget_in_child() {
  current.store(nullptr, std::memory_order_relaxed);
  new (&creation_mutex()) std::mutex;
}
[[maybe_unused]] const int hooked = pthread_atfork(nullptr, nullptr, forget_in_child);

bool stops_at_exit = false;  // the creation mutex guards it

void stop_at_exit() {
  if (Pool* pool = current.load()) pool->stop();
}

}  // namespace

Pool& Pool::instance() {
  if (Pool* pool = current.load(std::memory_order_acquire)) return *pool;
  std::lock_guard lock(creation_mutex());
  if (Pool* pool = current.load(std::memory_order_acquire)) return *pool;
  if (!stops_at_exit) stops_at_exit = std::atexit(stop_at_exit) == 0;
  Pool* pool = new Pool(config().threads);
  current.store(pool, std::memory_order_release);
  return *pool;
}

Pool::Pool(int width)
    : width_(std::clamp(width, 1, SlotMask::kMaxSlots)),
      pins_(width_),
      slots_(width_),
      open_jobs_(width_) {
  for (int slot = 0; slot < width_; ++slot) {
    jobs_.push_back(std::make_unique<ParallelJob>(*this, slot));
  }
}

struct Pool::WorkerStart {
  Pool* pool;
  int index;
};

void* Pool::enter_worker(void* argument) {
  const std::unique_ptr<WorkerStart> start_of(static_cast<WorkerStart*>(argument));
  start_of->pool->work(start_of->index);
  return nullptr;
}

void Pool::start() {
  if (started_.load(std::memory_order_acquire)) return;
  std::lock_guard lock(mutex_);
  if (started_.load(std::memory_order_relaxed) || stopping_.load()) return;
  for (int index = 0; index < width_; ++index) {
    auto start_of = std::make_unique<WorkerStart>(WorkerStart{this, index});
    pthread_t thread{};
    if (const int error = pthread_create(&thread, nullptr, enter_worker, start_of.get())) {
      log(LogLevel::kWarning, "RUNTIME", "only {} of {} worker threads could be started: {}", index,
          width_, std::strerror(error));
      break;
    }
    start_of.release();
    threads_.push_back(thread);
  }
  started_.store(true, std::memory_order_release);
}

void Pool::submit(std::shared_ptr<Runnable> runnable, int priority) {
  priority = std::clamp(priority, 0, kLeastPriority);
  start();
  {
    std::lock_guard lock(mutex_);
    // stop() clears the list once; later nobody would take anything from it.
    if (stopping_.load()) return;
    if (!threads_.empty()) {
      ready_[static_cast<size_t>(priority)].push_back(std::move(runnable));
      ready_priorities_ |= 1u << priority;
      ready_count_.fetch_add(1);
    }
  }
  if (runnable) {
    // Not one worker could be started.
    CallerSlot slot(*this);
    runnable->run_slice(slot.parallel(), slot.number());
    return;
  }
  wake(1);
}

void Pool::stop() noexcept {
  if (stopping_.exchange(true)) return;
  std::vector<pthread_t> threads;
  {
    std::lock_guard lock(mutex_);
    threads.swap(threads_);
    for (auto& queue : ready_) queue.clear();
    ready_priorities_ = 0;
    ready_count_.store(0);
  }
  tokens_.fetch_add(static_cast<uint32_t>(threads.size()));
  futex_wake(tokens_, static_cast<int>(threads.size()));
  timespec limit{};
  clock_gettime(CLOCK_REALTIME, &limit);
  limit.tv_sec += kJoinPatienceSeconds;
  for (const pthread_t thread : threads) {
    // A task that never ends must not keep the process from ending.
    const bool self = pthread_equal(thread, pthread_self()) != 0;
    if (self || pthread_timedjoin_np(thread, nullptr, &limit) != 0) pthread_detach(thread);
  }
}

void Pool::work(int index) {
  pthread_setname_np(pthread_self(), fmt::format("poacl-{}", index).c_str());
  while (!stopping_.load(std::memory_order_acquire)) {
    if (run_ready_stream() || help_open_job()) continue;
    if (!spin_for_work()) sleep_for_work();
  }
}

bool Pool::run_ready_stream() {
  if (ready_count_.load(std::memory_order_relaxed) == 0) return false;
  const int slot = slots_.try_claim();
  if (slot < 0) return false;
  std::shared_ptr<Runnable> runnable;
  {
    std::lock_guard lock(mutex_);
    if (ready_priorities_ != 0) {
      const int first = std::countr_zero(ready_priorities_);
      auto& queue = ready_[static_cast<size_t>(first)];
      runnable = std::move(queue.front());
      queue.pop_front();
      if (queue.empty()) ready_priorities_ &= ~(1u << first);
      ready_count_.fetch_sub(1);
    }
  }
  if (runnable) {
    // This worker is busy from here on; somebody else must see to what is left.
    if (const int left = ready_count_.load(); left > 0) wake(left);
    pins_.place_worker(slot);
    runnable->run_slice(*jobs_[slot], slot);
    pins_.observe();
  }
  release_slot(slot);
  return runnable != nullptr;
}

bool Pool::help_open_job() {
  if (slot_waiters_.load(std::memory_order_relaxed) > 0) return false;
  return open_jobs_.any([this](int number) {
    ParallelJob& job = *jobs_[number];
    if (!job.has_chunks()) return false;
    const int slot = slots_.try_claim();
    if (slot < 0) return false;
    pins_.place_worker(slot);
    job.help();
    pins_.observe();
    release_slot(slot);
    return true;
  });
}

bool Pool::work_visible() const noexcept {
  if (ready_count_.load() > 0) return slots_.unused() > 0;
  return open_jobs_.any([this](int number) { return jobs_[number]->has_chunks(); }) &&
         slots_.unused() > 0 && slot_waiters_.load(std::memory_order_relaxed) == 0;
}

bool Pool::spin_for_work() noexcept {
  // No more spinning workers than free cores.
  if (spinning_.fetch_add(1) >= slots_.unused()) {
    spinning_.fetch_sub(1);
    return false;
  }
  const int64_t begin = monotonic_ns();
  bool found = false;
  for (int turn = 1; !stopping_.load(std::memory_order_relaxed); ++turn) {
    if (work_visible()) {
      found = true;
      break;
    }
    cpu_relax();
    if (turn % 64 != 0) continue;
    const int unused = slots_.unused();
    const int64_t limit = unused < width_ ? kBusySpinNs : kIdleSpinNs;
    if (spinning_.load(std::memory_order_relaxed) > unused) break;
    if (monotonic_ns() - begin > limit) break;
  }
  spinning_.fetch_sub(1);
  return found;
}

void Pool::sleep_for_work() noexcept {
  sleeping_.fetch_add(1);
  // Work that was published before this thread counted as sleeping would wake nobody.
  if (work_visible() || stopping_.load()) {
    int sleepers = sleeping_.load();
    while (sleepers > 0) {
      if (sleeping_.compare_exchange_weak(sleepers, sleepers - 1)) return;
    }
    // Already chosen to be woken: the token is this thread's to take.
  }
  while (true) {
    uint32_t tokens = tokens_.load();
    while (tokens > 0) {
      if (tokens_.compare_exchange_weak(tokens, tokens - 1)) return;
    }
    futex_wait(tokens_, 0, -1);
  }
}

void Pool::wake(int wanted) noexcept {
  wanted -= spinning_.load();
  int sleepers = sleeping_.load();
  while (wanted > 0 && sleepers > 0) {
    const int chosen = std::min(wanted, sleepers);
    if (!sleeping_.compare_exchange_weak(sleepers, sleepers - chosen)) continue;
    tokens_.fetch_add(static_cast<uint32_t>(chosen));
    futex_wake(tokens_, chosen);
    return;
  }
}

void Pool::publish(int slot, int helpers) {
  start();
  open_jobs_.set(slot);
  wake(std::min(helpers, slots_.unused()));
}

int Pool::claim_slot_or_wait() noexcept {
  int slot = slots_.try_claim();
  if (slot >= 0) return slot;
  slot_waiters_.fetch_add(1);
  const int64_t begin = monotonic_ns();
  while (slot < 0) {
    const uint32_t seen = slot_releases_.load();
    slot = slots_.try_claim();
    if (slot >= 0) break;
    const int64_t waited = monotonic_ns() - begin;
    if (waited > kSlotPatienceNs) break;
    if (waited < kSlotSpinNs) {
      cpu_relax();
    } else {
      futex_wait(slot_releases_, seen, kSlotPatienceNs - waited + 1);
    }
  }
  slot_waiters_.fetch_sub(1);
  return slot;
}

void Pool::release_slot(int slot) noexcept {
  slots_.clear(slot);
  if (slot_waiters_.load() > 0) {
    slot_releases_.fetch_add(1);
    futex_wake(slot_releases_, 1);
  }
  if (const int ready = ready_count_.load(); ready > 0) wake(1);
}

Pool::CallerSlot::CallerSlot(Pool& pool)
    : pool_(pool), slot_(pool.claim_slot_or_wait()), pin_(pool.pins_, slot_) {
  parallel_ = slot_ >= 0 ? static_cast<ParallelFor*>(pool_.jobs_[slot_].get()) : &serial_;
}

Pool::CallerSlot::~CallerSlot() {
  if (slot_ >= 0) pool_.release_slot(slot_);
}

}  // namespace poacl::runtime
