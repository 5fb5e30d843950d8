#include "kernels/simd/vec_generic.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/norm/norm_impl.h"
#include "kernels/norm/row_norm_impl.h"

namespace poacl {

void softmax_run_generic(const KernelArgs& args) {
  generic::softmax_run(args);
}

void batch_norm_run_generic(const KernelArgs& args) {
  generic::batch_norm_run(args);
}

void row_norm_run_generic(const KernelArgs& args) {
  generic::row_norm_run(args);
}

}  // namespace poacl
