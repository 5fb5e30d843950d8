// What a stream keeps of its failed tasks, and whom it tells.
#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/log.h"
#include "runtime/context.h"
#include "runtime/device.h"
#include "runtime/failure.h"
#include "runtime/stream.h"

namespace poacl::runtime {

void Stream::tell_long_task(const Op& op, int64_t took_ns, uint64_t limit_us) const noexcept {
  if (took_ns / 1000 <= static_cast<int64_t>(limit_us)) return;
  log(LogLevel::kWarning, "RUNTIME",
      "stream {}: task {} queued by {} took {} ms, longer than the {} ms of "
      "set_op_execute_timeout; a device would have broken it off",
      id_, completed_.load(std::memory_order_relaxed) + 1, op.task.api, took_ns / 1'000'000,
      limit_us / 1000);
}

void Stream::keep_error(const Op& op, const Status& status) noexcept {
  const uint64_t number = completed_.load(std::memory_order_relaxed) + 1;
  try {
    Status named(status.code(),
                 fmt::format("stream {}: task {} queued by {} in thread {} failed: {}", id_, number,
                             api_name(op.task.api), op.thread, status.message()),
                 std::string(status.tag()));
    log(LogLevel::kError, "RUNTIME", "{} [error {}]", named.message(), named.code());
    store_error(std::move(named));
  } catch (...) {
    store_error(status);
  }
  tell_failure({static_cast<uint32_t>(number), static_cast<uint32_t>(id_),
                static_cast<uint32_t>(op.thread), static_cast<uint32_t>(device_->id()),
                static_cast<uint32_t>(status.code())});
}

void Stream::store_error(Status status) noexcept {
  const std::shared_ptr<Context> owner = context_.lock();
  const bool stop = owner && owner->stops_on_failure();
  std::lock_guard lock(mutex_);
  if (lasting_error_) return;
  if (stop) {
    skip_up_to_.store(kEverything);
    lasting_error_ = true;
    error_ = std::move(status);
  } else if (error_.ok()) {
    error_ = std::move(status);
  }
  has_error_.store(true, std::memory_order_release);
}

void Stream::keep_wait_error(const Op& op, GivenUp why) noexcept {
  try {
    const std::string what = op.waitable->description(op.number);
    std::string sentence;
    int32_t code = ACL_ERROR_RT_INTERNAL_ERROR;
    switch (why) {
      case GivenUp::kTimeout:
        code = ACL_ERROR_RT_WAIT_TIMEOUT;
        sentence = fmt::format(
            "the time for waiting is over: it waited for {}; let the other side be quicker or "
            "allow more with acl.rt.set_op_wait_timeout",
            what);
        break;
      case GivenUp::kCircle:
        sentence = fmt::format(
            "it waits for {}, and the record is queued behind this very wait (or behind a wait "
            "for this stream): nobody can ever record it; queue the record before the wait",
            what);
        break;
      default:
        sentence = op.waitable->hopeless(true);
        if (sentence.empty()) {
          sentence = fmt::format(
              "it waits for {}, and the stream is being destroyed: open the way before that, or "
              "use acl.rt.destroy_stream_force",
              what);
        }
    }
    keep_error(op, Status(code, std::move(sentence)));
  } catch (...) {
    // No memory for the sentence; the stream goes on.
  }
}

Status Stream::take_error() {
  if (!has_error_.load(std::memory_order_acquire)) return {};
  std::lock_guard lock(mutex_);
  if (lasting_error_) return error_;
  has_error_.store(false, std::memory_order_relaxed);
  return std::exchange(error_, Status());
}

}  // namespace poacl::runtime
