#include "runtime/address_check.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "runtime/memory.h"

namespace poacl::runtime {
namespace {

constexpr uintptr_t kAddressEnd = uintptr_t{1} << 47;

// From malloc's threshold of 128 KiB on freed memory is unmapped at once, and a copy pays more than
// the system call costs.
constexpr size_t kRememberedBytes = 128u << 10;

// The short ranges that this thread checked last, so that a program which keeps using one small
// host buffer pays for one system call.
struct Checked {
  uintptr_t begin = 0;
  uintptr_t end = 0;
};

bool is_mapped(uintptr_t begin, uintptr_t end) {
  thread_local Checked last[2];
  thread_local unsigned turn = 0;
  const bool is_short = end - begin < kRememberedBytes;
  for (const Checked& each : last) {
    if (is_short && begin >= each.begin && end <= each.end) return true;
  }
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const uintptr_t first = begin / page * page;
  // Does nothing to the pages but tells whether all of them are mapped.
  if (msync(reinterpret_cast<void*>(first), end - first, MS_ASYNC) != 0 && errno == ENOMEM) {
    return false;
  }
  if (is_short) last[turn++ % 2] = {begin, end};
  return true;
}

std::string untouchable(SpanKind span, const char* kind) {
  switch (span) {
    case SpanKind::kReserved:
      return "these addresses are only reserved: put memory behind them with acl.rt.map_mem";
    case SpanKind::kNoAccess:
      return "nobody may touch this memory yet: allow it with aclrtMemSetAccess";
    default:
      return fmt::format("this {} memory was freed before", kind);
  }
}

}  // namespace

Status check_memory(const void* address, size_t bytes, std::string_view what, int32_t code,
                    bool writes) {
  if (bytes == 0) return {};
  const auto bad = [&](const std::string& reason) {
    return Status(code, fmt::format("{} {} ({} bytes): {}", what, address, bytes, reason));
  };
  if (const auto block = find_allocation(address)) {
    const char* kind = block->kind == MemoryKind::kDevice ? "device" : "host";
    if (block->size == 0) return bad(untouchable(block->span, kind));
    if (writes && block->span == SpanKind::kReadOnly) {
      return bad("it may only be read: allow writing with aclrtMemSetAccess");
    }
    const size_t offset = static_cast<size_t>(static_cast<const char*>(address) -
                                              static_cast<const char*>(block->base));
    if (offset <= block->capacity && bytes <= block->capacity - offset) return {};
    return bad(fmt::format(
        "it leaves its block of {} bytes at {} ({} memory), of which {} remain "
        "from there",
        block->size, block->base, kind, block->size > offset ? block->size - offset : 0));
  }
  const auto begin = reinterpret_cast<uintptr_t>(address);
  if (begin >= kAddressEnd || bytes > kAddressEnd - begin || !is_mapped(begin, begin + bytes)) {
    return bad("no memory of this process is there");
  }
  return {};
}

}  // namespace poacl::runtime
