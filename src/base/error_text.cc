// The recent error text: see log.h.
#include <atomic>
#include <mutex>
#include <string>

#include "base/fork_locks.h"
#include "base/log.h"
#include "base/thread_object.h"

namespace poacl {
namespace {

// Per thread: the newest text, and the one handed out last, which must stay where it is.
struct ThreadText {
  std::string newest;
  std::string given;
};

struct ProcessText {
  ForkSafeMutex mutex;
  std::string newest;
};

ProcessText& of_process() {
  static auto* const text = new ProcessText;
  return *text;
}

std::atomic<bool> per_process{false};

}  // namespace

int32_t report_error(std::string_view api, const Status& status) noexcept {
  if (status.ok()) return 0;
  try {
    std::string text;
    if (!status.tag().empty()) text = fmt::format("{}: ", status.tag());
    text += fmt::format("{}: {} [error {}]", api, status.message(), status.code());
    log_write(LogLevel::kError, "ASCENDCL", text);
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
