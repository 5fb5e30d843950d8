#include "kernels/families.h"
#include "kernels/quant/quant_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> quant_kernels() {
  static constexpr const KernelImpl* kList[] = {&kQuantizeRows, &kQuantizeRef, &kDequantizeRows,
                                                &kDequantizeRef, &kDynamicQuantizeRef};
  return kList;
}

}  // namespace poacl
