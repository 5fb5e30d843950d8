#include "runtime/notify.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "runtime/runtime.h"
#include "runtime/state.h"
#include "runtime/stream.h"

namespace poacl::runtime {
namespace {

std::atomic<uint32_t> next_id{0};

Status dead_notify(void* handle) {
  return Status(ACL_ERROR_RT_INVALID_HANDLE,
                fmt::format("{} is not a notify that is alive: it was never created or is "
                            "destroyed already{}",
                            handle, fork_hint()));
}

}  // namespace

Notify::Notify(std::shared_ptr<Device> device)
    : device_(std::move(device)), id_(next_id.fetch_add(1)) {}

Status Notify::record(Stream& stream) {
  return stream.append_short({[self = shared_from_this()](TaskContext&) {
                                self->raise();
                                return Status();
                              },
                              "aclrtRecordNotify"});
}

Status Notify::wait_and_reset(Stream& stream, int64_t timeout_ns) {
  uint64_t ticket = 0;
  {
    std::lock_guard lock(mutex_);
    ticket = ++tickets_;
  }
  return stream.append_wait(shared_from_this(), ticket, "aclrtWaitAndResetNotify", timeout_ns);
}

void Notify::reset() {
  std::lock_guard lock(mutex_);
  raised_ = false;
}

void Notify::raise() {
  std::shared_ptr<Stream> first;
  {
    std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
      raised_ = true;
      return;
    }
    granted_.push_back(waiting_.front().first);
    first = std::move(waiting_.front().second);
    waiting_.erase(waiting_.begin());
  }
  first->unpark();
}

bool Notify::is_open(uint64_t number) const {
  std::lock_guard lock(mutex_);
  return std::find(granted_.begin(), granted_.end(), number) != granted_.end();
}

Waitable::Parking Notify::park(uint64_t number, const std::shared_ptr<Stream>& stream,
                               bool closing) {
  std::lock_guard lock(mutex_);
  if (std::find(granted_.begin(), granted_.end(), number) != granted_.end()) {
    return Parking::kPasses;
  }
  const bool waits = std::any_of(waiting_.begin(), waiting_.end(),
                                 [&](const auto& each) { return each.first == number; });
  if (!waits && raised_) {
    raised_ = false;
    return Parking::kPasses;
  }
  if (closing) return Parking::kHopeless;
  if (!waits) waiting_.emplace_back(number, stream);
  return Parking::kParked;
}

void Notify::leave(uint64_t number, const Stream& /*stream*/) noexcept {
  std::lock_guard lock(mutex_);
  std::erase_if(waiting_, [&](const auto& each) { return each.first == number; });
  std::erase(granted_, number);
}

std::string Notify::description(uint64_t /*number*/) const {
  return fmt::format("notify {} ({}), which nobody has recorded", id_, handle_);
}

Result<void*> create_notify(uint64_t flag) {
  POACL_ASSIGN_OR_RETURN(const std::shared_ptr<Context> context, current_context());
  constexpr uint64_t kDeviceUseOnly = 1;
  if ((flag & ~kDeviceUseOnly) != 0) {
    return Status(ACL_ERROR_RT_PARAM_INVALID,
                  fmt::format("flag {:#x} is not allowed: pass 0, or 1 (device only)", flag));
  }
  auto notify = std::make_shared<Notify>(context->device_ptr());
  notify->set_handle(state().notifies.insert(notify));
  return notify->handle();
}

Status destroy_notify(void* handle) {
  return state().notifies.remove(handle) ? Status() : dead_notify(handle);
}

Result<std::shared_ptr<Notify>> find_notify(void* handle) {
  std::shared_ptr<Notify> notify = state().notifies.get(handle);
  if (!notify) return dead_notify(handle);
  return notify;
}

}  // namespace poacl::runtime
