#include "runtime/span.h"

#include <sys/mman.h>

#include <mutex>
#include <new>

#include "base/fork_locks.h"

namespace poacl::runtime {
namespace {

constexpr size_t kHugePage = 2u << 20;

struct UnusedSpans {
  ForkSafeMutex mutex;
  Span* first = nullptr;
};

UnusedSpans& unused_spans() {
  static auto* const list = new UnusedSpans;
  return *list;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const UnusedSpans& unused_spans_made_early = unused_spans();

Span* take_span_object(uint32_t blocks) noexcept {
  if (blocks == 1) {
    UnusedSpans& unused = unused_spans();
    std::lock_guard lock(unused.mutex);
    if (Span* span = unused.first) {
      unused.first = span->next_unused;
      return span;
    }
  }
  return new (std::nothrow) Span;
}

void keep_span_object(Span* span) noexcept {
  UnusedSpans& unused = unused_spans();
  std::lock_guard lock(unused.mutex);
  span->next_unused = unused.first;
  unused.first = span;
}

char* map_aligned(size_t bytes, size_t alignment, int protection) noexcept {
  const size_t padded = bytes + alignment;
  if (padded < bytes) return nullptr;
  void* pages =
      mmap(nullptr, padded, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) return nullptr;
  const auto start = reinterpret_cast<uintptr_t>(pages);
  const uintptr_t aligned = (start + alignment - 1) / alignment * alignment;
  if (aligned > start) munmap(pages, aligned - start);
  const size_t tail = start + padded - (aligned + bytes);
  if (tail > 0) munmap(reinterpret_cast<void*>(aligned + bytes), tail);
  return reinterpret_cast<char*>(aligned);
}

}  // namespace

PageMap& page_map() noexcept {
  static constinit PageMap map;
  return map;
}

Span* map_span(BlockCache* owner, size_t bytes, size_t block_bytes) noexcept {
  char* base =
      map_aligned(bytes, bytes >= kHugePage ? kHugePage : kGranule, PROT_READ | PROT_WRITE);
  if (base == nullptr) return nullptr;
  if (bytes >= kHugePage) madvise(base, bytes, MADV_HUGEPAGE);
  const auto blocks = static_cast<uint32_t>(bytes / block_bytes);
  Span* span = take_span_object(blocks);
  std::atomic<uint64_t>* requested = span == nullptr ? nullptr : &span->single;
  if (blocks > 1) requested = new (std::nothrow) std::atomic<uint64_t>[blocks]();
  if (span == nullptr || requested == nullptr) {
    if (span != nullptr && blocks == 1) keep_span_object(span);
    munmap(base, bytes);
    return nullptr;
  }
  span->owner = owner;
  span->base = base;
  span->bytes = bytes;
  span->block_bytes = block_bytes;
  span->blocks = blocks;
  span->requested = requested;
  span->single.store(0);
  span->kind = SpanKind::kBlocks;
  if (!page_map().assign(base, bytes, span)) {
    unmap_span(span);
    return nullptr;
  }
  return span;
}

void unmap_span(Span* span) noexcept {
  page_map().assign(span->base, span->bytes, nullptr);
  munmap(span->base, span->bytes);
  if (span->blocks == 1) keep_span_object(span);
}

bool enter_span(Span* span, BlockCache* owner, SpanKind kind, void* base, size_t bytes,
                uint64_t requested) noexcept {
  span->owner = owner;
  span->base = static_cast<char*>(base);
  span->bytes = bytes;
  span->block_bytes = bytes;
  span->blocks = 1;
  span->requested = &span->single;
  span->single.store(requested);
  span->kind = kind;
  if (page_map().assign(base, bytes, span)) return true;
  page_map().assign(base, bytes, nullptr);
  return false;
}

void leave_span(Span* span) noexcept {
  page_map().assign(span->base, span->bytes, nullptr);
}

char* reserve_addresses(size_t bytes, size_t alignment, void* wanted) noexcept {
  if (wanted == nullptr) return map_aligned(bytes, alignment, PROT_NONE);
  void* pages = mmap(wanted, bytes, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (pages == MAP_FAILED) return nullptr;
  if (pages == wanted) return static_cast<char*>(pages);
  munmap(pages, bytes);  // a kernel that does not know the flag takes the address for a hint
  return nullptr;
}

}  // namespace poacl::runtime
