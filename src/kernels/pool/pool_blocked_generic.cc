#include "kernels/simd/vec_generic.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/pool/pool_blocked_impl.h"

namespace poacl {

void pool_blocked_run_generic(const KernelArgs& args) {
  generic::pool_blocked_run(args);
}

}  // namespace poacl
