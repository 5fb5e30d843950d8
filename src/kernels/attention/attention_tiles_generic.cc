#include "kernels/simd/vec_generic.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/matmul/gemm_products.h"

#include "kernels/attention/attention_tiles_impl.h"

namespace poacl {

void attention_tiles_run_generic(const KernelArgs& args) {
  generic::attention_tiles_run(args);
}

}  // namespace poacl
