#include "kernels/families.h"
#include "kernels/quant/quant_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> quant_kernels() {
  static const std::vector<const KernelImpl*> list = [] {
    const auto rows = quant_rows_kernels();
    std::vector<const KernelImpl*> all(rows.begin(), rows.end());
    all.insert(all.end(), {&kQuantizeRef, &kDequantizeRef, &kDynamicQuantizeRef});
    return all;
  }();
  return list;
}

}  // namespace poacl
