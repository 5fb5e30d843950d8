#include "kernels/simd/vec_generic.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/matmul/gemm_products.h"

#include "kernels/matmul/gemm_impl.h"

namespace poacl {

void gemm_run_generic(const KernelArgs& args) {
  generic::gemm_run<generic::FloatProducts>(args);
}

}  // namespace poacl
