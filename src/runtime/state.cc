#include "runtime/state.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/config.h"
#include "base/fork_locks.h"

namespace poacl::runtime {
namespace {

std::atomic<State*> current{nullptr};
std::atomic<uint32_t> generation{0};
std::atomic<int> parent_pid{0};
std::atomic<uint32_t> fork_count{0};

ForkSafeMutex& creation_mutex() {
  static auto* const mutex = new ForkSafeMutex;
  return *mutex;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const ForkSafeMutex& creation_mutex_made_early = creation_mutex();

void forget_in_child() {
  fork_count.fetch_add(1);
  if (current.load() == nullptr) return;
  // The old state stays where it is: other threads' locks and references went with the parent.
  current.store(nullptr);
  generation.fetch_add(1);
  parent_pid.store(getppid());
}

// Early for the same reason.
[[maybe_unused]] const int hooked = pthread_atfork(nullptr, nullptr, forget_in_child);

}  // namespace

State::State() {
  const Config& settings = config();
  for (size_t id = 0; id < settings.visible_devices.size(); ++id) {
    devices.push_back(std::make_shared<Device>(static_cast<int>(id), settings.visible_devices[id],
                                               *settings.soc));
  }
}

State& state() {
  if (State* made = current.load(std::memory_order_acquire)) return *made;
  auto fresh = std::make_unique<State>();
  std::lock_guard lock(creation_mutex());
  if (State* made = current.load(std::memory_order_acquire)) return *made;
  current.store(fresh.get(), std::memory_order_release);
  return *fresh.release();
}

uint32_t process_generation() noexcept {
  return generation.load(std::memory_order_relaxed);
}

std::string fork_hint() {
  const int parent = parent_pid.load();
  if (parent == 0) return {};
  return fmt::format(
      " (this process was forked from process {} after that had used devices; their "
      "contexts, streams and events do not exist here: call acl.init and "
      "acl.rt.set_device again in this process)",
      parent);
}

int32_t this_thread_id() noexcept {
  static thread_local int32_t id = 0;
  static thread_local uint32_t of_generation = 0;
  // A forked child has inherited its parent's number.
  const uint32_t now = fork_count.load(std::memory_order_relaxed);
  if (id == 0 || of_generation != now) {
    id = static_cast<int32_t>(syscall(SYS_gettid));
    of_generation = now;
  }
  return id;
}

std::string this_thread_text() {
  char name[32] = "";
  pthread_getname_np(pthread_self(), name, sizeof(name));
  return fmt::format("thread {} ({})", this_thread_id(), name);
}

}  // namespace poacl::runtime
