#include "kernels/simd/vec_avx2.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/norm/norm_impl.h"
#include "kernels/norm/row_norm_impl.h"

namespace poacl {

void softmax_run_avx2(const KernelArgs& args) {
  avx2::softmax_run(args);
}

void batch_norm_run_avx2(const KernelArgs& args) {
  avx2::batch_norm_run(args);
}

void row_norm_run_avx2(const KernelArgs& args) {
  avx2::row_norm_run(args);
}

}  // namespace poacl
