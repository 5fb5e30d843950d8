#include "runtime/reporter.h"

#include <pthread.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <mutex>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/futex.h"
#include "base/thread_object.h"
#include "runtime/device.h"
#include "runtime/pool.h"
#include "runtime/state.h"
#include "runtime/stream.h"

namespace poacl::runtime {
namespace {

constexpr int64_t kLivenessCheckNs = 100'000'000;
// A loop that asks for callbacks before it is subscribed shall not eat a core.
constexpr int64_t kUnboundNapNs = 1'000'000;
constexpr const char* kThreadEnded = "has ended";
constexpr const char* kUnsubscribed = "was unsubscribed";

// What the calling thread has processed for, so that its end is noticed.
struct ProcessingThread {
  std::vector<std::weak_ptr<Reporter>> reporters;
  ~ProcessingThread() {
    for (const auto& each : reporters) {
      if (const auto reporter = each.lock()) reporter->end(kThreadEnded);
    }
  }
  void remember(const std::shared_ptr<Reporter>& reporter) {
    std::erase_if(reporters, [](const auto& each) { return each.expired(); });
    const bool known = std::any_of(reporters.begin(), reporters.end(),
                                   [&](const auto& each) { return each.lock() == reporter; });
    if (!known) reporters.push_back(reporter);
  }
};

const char* call_that_binds(Reporter::Kind kind) {
  return kind == Reporter::Kind::kHostFunctions ? "aclrtSubscribeHostFunc"
                                                : "acl.rt.subscribe_report";
}

void* run_own(void* argument) {
  pthread_setname_np(pthread_self(), "poacl-host");
  const std::unique_ptr<std::shared_ptr<Reporter>> reporter(
      static_cast<std::shared_ptr<Reporter>*>(argument));
  while ((*reporter)->process(-1).ok()) {
  }
  return nullptr;
}

}  // namespace

void Reporter::deliver(std::shared_ptr<Callback> callback) {
  {
    std::lock_guard lock(mutex_);
    arrived_.push_back(std::move(callback));
  }
  changes_.fetch_add(1);
  futex_wake(changes_, 1);
}

std::shared_ptr<Callback> Reporter::take() {
  std::lock_guard lock(mutex_);
  if (arrived_.empty()) return nullptr;
  std::shared_ptr<Callback> first = std::move(arrived_.front());
  arrived_.pop_front();
  return first;
}

bool Reporter::wait_for_arrival(int64_t timeout_ns, size_t& arrived) {
  const int64_t begin = monotonic_ns();
  while (true) {
    const uint32_t seen = changes_.load();
    {
      std::lock_guard lock(mutex_);
      arrived = arrived_.size();
    }
    if (arrived > 0) return true;
    const int64_t left = timeout_ns < 0 ? std::numeric_limits<int64_t>::max()
                                        : timeout_ns - (monotonic_ns() - begin);
    if (left <= 0 || ended() != nullptr) return false;
    futex_wait(changes_, seen, std::min(left, kLivenessCheckNs));
  }
}

Status Reporter::process(int64_t timeout_ns) {
  inside_.fetch_add(1);
  size_t arrived = 0;
  wait_for_arrival(timeout_ns, arrived);
  // Not what comes in meanwhile: a stream full of callbacks must not keep the caller for ever.
  for (size_t i = 0; i < arrived; ++i) {
    if (const std::shared_ptr<Callback> callback = take()) callback->run();
  }
  last_seen_ns_.store(monotonic_ns());
  inside_.fetch_sub(1);
  if (arrived > 0) return {};
  if (const char* reason = ended()) {
    return Status(ACL_ERROR_RT_THREAD_SUBSCRIBE,
                  fmt::format("thread {} {} while it waited for callbacks", thread_, reason));
  }
  return Status(ACL_ERROR_RT_REPORT_TIMEOUT,
                fmt::format("no callback arrived within {} ms: call it again, in a loop",
                            timeout_ns / 1'000'000));
}

void Reporter::end(const char* reason) noexcept {
  const char* expected = nullptr;
  ended_.compare_exchange_strong(expected, reason);
  std::deque<std::shared_ptr<Callback>> left;
  {
    std::lock_guard lock(mutex_);
    left.swap(arrived_);
  }
  changes_.fetch_add(1);
  futex_wake(changes_, std::numeric_limits<int>::max());
  // Streams that stand at one of them look again.
  for (const auto& callback : left) callback->abandon();
}

Status Reporters::subscribe(Reporter::Kind kind, uint64_t thread,
                            const std::shared_ptr<Stream>& stream) {
  if (thread == 0) {
    return Status(ACL_ERROR_RT_PARAM_INVALID,
                  "thread id 0 names no thread: pass what acl.util.start_thread or pthread_self() "
                  "gave");
  }
  std::lock_guard lock(mutex_);
  if (const auto present = stream->reporter()) {
    return Status(
        ACL_ERROR_RT_STREAM_SUBSCRIBE,
        present->kind() == Reporter::Kind::kOwn
            ? fmt::format("stream {} has host functions from acl.rt.launch_host_func, which run in "
                          "a thread of the runtime: use another stream for callbacks",
                          stream->id())
            : fmt::format("stream {} is subscribed already, by thread {}: call "
                          "acl.rt.unsubscribe_report first",
                          stream->id(), present->thread()));
  }
  const Key key{kind, thread};
  std::shared_ptr<Reporter> reporter;
  if (const auto it = bound_.find(key); it != bound_.end()) reporter = it->second;
  // The system gives numbers of ended threads to new ones.
  if (reporter && reporter->ended() != nullptr) reporter = nullptr;
  if (reporter && reporter->device() != stream->device().id()) {
    return Status(ACL_ERROR_RT_THREAD_SUBSCRIBE,
                  fmt::format("thread {} runs callbacks of streams on device {}, but stream {} is "
                              "on device {}: start one thread for each device",
                              thread, reporter->device(), stream->id(), stream->device().id()));
  }
  const uint32_t limit = stream->device().profile().report_threads;
  if (!reporter && bound_.size() >= limit) {
    return Status(ACL_ERROR_RT_THREAD_SUBSCRIBE,
                  fmt::format("{} threads run callbacks already, as many as {} allows: one thread "
                              "can serve many streams",
                              bound_.size(), stream->device().profile().name));
  }
  if (!reporter) reporter = std::make_shared<Reporter>(kind, thread, stream->device().id());
  if (!stream->exchange_reporter(nullptr, reporter)) {
    return Status(ACL_ERROR_RT_STREAM_SUBSCRIBE,
                  fmt::format("stream {} was bound by another thread just now", stream->id()));
  }
  bound_[key] = reporter;
  ++reporter->streams;
  return {};
}

Status Reporters::unsubscribe(Reporter::Kind kind, uint64_t thread,
                              const std::shared_ptr<Stream>& stream) {
  std::unique_lock lock(mutex_);
  const std::shared_ptr<Reporter> reporter = stream->reporter();
  if (!reporter || reporter->kind() != kind) {
    return Status(ACL_ERROR_RT_STREAM_SUBSCRIBE,
                  fmt::format("stream {} is not subscribed: {} was not called for it, or it is "
                              "undone already",
                              stream->id(), call_that_binds(kind)));
  }
  if (reporter->thread() != thread) {
    return Status(ACL_ERROR_RT_THREAD_SUBSCRIBE,
                  fmt::format("stream {} is subscribed by thread {}, not by thread {}",
                              stream->id(), reporter->thread(), thread));
  }
  stream->exchange_reporter(reporter, nullptr);
  const auto last = release(reporter);
  lock.unlock();
  if (last) last->end(kUnsubscribed);
  return {};
}

std::shared_ptr<Reporter> Reporters::release(const std::shared_ptr<Reporter>& reporter) {
  if (reporter->kind() == Reporter::Kind::kOwn || --reporter->streams > 0) return nullptr;
  const auto it = bound_.find({reporter->kind(), reporter->thread()});
  if (it != bound_.end() && it->second == reporter) bound_.erase(it);
  return reporter;
}

void Reporters::stream_gone(Stream& stream) {
  std::shared_ptr<Reporter> last;
  {
    std::lock_guard lock(mutex_);
    const std::shared_ptr<Reporter> reporter = stream.reporter();
    if (reporter && stream.exchange_reporter(reporter, nullptr)) last = release(reporter);
  }
  // Without the lock: what it held may call back into the program.
  if (last) last->end(kUnsubscribed);
}

Status Reporters::process(Reporter::Kind kind, int64_t timeout_ns) {
  const auto self = static_cast<uint64_t>(pthread_self());
  std::shared_ptr<Reporter> reporter;
  {
    std::lock_guard lock(mutex_);
    if (const auto it = bound_.find({kind, self}); it != bound_.end()) reporter = it->second;
  }
  if (!reporter) {
    const std::atomic<uint32_t> nothing{0};
    futex_wait(nothing, 0, kUnboundNapNs);
    return Status(
        ACL_ERROR_RT_THREAD_SUBSCRIBE,
        fmt::format("thread {} is not subscribed to a stream: call {}({}, stream) first{}", self,
                    call_that_binds(kind), self, fork_hint()));
  }
  if (auto* const mine = thread_object<ProcessingThread>()) mine->remember(reporter);
  return reporter->process(timeout_ns);
}

Result<std::shared_ptr<Reporter>> Reporters::own(int device) {
  std::lock_guard lock(mutex_);
  std::shared_ptr<Reporter>& reporter = own_[device];
  if (reporter) return reporter;
  auto made = std::make_shared<Reporter>(Reporter::Kind::kOwn, 0, device);
  auto argument = std::make_unique<std::shared_ptr<Reporter>>(made);
  pthread_t thread{};
  if (const int error = pthread_create(&thread, nullptr, run_own, argument.get())) {
    return Status(ACL_ERROR_RT_INTERNAL_ERROR,
                  fmt::format("no thread for host functions: {}", std::strerror(error)));
  }
  static_cast<void>(argument.release());
  pthread_detach(thread);
  reporter = std::move(made);
  return reporter;
}

Status launch_callback(const std::shared_ptr<Stream>& stream, CallbackFunction function,
                       bool blocking) {
  std::shared_ptr<Reporter> reporter = stream->reporter();
  if (!reporter || reporter->kind() != Reporter::Kind::kCallbacks) {
    return Status(ACL_ERROR_RT_STREAM_NO_CB_REG,
                  fmt::format("stream {} has no thread for callbacks: call "
                              "acl.rt.subscribe_report(thread_id, stream) first",
                              stream->id()));
  }
  auto callback = std::make_shared<Callback>(std::move(reporter), function, blocking);
  Status queued = stream->append_wait(callback, 0, "aclrtLaunchCallback", -1);
  if (!queued.ok()) callback->forget();
  return queued;
}

Status launch_host_function(const std::shared_ptr<Stream>& stream, CallbackFunction function) {
  std::shared_ptr<Reporter> reporter = stream->reporter();
  if (!reporter) {
    POACL_ASSIGN_OR_RETURN(reporter, state().reporters.own(stream->device().id()));
    if (!stream->exchange_reporter(nullptr, reporter)) reporter = stream->reporter();
  }
  if (!reporter || reporter->kind() == Reporter::Kind::kCallbacks) {
    return Status(ACL_ERROR_RT_STREAM_SUBSCRIBE,
                  fmt::format("stream {} is subscribed for callbacks, which do not mix with host "
                              "functions: use acl.rt.launch_callback, or another stream",
                              stream->id()));
  }
  auto callback = std::make_shared<Callback>(std::move(reporter), function, true);
  Status queued = stream->append_wait(callback, 0, "aclrtLaunchHostFunc", -1);
  if (!queued.ok()) callback->forget();
  return queued;
}

}  // namespace poacl::runtime
