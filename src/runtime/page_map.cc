#include "runtime/page_map.h"

#include <sys/mman.h>

namespace poacl::runtime {

PageMap::Leaf* PageMap::leaf_of(size_t index) noexcept {
  Leaf* leaf = leaves_[index].load(std::memory_order_acquire);
  if (leaf != nullptr) return leaf;
  // Fresh pages are zero, which is what an array of null atomics looks like.
  void* pages =
      mmap(nullptr, sizeof(Leaf), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return nullptr;
  auto* fresh = static_cast<Leaf*>(pages);
  if (leaves_[index].compare_exchange_strong(leaf, fresh)) return fresh;
  munmap(pages, sizeof(Leaf));
  return leaf;
}

bool PageMap::assign(const void* begin, size_t bytes, Span* span) noexcept {
  const uintptr_t first = reinterpret_cast<uintptr_t>(begin) / kGranule;
  for (uintptr_t granule = first; granule < first + bytes / kGranule; ++granule) {
    Leaf* leaf = leaf_of(granule / kLeafSize);
    if (leaf == nullptr) return false;
    (*leaf)[granule % kLeafSize].store(span, std::memory_order_release);
  }
  return true;
}

}  // namespace poacl::runtime
