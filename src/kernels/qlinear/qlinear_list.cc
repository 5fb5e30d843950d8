#include "kernels/families.h"
#include "kernels/int8/int8_attention.h"
#include "kernels/int8/int8_conv.h"
#include "kernels/int8/int8_depthwise.h"
#include "kernels/int8/int8_eltwise.h"
#include "kernels/int8/int8_linear.h"
#include "kernels/int8/int8_norm.h"
#include "kernels/int8/int8_product.h"
#include "kernels/qlinear/qlinear_kernels.h"

namespace poacl {

std::span<const KernelImpl* const> qlinear_kernels() {
  static const std::vector<const KernelImpl*> list = [] {
    std::vector<const KernelImpl*> all;
    for (const KernelImpl* kernel : int8_linear_kernels()) all.push_back(kernel);
    for (const KernelImpl* kernel : int8_product_kernels()) all.push_back(kernel);
    for (const KernelImpl* kernel : int8_attention_kernels()) all.push_back(kernel);
    for (const KernelImpl* kernel : int8_norm_kernels()) all.push_back(kernel);
    all.insert(all.end(), {&kQuantAttentionRef, &kQuantMatmulRows, &kQuantMatmulRef,
                           &kQuantLinearRef, &kInt8DepthwiseVnni, &kInt8DepthwiseAvx2,
                           &kInt8DepthwiseGeneric, &kInt8StemVnni, &kInt8ConvVnni, &kInt8ConvAvx2,
                           &kInt8ConvGeneric, &kQuantConvPlanes, &kQuantConvRef, &kRequantRef,
                           &kInt8AddVnni, &kQuantAddRef, &kInt8PoolVnni, &kQuantPoolRef});
    return all;
  }();
  return list;
}

}  // namespace poacl
