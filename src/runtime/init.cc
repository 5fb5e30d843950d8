#include "runtime/init.h"

#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/config.h"
#include "base/fork_locks.h"
#include "base/log.h"
#include "runtime/acl_config.h"
#include "runtime/memory.h"
#include "runtime/runtime.h"
#include "runtime/state.h"
#include "runtime/state_callbacks.h"

namespace poacl::runtime {
namespace {

struct InitState {
  ForkSafeMutex mutex;
  uint64_t count = 0;
  bool finalized = false;
  bool has_hash = false;
  size_t content_hash = 0;
  std::string first_init;  // who and when
  std::string dump;        // section of the configuration file
};

std::atomic<bool> initialized{false};
std::atomic<int32_t> device_by_default{-1};

InitState& init_state();

void forget_in_child() {
  // Only the forking thread exists here. The child has not called acl.init.
  InitState& now = init_state();
  now.count = 0;
  now.finalized = false;
  now.has_hash = false;
  initialized.store(false);
  device_by_default.store(-1);
}

InitState& init_state() {
  static auto* const instance = [] {
    auto* made = new InitState;
    pthread_atfork(nullptr, nullptr, forget_in_child);
    return made;
  }();
  return *instance;
}

// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const InitState& init_state_made_early = init_state();

struct ConfigFile {
  std::string text;
  AclConfig settings;
  size_t hash = 0;
};

Result<ConfigFile> read_file(const std::string& path) {
  ConfigFile result;
  std::string text = "{}";
  if (!path.empty()) {
    POACL_ASSIGN_OR_RETURN(text, read_acl_config_file(path));
  }
  result.hash = std::hash<std::string>{}(text);
  POACL_ASSIGN_OR_RETURN(result.settings, read_acl_config(path, text));
  result.text = std::move(text);
  return result;
}

// Counts a repeated acl.init and tells so; fine when this is the first. The mutex is held.
Status count_repeated(InitState& now) {
  if (now.count == 0) return {};
  ++now.count;
  return Status(
      ACL_ERROR_REPEAT_INITIALIZE,
      fmt::format("acl.init was called before in this process, by {}; this is harmless: go "
                  "on as if initialised, only the first caller should call acl.finalize",
                  now.first_init));
}

void tell_what_is_not_done(const AclConfig& settings) {
  if (settings.has_profiler) {
    log(LogLevel::kWarning, "ASCENDCL",
        "acl.init: the profiler section is as documented, but nothing is collected yet");
  }
}

}  // namespace

Status initialize(const char* path) {
  InitState& now = init_state();
  {
    // A repeated call is told so whatever its file holds.
    std::lock_guard lock(now.mutex);
    POACL_RETURN_IF_ERROR(count_repeated(now));
  }
  POACL_ASSIGN_OR_RETURN(const ConfigFile file, read_file(path == nullptr ? "" : path));
  std::unique_lock lock(now.mutex);
  // Another thread's first call may have come in between.
  POACL_RETURN_IF_ERROR(count_repeated(now));
  if (now.has_hash && now.content_hash != file.hash) {
    return Status(
        ACL_ERROR_INVALID_PARAM,
        fmt::format("acl.init after acl.finalize must use the same configuration as the first "
                    "time; '{}' differs from it",
                    path == nullptr ? "" : path));
  }
  now.count = 1;
  now.finalized = false;
  now.has_hash = true;
  now.content_hash = file.hash;
  now.first_init = this_thread_text();
  set_error_text_per_process(file.settings.error_text_per_process);
  device_by_default.store(file.settings.default_device);
  now.dump = file.settings.dump;
  initialized.store(true, std::memory_order_release);
  lock.unlock();
  tell_what_is_not_done(file.settings);
  log_event("ASCENDCL", fmt::format("acl.init: {} devices of chip {}", state().devices.size(),
                                    config().soc->name));
  return tell_init(file.text);
}

namespace {

// There is no acl.init to give back.
Status not_initialized(const InitState& now) {
  if (!now.finalized) {
    return Status(ACL_ERROR_REPEAT_FINALIZE,
                  "acl.init was not called in this process: there is nothing to finalize");
  }
  return Status(
      ACL_ERROR_REPEAT_FINALIZE,
      "acl.finalize was called before and acl.init was not called since: call it once, at "
      "the end");
}

// The mutex is held.
void tear_down(InitState& now) {
  now.count = 0;
  now.finalized = true;
  initialized.store(false, std::memory_order_release);
  device_by_default.store(-1);
}

void tell_what_is_alive() {
  const State& all = state();
  size_t streams = 0;
  for (const auto& stream : all.streams.all()) streams += stream->traits().is_default ? 0 : 1;
  if (all.contexts.size() + all.events.size() + streams > 0) {
    log(LogLevel::kInfo, "RUNTIME",
        "at acl.finalize still alive: {} contexts, {} streams, {} events", all.contexts.size(),
        streams, all.events.size());
  }
  for (int device = -1; device < static_cast<int>(all.devices.size()); ++device) {
    const MemoryUse use = memory_use(device);
    if (use.bytes == 0) continue;
    log(LogLevel::kWarning, "RUNTIME",
        "at acl.finalize not freed: {} bytes in {} blocks of {}; free them with {}", use.bytes,
        use.blocks, device < 0 ? "host memory" : fmt::format("device {}", device),
        device < 0 ? "acl.rt.free_host" : "acl.rt.free");
  }
}

}  // namespace

Status finalize() {
  InitState& now = init_state();
  {
    std::lock_guard lock(now.mutex);
    if (now.finalized) return not_initialized(now);
    tear_down(now);
  }
  tell_what_is_alive();
  return tell_finalize();
}

Status finalize_reference(uint64_t& left) {
  InitState& now = init_state();
  bool last = false;
  {
    std::lock_guard lock(now.mutex);
    if (now.count == 0) {
      left = 0;
      return not_initialized(now);
    }
    left = --now.count;
    last = left == 0;
    if (last) tear_down(now);
  }
  if (!last) return {};
  tell_what_is_alive();
  return tell_finalize();
}

std::string dump_section() {
  InitState& now = init_state();
  std::lock_guard lock(now.mutex);
  return now.dump;
}

int32_t default_device() noexcept {
  return device_by_default.load(std::memory_order_relaxed);
}

bool is_initialized() noexcept {
  return initialized.load(std::memory_order_acquire);
}

}  // namespace poacl::runtime
