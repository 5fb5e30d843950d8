#include "kernels/simd/vec_avx2.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/matmul/matmul_skinny_impl.h"

namespace poacl {

void skinny_run_avx2(const KernelArgs& args) {
  avx2::skinny_run(args);
}

}  // namespace poacl
