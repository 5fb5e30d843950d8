#include "kernels/simd/vec_generic.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/matmul/matmul_skinny_impl.h"

namespace poacl {

void skinny_run_generic(const KernelArgs& args) {
  generic::skinny_run(args);
}

}  // namespace poacl
