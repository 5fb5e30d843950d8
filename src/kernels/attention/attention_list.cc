#include "kernels/attention/attention_columns.h"
#include "kernels/attention/attention_kernels.h"
#include "kernels/attention/attention_tiles.h"
#include "kernels/families.h"

namespace poacl {

std::span<const KernelImpl* const> attention_kernels() {
  static const std::vector<const KernelImpl*> list = [] {
    std::vector<const KernelImpl*> all;
    for (const auto kernels : {attention_columns_kernels(), attention_tiles_kernels()}) {
      all.insert(all.end(), kernels.begin(), kernels.end());
    }
    for (const KernelImpl* kernel :
         {&kAttentionRef, &kRotaryRef, &kCacheScatterRef, &kLinearAttentionRef}) {
      all.push_back(kernel);
    }
    return all;
  }();
  return list;
}

}  // namespace poacl
