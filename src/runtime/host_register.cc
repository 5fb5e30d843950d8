#include "runtime/host_register.h"

#include <atomic>
#include <map>
#include <mutex>

#include <fmt/format.h>

#include "acl/acl_rt.h"
#include "base/fork_locks.h"
#include "runtime/address_check.h"

namespace poacl::runtime {
namespace {

constexpr uintptr_t kPage = 4096;

struct Registered {
  uint64_t bytes = 0;
  uint32_t flags = 0;
};

struct Ranges {
  ForkSafeMutex mutex;
  std::map<uintptr_t, Registered> by_begin;
  std::atomic<size_t> count{0};  // lets copies ask without the lock when there is none

  // The range that holds [begin, begin + bytes); null when none does.
  const Registered* find(uintptr_t begin, uint64_t bytes) const {
    auto it = by_begin.upper_bound(begin);
    if (it == by_begin.begin()) return nullptr;
    --it;
    const uint64_t offset = begin - it->first;
    return offset < it->second.bytes && bytes <= it->second.bytes - offset ? &it->second : nullptr;
  }
};

Ranges& ranges() {
  static auto* const all = new Ranges;
  return *all;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const Ranges& ranges_made_early = ranges();

Status bad(std::string sentence) {
  return Status(ACL_ERROR_RT_PARAM_INVALID, std::move(sentence));
}

}  // namespace

Status register_host(void* pointer, uint64_t bytes, uint32_t flags) {
  const auto begin = reinterpret_cast<uintptr_t>(pointer);
  if (bytes == 0) return bad("size is 0: register at least 1 byte");
  if (begin % kPage != 0) {
    return bad(
        fmt::format("{} is not a multiple of {}: allocate the memory with posix_memalign or "
                    "mmap",
                    pointer, kPage));
  }
  POACL_RETURN_IF_ERROR(check_memory(pointer, bytes, "host memory", ACL_ERROR_RT_PARAM_INVALID));
  std::lock_guard lock(ranges().mutex);
  auto& all = ranges().by_begin;
  auto next = all.lower_bound(begin);
  const bool meets_next = next != all.end() && next->first - begin < bytes;
  const bool meets_previous =
      next != all.begin() && std::prev(next)->first + std::prev(next)->second.bytes > begin;
  if (meets_next || meets_previous) {
    return Status(ACL_ERROR_HOST_MEMORY_ALREADY_REGISTERED,
                  fmt::format("a part of the {} bytes at {} is registered already: call "
                              "acl.rt.host_unregister first",
                              bytes, pointer));
  }
  all[begin] = {bytes, flags};
  ranges().count.store(all.size(), std::memory_order_release);
  return {};
}

Status unregister_host(void* pointer) {
  std::lock_guard lock(ranges().mutex);
  if (ranges().by_begin.erase(reinterpret_cast<uintptr_t>(pointer)) == 0) {
    return Status(ACL_ERROR_HOST_MEMORY_NOT_REGISTERED,
                  fmt::format("{} is not the begin of memory from acl.rt.host_register", pointer));
  }
  ranges().count.store(ranges().by_begin.size(), std::memory_order_release);
  return {};
}

Result<void*> device_pointer(void* pointer) {
  std::lock_guard lock(ranges().mutex);
  const Registered* found = ranges().find(reinterpret_cast<uintptr_t>(pointer), 1);
  if (found != nullptr && (found->flags & ACL_HOST_REG_MAPPED) != 0) return pointer;
  return bad(fmt::format("{} {}", pointer,
                         found == nullptr
                             ? "is no registered host memory: call acl.rt.host_register_v2 first"
                             : "was registered without ACL_HOST_REG_MAPPED (2)"));
}

bool is_registered(const void* pointer, size_t bytes) noexcept {
  if (ranges().count.load(std::memory_order_acquire) == 0) return false;
  std::lock_guard lock(ranges().mutex);
  return ranges().find(reinterpret_cast<uintptr_t>(pointer), bytes) != nullptr;
}

}  // namespace poacl::runtime
