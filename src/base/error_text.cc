// The recent error text: see log.h.
#include <atomic>
#include <mutex>
#include <string>
#include <utility>

#include "acl/acl_base.h"
#include "base/fork_locks.h"
#include "base/log.h"
#include "base/thread_object.h"

namespace poacl {
namespace {

// Per thread: the newest text, and the one handed out last, which must stay where it is.
struct ThreadText {
  std::string newest;
  std::string given;
  int32_t code = 0;
};

struct ProcessText {
  ForkSafeMutex mutex;
  std::string newest;
};

ProcessText& of_process() {
  static auto* const text = new ProcessText;
  return *text;
}

// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const ProcessText& of_process_made_early = of_process();

std::atomic<bool> per_process{false};
std::atomic<std::string_view (*)(std::string_view)> api_namer{nullptr};

// A loop that asks for callbacks gets this all the time.
LogLevel level_of(const Status& status) {
  return status.code() == ACL_ERROR_RT_REPORT_TIMEOUT ? LogLevel::kDebug : LogLevel::kError;
}

}  // namespace

std::string_view api_name(std::string_view c_name) noexcept {
  const auto namer = api_namer.load(std::memory_order_relaxed);
  return namer == nullptr ? c_name : namer(c_name);
}

void set_api_namer(std::string_view (*namer)(std::string_view c_name)) noexcept {
  api_namer.store(namer, std::memory_order_relaxed);
}

int32_t last_error_code(bool clear) noexcept {
  ThreadText* const mine = thread_object<ThreadText>();
  if (mine == nullptr) return 0;
  return clear ? std::exchange(mine->code, 0) : mine->code;
}

int32_t report_error(std::string_view api, const Status& status, LogPlace place) noexcept {
  if (status.ok()) return 0;
  if (ThreadText* const mine = thread_object<ThreadText>()) mine->code = status.code();
  try {
    std::string text;
    if (!status.tag().empty()) text = fmt::format("{}: ", status.tag());
    text += api_name(api);
    // Both names where they differ: users look for either.
    if (api_name(api) != api) text += fmt::format(" ({})", api);
    text += fmt::format(": {} [error {}]", status.message(), status.code());
    if (const LogLevel level = level_of(status); log_enabled(level, "ASCENDCL")) {
      log_write(level, "ASCENDCL", text, place);
    }
    if (per_process.load(std::memory_order_relaxed)) {
      std::lock_guard lock(of_process().mutex);
      of_process().newest = std::move(text);
    } else if (ThreadText* const mine = thread_object<ThreadText>()) {
      mine->newest = std::move(text);
    }
  } catch (...) {
    // No memory for the sentence; the code still reaches the caller.
  }
  return status.code();
}

const char* take_recent_error() noexcept {
  ThreadText* const mine = thread_object<ThreadText>();
  if (mine == nullptr) return nullptr;
  ThreadText& text = *mine;
  text.given.clear();
  if (per_process.load(std::memory_order_relaxed)) {
    std::lock_guard lock(of_process().mutex);
    text.given.swap(of_process().newest);
  } else {
    text.given.swap(text.newest);
  }
  return text.given.empty() ? nullptr : text.given.c_str();
}

void set_error_text_per_process(bool value) noexcept {
  per_process.store(value, std::memory_order_relaxed);
}

}  // namespace poacl
