#include "kernels/simd/vec_avx2.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/matmul/gemm_products.h"

#include "kernels/attention/attention_tiles_impl.h"

namespace poacl {

void attention_tiles_run_avx2(const KernelArgs& args) {
  avx2::attention_tiles_run(args);
}

}  // namespace poacl
