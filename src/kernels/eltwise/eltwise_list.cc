#include "kernels/bf16/bf16_eltwise.h"
#include "kernels/eltwise/binary_vector.h"
#include "kernels/eltwise/eltwise_kernels.h"
#include "kernels/eltwise/unary_vector.h"
#include "kernels/families.h"

namespace poacl {

std::span<const KernelImpl* const> eltwise_kernels() {
  static const std::vector<const KernelImpl*> list = [] {
    std::vector<const KernelImpl*> all;
    for (const auto table :
         {bf16_unary_kernels, unary_vector_kernels, unary_reference_kernels, bf16_binary_kernels,
          binary_vector_kernels, binary_reference_kernels}) {
      all.insert(all.end(), table().begin(), table().end());
    }
    all.push_back(&kSelectRef);
    for (const KernelImpl* kernel : {&kCastRef, &kBitcastRef, &kIsNanRef, &kIsInfRef, &kTriluRef}) {
      all.push_back(kernel);
    }
    return all;
  }();
  return list;
}

}  // namespace poacl
