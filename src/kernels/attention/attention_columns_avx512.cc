#include "kernels/simd/vec_avx512.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/matmul/gemm_products_avx512.h"

#include "kernels/attention/attention_columns_impl.h"

namespace poacl {

void attention_columns_run_avx512(const KernelArgs& args) {
  avx512::attention_columns_run<avx512::FloatProducts>(args);
}

}  // namespace poacl
