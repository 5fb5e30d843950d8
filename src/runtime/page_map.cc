#include "runtime/page_map.h"

#include <cstdlib>

namespace poacl::runtime {

PageMap::Leaf* PageMap::leaf_of(size_t index) noexcept {
  Leaf* leaf = leaves_[index].load(std::memory_order_acquire);
  if (leaf != nullptr) return leaf;
  // Zeroed memory is what an array of null atomics looks like; untouched pages cost nothing.
  auto* fresh = static_cast<Leaf*>(std::calloc(1, sizeof(Leaf)));
  if (fresh == nullptr) return nullptr;
  if (leaves_[index].compare_exchange_strong(leaf, fresh)) return fresh;
  std::free(fresh);
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
