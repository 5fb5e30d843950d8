#include "kernels/families.h"
#include "kernels/norm/norm_kernels.h"
#include "kernels/norm/row_norm.h"

namespace poacl {

std::span<const KernelImpl* const> norm_kernels() {
  static const std::vector<const KernelImpl*> list = [] {
    std::vector<const KernelImpl*> all(norm_vector_kernels().begin(), norm_vector_kernels().end());
    all.insert(all.end(), row_norm_vector_kernels().begin(), row_norm_vector_kernels().end());
    for (const KernelImpl* kernel :
         {&kSoftmaxRef, &kLogSoftmaxRef, &kBatchNormRef, &kLrnPlanes, &kLrnRef, &kLayerNormRef,
          &kRmsNormRef, &kGroupNormRef, &kInstanceNormRef}) {
      all.push_back(kernel);
    }
    return all;
  }();
  return list;
}

}  // namespace poacl
