#include "kernels/simd/vec_avx2.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/matmul/gemm_products.h"

#include "kernels/matmul/gemm_impl.h"

namespace poacl {

void gemm_run_avx2(const KernelArgs& args) {
  avx2::gemm_run<avx2::FloatProducts>(args);
}

}  // namespace poacl
