// Callbacks queued on streams, and the threads that run them (spec runtime section 9).
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/fork_locks.h"
#include "base/futex_mutex.h"
#include "base/status.h"
#include "runtime/waitable.h"

namespace poacl::runtime {

class Callback;
class Stream;

// A thread that runs the callbacks of the streams bound to it. All members may be called from any
// thread; process() is for the thread itself.
class Reporter final {
 public:
  // Who runs process(): the program for callbacks, the program for host functions, or a thread of
  // the runtime's own.
  enum class Kind { kCallbacks, kHostFunctions, kOwn };

  Reporter(Kind kind, uint64_t thread, int device)
      : kind_(kind), thread_(thread), device_(device) {}

  Kind kind() const noexcept { return kind_; }
  uint64_t thread() const noexcept { return thread_; }  // as pthread_self() tells; 0: our own
  int device() const noexcept { return device_; }

  void deliver(std::shared_ptr<Callback> callback);
  // Waits until something has arrived and runs everything that has by then. 507012 when the time
  // passes, 107012 when the last stream is unbound meanwhile. timeout_ns < 0: no limit.
  Status process(int64_t timeout_ns);

  // The thread has ended, or is bound to nothing any more: nobody will call process() again.
  void end(const char* reason) noexcept;
  // Why nobody will run what is delivered; null while somebody may.
  const char* ended() const noexcept { return ended_.load(std::memory_order_acquire); }
  // process() is being called, or was at this time of the monotonic clock; 0: never.
  bool inside() const noexcept { return inside_.load() > 0; }
  int64_t last_seen_ns() const noexcept { return last_seen_ns_.load(); }

  int streams = 0;  // bound to it; the lock of Reporters guards it

 private:
  std::shared_ptr<Callback> take();
  bool wait_for_arrival(int64_t timeout_ns, size_t& arrived);

  const Kind kind_;
  const uint64_t thread_;
  const int device_;
  FutexMutex mutex_;  // guards arrived_
  std::deque<std::shared_ptr<Callback>> arrived_;
  std::atomic<uint32_t> changes_{0};
  std::atomic<const char*> ended_{nullptr};
  std::atomic<int> inside_{0};
  std::atomic<int64_t> last_seen_ns_{0};
};

// What a program wants to be called. `dropped`, if any, is called instead of `function` when that
// will never be; both get `data`.
struct CallbackFunction {
  void (*function)(void*) = nullptr;
  void* data = nullptr;
  void (*dropped)(void*) = nullptr;
};

// A callback in a stream: the stream hands it to the reporter when it comes there and, when it is
// a blocking one, stands until it has run.
class Callback final : public Waitable, public std::enable_shared_from_this<Callback> {
 public:
  Callback(std::shared_ptr<Reporter> reporter, CallbackFunction function, bool blocking);
  ~Callback() override;
  Callback(const Callback&) = delete;
  Callback& operator=(const Callback&) = delete;

  bool is_open(uint64_t number) const override;
  Parking park(uint64_t number, const std::shared_ptr<Stream>& stream, bool closing) override;
  void leave(uint64_t number, const Stream& stream) noexcept override;
  std::string hopeless(bool closing) const override;
  std::string description(uint64_t number) const override;

  // On the reporter's thread. Nothing happens when the stream has given it up.
  void run() noexcept;
  // Nobody will run it: the stream, if it stands there, looks again.
  void abandon() noexcept;
  // It could not be queued, so that the caller keeps what it passed.
  void forget() noexcept;

 private:
  enum class Phase { kQueued, kDelivered, kRunning, kDone, kGivenUp };
  std::string hopeless_locked(bool closing) const;

  const std::shared_ptr<Reporter> reporter_;
  const CallbackFunction function_;
  const bool blocking_;
  mutable FutexMutex mutex_;  // guards what follows
  Phase phase_ = Phase::kQueued;
  std::shared_ptr<Stream> stream_;  // to be unparked
  int64_t delivered_ns_ = 0;
  uint64_t runner_ = 0;  // thread that runs it
};

// Every reporter of the process.
class Reporters {
 public:
  // Binds thread and stream. 107011 when the stream is bound already, 107012 when the thread is
  // bound to a stream of another device or there are too many threads.
  Status subscribe(Reporter::Kind kind, uint64_t thread, const std::shared_ptr<Stream>& stream);
  // 107011 when the stream is not bound, 107012 when it is bound to another thread. Callbacks
  // that have not run become the stream's error.
  Status unsubscribe(Reporter::Kind kind, uint64_t thread, const std::shared_ptr<Stream>& stream);
  // Reporter::process() of the calling thread; 107012 when it is not bound.
  Status process(Reporter::Kind kind, int64_t timeout_ns);
  // For a stream that has gone: its thread is bound to one stream less.
  void stream_gone(Stream& stream);

 private:
  using Key = std::pair<Reporter::Kind, uint64_t>;
  // Takes one stream off; the reporter, when that was the last one, to be ended without the lock.
  std::shared_ptr<Reporter> release(const std::shared_ptr<Reporter>& reporter);

  ForkSafeMutex mutex_;
  std::map<Key, std::shared_ptr<Reporter>> bound_;
  std::map<int, std::shared_ptr<Reporter>> own_;  // by device

  friend Status launch_host_function(const std::shared_ptr<Stream>&, CallbackFunction);
  Result<std::shared_ptr<Reporter>> own(int device);
};

// Queues a callback for the thread subscribed to the stream. 107015 without one. On an error
// `dropped` is not called.
Status launch_callback(const std::shared_ptr<Stream>& stream, CallbackFunction function,
                       bool blocking);
// Queues a function that holds the stream until it has run, in the thread bound for host
// functions or else in one of the runtime's own. 107011 on a stream subscribed for callbacks.
Status launch_host_function(const std::shared_ptr<Stream>& stream, CallbackFunction function);

}  // namespace poacl::runtime
