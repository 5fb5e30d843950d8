#include "console.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace msame {
namespace {

constexpr auto kPatience = std::chrono::milliseconds(500);
constexpr auto kInterval = std::chrono::milliseconds(100);
constexpr int64_t kWidth = 30;

}  // namespace

void print_line(const std::string& line) {
  std::fputs((line + "\n").c_str(), stdout);
  std::fflush(stdout);
}

std::string progress_text(int64_t done, int64_t total, double seconds) {
  const int64_t filled = total > 0 ? done * kWidth / total : 0;
  std::string text =
      fmt::format("[{}{}] {:3}% {}/{}", std::string(static_cast<size_t>(filled), '='),
                  std::string(static_cast<size_t>(kWidth - filled), ' '),
                  total > 0 ? done * 100 / total : 0, done, total);
  if (done > 0) {
    const double left = seconds / static_cast<double>(done) * static_cast<double>(total - done);
    text +=
        fmt::format(", {:.1f} runs/s, {:.0f} s left", static_cast<double>(done) / seconds, left);
  }
  return text;
}

Progress::Progress(int64_t total) : total_(total) {
  if (::isatty(STDOUT_FILENO) == 1) painter_ = std::thread([this] { paint(); });
}

Progress::~Progress() {
  if (!painter_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_one();
  painter_.join();
}

void Progress::paint() {
  const auto begin = std::chrono::steady_clock::now();
  bool painted = false;
  std::unique_lock lock(mutex_);
  auto wait = kPatience;
  while (!stop_.wait_for(lock, wait, [this] { return stopping_; })) {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    // The blanks cover what a longer line before left.
    std::printf("\r%s   ", progress_text(done_.load(), total_, seconds.count()).c_str());
    std::fflush(stdout);
    painted = true;
    wait = kInterval;
  }
  if (painted) {
    std::printf("\r\033[K");
    std::fflush(stdout);
  }
}

}  // namespace msame
