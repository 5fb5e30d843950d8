#include "kernels/bf16/bf16_vec.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/matmul/gemm_products_bf16.h"

#include "kernels/matmul/gemm_impl.h"

namespace poacl {

void gemm_run_bf16(const KernelArgs& args) {
  bf16::gemm_run<bf16::PairProducts>(args);
}

}  // namespace poacl
