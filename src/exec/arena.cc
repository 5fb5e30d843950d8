#include "exec/arena.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace poacl {
namespace {

constexpr size_t kAlign = 64;
constexpr size_t kHugePage = size_t{2} << 20;

}  // namespace

Arena::Arena(size_t bytes) : memory_(nullptr), bytes_(std::max(bytes, kAlign)) {
  const size_t align = bytes_ >= kHugePage ? kHugePage : kAlign;
  const size_t rounded = (bytes_ + align - 1) / align * align;
  if (rounded >= bytes_) memory_ = std::aligned_alloc(align, rounded);
  if (memory_ == nullptr) throw std::bad_alloc();
  // Fewer TLB misses where the kernel grants huge pages; harmless where it does not.
  if (bytes_ >= kHugePage) madvise(memory_, rounded, MADV_HUGEPAGE);
}

Arena::~Arena() {
  std::free(memory_);
}

}  // namespace poacl
