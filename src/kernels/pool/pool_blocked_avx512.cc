#include "kernels/simd/vec_avx512.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/pool/pool_blocked_impl.h"

namespace poacl {

void pool_blocked_run_avx512(const KernelArgs& args) {
  avx512::pool_blocked_run(args);
}

}  // namespace poacl
