#include "kernels/simd/vec_generic.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/eltwise/unary_impl.h"

namespace poacl {

void unary_run_generic(const KernelArgs& args) {
  generic::unary_run(args);
}

}  // namespace poacl
