#include "kernels/attention/attention_kernels.h"
#include "kernels/attention/attention_tiles.h"
#include "kernels/families.h"

namespace poacl {

std::span<const KernelImpl* const> attention_kernels() {
  static const std::vector<const KernelImpl*> list = [] {
    const auto tiles = attention_tiles_kernels();
    std::vector<const KernelImpl*> all(tiles.begin(), tiles.end());
    for (const KernelImpl* kernel :
         {&kAttentionRef, &kRotaryRef, &kCacheScatterRef, &kLinearAttentionRef}) {
      all.push_back(kernel);
    }
    return all;
  }();
  return list;
}

}  // namespace poacl
