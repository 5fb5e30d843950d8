#include "kernels/families.h"
#include "kernels/int8/int8_conv.h"
#include "kernels/int8/int8_depthwise.h"
#include "kernels/int8/int8_eltwise.h"
#include "kernels/qlinear/qlinear_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> qlinear_kernels() {
  static constexpr const KernelImpl* kList[] = {
      &kInt8MatmulVnni, &kInt8MatmulAvx2,    &kInt8MatmulGeneric, &kQuantMatmulRows,
      &kQuantMatmulRef, &kInt8DepthwiseVnni, &kInt8DepthwiseAvx2, &kInt8DepthwiseGeneric,
      &kInt8ConvVnni,   &kInt8ConvAvx2,      &kInt8ConvGeneric,   &kQuantConvPlanes,
      &kQuantConvRef,   &kRequantRef,        &kInt8AddVnni,       &kQuantAddRef,
      &kInt8PoolVnni,   &kQuantPoolRef,
  };
  return kList;
}

}  // namespace poacl
