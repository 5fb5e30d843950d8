#include "kernels/simd/vec_avx2.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/pool/pool_blocked_impl.h"

namespace poacl {

void pool_blocked_run_avx2(const KernelArgs& args) {
  avx2::pool_blocked_run(args);
}

}  // namespace poacl
