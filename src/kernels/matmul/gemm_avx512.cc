#include "kernels/simd/vec_avx512.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/matmul/gemm_products_avx512.h"

#include "kernels/matmul/gemm_impl.h"

namespace poacl {

void gemm_run_avx512(const KernelArgs& args) {
  avx512::gemm_run<avx512::FloatProducts>(args);
}

}  // namespace poacl
