#include "kernels/simd/vec_avx2.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/reduce/reduce_impl.h"

namespace poacl {

void reduce_run_avx2(const KernelArgs& args) {
  avx2::reduce_run(args);
}

}  // namespace poacl
