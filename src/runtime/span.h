// A run of pages cut into equal blocks, and getting such runs from the system.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "runtime/page_map.h"

namespace poacl::runtime {

class BlockCache;

// What the addresses of a span are.
enum class SpanKind : uint8_t {
  kBlocks,    // blocks of a BlockCache
  kReserved,  // reserved addresses with no memory behind them
  kNoAccess,  // memory behind reserved addresses that nobody may touch yet
  kReadOnly,  // memory behind reserved addresses that copies may not write to
  kMapped,    // memory behind reserved addresses
  kImported,  // memory of another process
};

// Never deleted, only used again, so that a late reader of the page map - a program that frees
// memory while another of its threads names it - meets a valid object. Spans of one block are used
// again for one block only; the members are atomic because such a reader may read them just then,
// and `requested` has one entry at least whatever mixture it sees.
struct Span {
  std::atomic<BlockCache*> owner = nullptr;
  std::atomic<char*> base = nullptr;
  std::atomic<size_t> bytes = 0;        // whole granules
  std::atomic<size_t> block_bytes = 1;  // a multiple of 128, or all of a span of one block
  std::atomic<uint32_t> blocks = 0;
  // What the program asked for, per block; 0 while the block is not in use.
  std::atomic<std::atomic<uint64_t>*> requested = nullptr;
  std::atomic<uint64_t> single{0};  // `requested` of a span of one block
  std::atomic<SpanKind> kind{SpanKind::kBlocks};
  Span* next_unused = nullptr;
};

PageMap& page_map() noexcept;

// Pages for a span, entered in the page map; null when the system has none. Big spans start at
// a huge-page boundary and ask for huge pages.
Span* map_span(BlockCache* owner, size_t bytes, size_t block_bytes) noexcept;
// Gives the pages back.
void unmap_span(Span* span) noexcept;

// Whole granules of addresses that somebody else has mapped, as one block of `bytes`, of which
// `requested` may be touched (0: none). False when the page map has no room. `span` is the caller's
// and is never deleted.
bool enter_span(Span* span, BlockCache* owner, SpanKind kind, void* base, size_t bytes,
                uint64_t requested) noexcept;
// Takes it out of the page map; the addresses stay mapped.
void leave_span(Span* span) noexcept;

// `bytes` of addresses at a multiple of `alignment` that nothing may touch; null when the system
// has none. `wanted` null: anywhere, otherwise there or nowhere.
char* reserve_addresses(size_t bytes, size_t alignment, void* wanted) noexcept;

}  // namespace poacl::runtime
