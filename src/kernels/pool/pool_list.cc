#include "kernels/bf16/bf16_pool.h"
#include "kernels/families.h"
#include "kernels/int8/int8_eltwise.h"
#include "kernels/pool/pool_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> pool_kernels() {
  static constexpr const KernelImpl* kList[] = {
      &kMaxPoolBf16,         &kAvgPoolBf16,       &kGlobalAvgPoolBf16,    &kInt8MaxPoolVnni,
      &kMaxPoolAvx512,       &kMaxPoolAvx2,       &kMaxPoolGeneric,       &kMaxPoolRef,
      &kAvgPoolAvx512,       &kAvgPoolAvx2,       &kAvgPoolGeneric,       &kAvgPoolRef,
      &kGlobalAvgPoolAvx512, &kGlobalAvgPoolAvx2, &kGlobalAvgPoolGeneric, &kGlobalAvgPoolRef,
      &kMaxPool3dRef,        &kMaxPoolArgmaxRef,  &kMaxPool3dArgmaxRef,   &kAvgPool3dRef,
      &kLpPool2dRef,         &kLpPool3dRef,       &kGlobalLpPoolRef,      &kMaxUnpoolRef,
  };
  return kList;
}

}  // namespace poacl
