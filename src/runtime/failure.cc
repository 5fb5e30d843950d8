#include "runtime/failure.h"

#include <algorithm>
#include <mutex>
#include <vector>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/fork_locks.h"
#include "base/log.h"

namespace poacl::runtime {
namespace {

struct Failures {
  ForkSafeMutex mutex;
  aclrtExceptionInfoCallback single = nullptr;
  std::vector<aclrtExceptionInfoCallback> list;
  std::vector<const Failure*> being_told;
  std::vector<Failure> newest;  // at most one per device
};

Failures& failures() {
  static auto* const all = new Failures;
  return *all;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const Failures& made_early = failures();

// The address is the report's identity; nobody looks through it.
aclrtExceptionInfo* info_of(const Failure& failure) {
  return reinterpret_cast<aclrtExceptionInfo*>(const_cast<Failure*>(&failure));
}

Status null_callback() {
  return Status(ACL_ERROR_RT_PARAM_INVALID, "callback is null: pass a function");
}

}  // namespace

void set_failure_callback(aclrtExceptionInfoCallback callback) noexcept {
  std::lock_guard lock(failures().mutex);
  failures().single = callback;
}

Status register_failure_callback(aclrtExceptionInfoCallback callback) {
  if (callback == nullptr) return null_callback();
  std::lock_guard lock(failures().mutex);
  failures().list.push_back(callback);
  return {};
}

Status unregister_failure_callback(aclrtExceptionInfoCallback callback) {
  if (callback == nullptr) return null_callback();
  auto& all = failures();
  std::lock_guard lock(all.mutex);
  const auto found = std::find(all.list.begin(), all.list.end(), callback);
  if (found == all.list.end()) {
    return Status(ACL_ERROR_RT_PARAM_INVALID,
                  fmt::format("callback {} is not registered: it never was, or is unregistered "
                              "already",
                              reinterpret_cast<const void*>(callback)));
  }
  all.list.erase(found);
  return {};
}

void tell_failure(const Failure& failure) noexcept {
  auto& all = failures();
  try {
    std::vector<aclrtExceptionInfoCallback> callbacks;
    {
      std::lock_guard lock(all.mutex);
      std::erase_if(all.newest, [&](const Failure& old) { return old.device == failure.device; });
      all.newest.push_back(failure);
      if (all.single != nullptr) callbacks.push_back(all.single);
      callbacks.insert(callbacks.end(), all.list.begin(), all.list.end());
      if (callbacks.empty()) return;
      all.being_told.push_back(&failure);
    }
    for (const auto callback : callbacks) callback(info_of(failure));
  } catch (const std::exception& error) {
    log(LogLevel::kError, "RUNTIME", "telling about a failed task went wrong: {}", error.what());
  }
  std::lock_guard lock(all.mutex);
  std::erase(all.being_told, &failure);
}

std::optional<Failure> find_failure(const aclrtExceptionInfo* info) noexcept {
  auto& all = failures();
  std::lock_guard lock(all.mutex);
  for (const Failure* failure : all.being_told) {
    if (info_of(*failure) == info) return *failure;
  }
  return std::nullopt;
}

std::optional<Failure> take_device_failure(int device) noexcept {
  auto& all = failures();
  std::lock_guard lock(all.mutex);
  for (auto it = all.newest.begin(); it != all.newest.end(); ++it) {
    if (it->device != static_cast<uint32_t>(device)) continue;
    const Failure found = *it;
    all.newest.erase(it);
    return found;
  }
  return std::nullopt;
}

}  // namespace poacl::runtime
