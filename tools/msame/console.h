// What msame prints: lines with a level in front, on standard output, and a progress bar.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>

namespace msame {

// A whole line; flushed, so that a crash loses none.
void print_line(const std::string& line);

template <typename... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  print_line("[INFO] " + fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  print_line("[DEBUG] " + fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void warn(fmt::format_string<Args...> format, Args&&... args) {
  print_line("[WARN] " + fmt::format(format, std::forward<Args>(args)...));
}

// A bar on the terminal for runs that take longer than a moment; nothing when standard output is
// no terminal. count() may be called from several threads and costs one atomic addition.
class Progress {
 public:
  explicit Progress(int64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void count() { done_.fetch_add(1, std::memory_order_relaxed); }

 private:
  void paint();

  int64_t total_;
  std::atomic<int64_t> done_{0};
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread painter_;
};

// The bar itself, for `seconds` that `done` of `total` runs took.
std::string progress_text(int64_t done, int64_t total, double seconds);

}  // namespace msame
