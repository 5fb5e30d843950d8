#include "kernels/families.h"
#include "kernels/int8/int8_eltwise.h"
#include "kernels/pool/pool_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> pool_kernels() {
  static constexpr const KernelImpl* kList[] = {
      &kInt8MaxPoolVnni,  &kMaxPoolAvx512,       &kMaxPoolAvx2,       &kMaxPoolGeneric,
      &kMaxPoolRef,       &kAvgPoolAvx512,       &kAvgPoolAvx2,       &kAvgPoolGeneric,
      &kAvgPoolRef,       &kGlobalAvgPoolAvx512, &kGlobalAvgPoolAvx2, &kGlobalAvgPoolGeneric,
      &kGlobalAvgPoolRef, &kMaxPool3dRef,        &kMaxPoolArgmaxRef,  &kMaxPool3dArgmaxRef,
      &kAvgPool3dRef,     &kLpPool2dRef,         &kLpPool3dRef,       &kGlobalLpPoolRef,
      &kMaxUnpoolRef,
  };
  return kList;
}

}  // namespace poacl
