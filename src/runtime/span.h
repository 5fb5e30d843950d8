// A run of pages cut into equal blocks, and getting such runs from the system.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "runtime/page_map.h"

namespace poacl::runtime {

class BlockCache;

// Never deleted, only used again, so that a late reader of the page map meets a valid object.
struct Span {
  BlockCache* owner = nullptr;
  char* base = nullptr;
  size_t bytes = 0;        // whole granules
  size_t block_bytes = 0;  // a multiple of 128, except that a single block fills the span
  uint32_t blocks = 0;
  // What the program asked for, per block; 0 while the block is not in use.
  std::atomic<uint64_t>* requested = nullptr;
  std::atomic<uint64_t> single{0};  // `requested` of a span of one block
  Span* next_unused = nullptr;
};

PageMap& page_map() noexcept;

// Pages for a span, entered in the page map; null when the system has none. Big spans start at
// a huge-page boundary and ask for huge pages.
Span* map_span(BlockCache* owner, size_t bytes, size_t block_bytes) noexcept;
// Gives the pages back.
void unmap_span(Span* span) noexcept;

}  // namespace poacl::runtime
