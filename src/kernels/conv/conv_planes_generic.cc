#include "kernels/simd/vec_generic.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/conv/conv_planes_impl.h"

namespace poacl {

void conv_planes_run_generic(const KernelArgs& args) {
  generic::conv_planes_run(args);
}

}  // namespace poacl
