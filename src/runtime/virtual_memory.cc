#include "runtime/virtual_memory.h"

#include <sys/mman.h>

#include <map>
#include <mutex>
#include <vector>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/fork_locks.h"
#include "runtime/block_cache.h"
#include "runtime/memory.h"
#include "runtime/span.h"

namespace poacl::runtime {
namespace {

constexpr size_t kGranularity = 2u << 20;

struct Mapping {
  size_t bytes = 0;
  std::shared_ptr<PhysicalMemory> memory;
  uint32_t flags = 0;
  Span* span = nullptr;
};

struct Range {
  size_t bytes = 0;
  Span* span = nullptr;  // for what is not mapped
  std::map<uintptr_t, Mapping> mappings;
};

// Under the mutex nothing is called that takes another guarded lock.
struct Ranges {
  ForkSafeMutex mutex;
  std::map<uintptr_t, Range> by_begin;
  std::vector<Span*> unused_spans;  // spans are never deleted: a late reader may look at one

  Span* take_span() {
    if (unused_spans.empty()) return new Span;
    Span* span = unused_spans.back();
    unused_spans.pop_back();
    return span;
  }
  // The range that holds [begin, begin + bytes); null when none does.
  std::pair<const uintptr_t, Range>* find(uintptr_t begin, size_t bytes) {
    auto it = by_begin.upper_bound(begin);
    if (it == by_begin.begin()) return nullptr;
    --it;
    const size_t offset = begin - it->first;
    return offset < it->second.bytes && bytes <= it->second.bytes - offset ? &*it : nullptr;
  }
};

Ranges& ranges() {
  static auto* const all = new Ranges;
  return *all;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const Ranges& ranges_made_early = ranges();

uintptr_t number(const void* address) {
  return reinterpret_cast<uintptr_t>(address);
}

Status bad(std::string sentence) {
  return Status(ACL_ERROR_RT_PARAM_INVALID, std::move(sentence));
}

Status not_reserved(const void* address) {
  return bad(fmt::format("{} lies in no range from acl.rt.reserve_mem_address", address));
}

Mapping* find_mapping(const void* address) {
  auto* range = ranges().find(number(address), 1);
  if (range == nullptr) return nullptr;
  auto it = range->second.mappings.upper_bound(number(address));
  if (it == range->second.mappings.begin()) return nullptr;
  --it;
  return number(address) - it->first < it->second.bytes ? &it->second : nullptr;
}

bool overlaps(const Range& range, uintptr_t begin, size_t bytes) {
  auto it = range.mappings.lower_bound(begin + bytes);
  if (it == range.mappings.begin()) return false;
  --it;
  return it->first + it->second.bytes > begin;
}

SpanKind kind_of(uint32_t flags) {
  if (flags == 0) return SpanKind::kNoAccess;
  return flags == 1 ? SpanKind::kReadOnly : SpanKind::kMapped;
}

void apply(Mapping& mapping, uint32_t flags) {
  mapping.flags = flags;
  mapping.span->kind = kind_of(flags);
  mapping.span->single = flags == 0 ? 0 : mapping.bytes;
}

}  // namespace

Result<void*> reserve_range(size_t bytes, void* wanted) {
  POACL_RETURN_IF_ERROR(check_allocation_size(bytes));
  const size_t rounded = (bytes + kGranularity - 1) / kGranularity * kGranularity;
  if (number(wanted) % kGranularity != 0) {
    return bad(fmt::format("expectPtr {} is not a multiple of {}", wanted, kGranularity));
  }
  char* const begin = reserve_addresses(rounded, kGranularity, wanted);
  if (begin == nullptr && wanted != nullptr) {
    return bad(
        fmt::format("{} bytes at {} are not free: pass another expectPtr, or 0 to have one "
                    "chosen",
                    rounded, wanted));
  }
  if (begin == nullptr) {
    return Status(ACL_ERROR_RT_MEMORY_ALLOCATION,
                  fmt::format("the system has no {} bytes of addresses left", rounded));
  }
  BlockCache& owner = block_cache(-1);
  std::lock_guard lock(ranges().mutex);
  Span* const span = ranges().take_span();
  if (!enter_span(span, &owner, SpanKind::kReserved, begin, rounded, 0)) {
    ranges().unused_spans.push_back(span);
    munmap(begin, rounded);
    return Status(ACL_ERROR_RT_MEMORY_ALLOCATION, "the host is out of memory");
  }
  ranges().by_begin[number(begin)] = {rounded, span, {}};
  return static_cast<void*>(begin);
}

Status release_range(void* begin) {
  std::lock_guard lock(ranges().mutex);
  const auto it = ranges().by_begin.find(number(begin));
  if (it == ranges().by_begin.end()) {
    return bad(
        fmt::format("{} is not the begin of a range from acl.rt.reserve_mem_address, or was "
                    "released before",
                    begin));
  }
  if (!it->second.mappings.empty()) {
    return bad(
        fmt::format("{} parts of the range at {} have memory behind them: take it away with "
                    "acl.rt.unmap_mem first",
                    it->second.mappings.size(), begin));
  }
  leave_span(it->second.span);
  munmap(begin, it->second.bytes);
  ranges().unused_spans.push_back(it->second.span);
  ranges().by_begin.erase(it);
  return {};
}

Status map_memory(void* address, size_t bytes, const std::shared_ptr<PhysicalMemory>& memory,
                  bool accessible) {
  if (bytes != memory->bytes()) {
    return bad(fmt::format("size {} is not that of the physical memory, {}: all of it is mapped",
                           bytes, memory->bytes()));
  }
  if (bytes % kGranularity != 0 || number(address) % kGranularity != 0) {
    return bad(
        fmt::format("address {} and size {} must be multiples of the granularity {} "
                    "(acl.rt.mem_get_allocation_granularity)",
                    address, bytes, kGranularity));
  }
  BlockCache& owner = block_cache(memory->device());
  std::lock_guard lock(ranges().mutex);
  auto* const range = ranges().find(number(address), bytes);
  if (range == nullptr) return not_reserved(address);
  if (overlaps(range->second, number(address), bytes)) {
    return bad(
        fmt::format("a part of the {} bytes at {} has memory behind it already", bytes, address));
  }
  if (!memory->segment().map_at(address)) {
    return Status(ACL_ERROR_RT_MEMORY_ALLOCATION,
                  fmt::format("the system cannot map {} bytes at {}", bytes, address));
  }
  Mapping& mapping = range->second.mappings[number(address)];
  mapping = {bytes, memory, 0, ranges().take_span()};
  enter_span(mapping.span, &owner, SpanKind::kMapped, address, bytes, bytes);
  apply(mapping, accessible ? 3 : 0);
  return {};
}

Status unmap_memory(void* address) {
  std::shared_ptr<PhysicalMemory> gone;  // ends after the lock
  std::lock_guard lock(ranges().mutex);
  auto* const range = ranges().find(number(address), 1);
  if (range == nullptr) return not_reserved(address);
  const auto it = range->second.mappings.find(number(address));
  if (it == range->second.mappings.end()) {
    return bad(fmt::format("{} is not the begin of a mapping from acl.rt.map_mem", address));
  }
  gone = std::move(it->second.memory);
  // Addresses stay reserved: nobody else may get them.
  mmap(address, it->second.bytes, PROT_NONE,
       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  page_map().assign(address, it->second.bytes, range->second.span);
  ranges().unused_spans.push_back(it->second.span);
  range->second.mappings.erase(it);
  return {};
}

std::shared_ptr<PhysicalMemory> mapped_memory(const void* address) {
  std::lock_guard lock(ranges().mutex);
  const Mapping* mapping = find_mapping(address);
  return mapping == nullptr ? nullptr : mapping->memory;
}

Status set_access(void* address, size_t bytes, uint32_t flags) {
  if (flags != 0 && flags != 1 && flags != 3) {
    return bad(
        fmt::format("access flags {} are unknown: pass 0 (none), 1 (read) or 3 (both)", flags));
  }
  std::lock_guard lock(ranges().mutex);
  auto* const range = ranges().find(number(address), bytes);
  if (range == nullptr) return not_reserved(address);
  const uintptr_t end = number(address) + bytes;
  bool any = false;
  for (auto& [begin, mapping] : range->second.mappings) {
    if (begin >= end || begin + mapping.bytes <= number(address)) continue;
    apply(mapping, flags);
    any = true;
  }
  if (any) return {};
  return bad(fmt::format("no memory is behind the {} bytes at {}: map some first", bytes, address));
}

Result<uint64_t> get_access(const void* address) {
  std::lock_guard lock(ranges().mutex);
  if (const Mapping* mapping = find_mapping(address)) return uint64_t{mapping->flags};
  return bad(fmt::format("no memory is behind {}: map some with acl.rt.map_mem", address));
}

Result<AddressRange> reserved_range_of(const void* address) {
  std::lock_guard lock(ranges().mutex);
  const auto* range = ranges().find(number(address), 1);
  if (range == nullptr) return not_reserved(address);
  return AddressRange{reinterpret_cast<void*>(range->first), range->second.bytes};
}

}  // namespace poacl::runtime
