#include "kernels/simd/vec_generic.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/conv/conv_winograd_impl.h"

namespace poacl {

void conv_winograd_run_generic(const KernelArgs& args) {
  generic::conv_winograd_run(args);
}

}  // namespace poacl
