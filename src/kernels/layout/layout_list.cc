#include "kernels/bf16/bf16_trans_data.h"
#include "kernels/families.h"
#include "kernels/layout/layout_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> layout_kernels() {
  static constexpr const KernelImpl* kList[] = {&kTransDataBf16, &kTransDataWideAvx512,
                                                &kTransDataTiled, &kTransDataBytes, &kTransDataRef};
  return kList;
}

}  // namespace poacl
