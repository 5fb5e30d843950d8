#include "kernels/simd/vec_generic.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/conv/conv_direct_impl.h"

namespace poacl {

void conv_direct_run_generic(const KernelArgs& args) {
  generic::conv_direct_run(args);
}

}  // namespace poacl
