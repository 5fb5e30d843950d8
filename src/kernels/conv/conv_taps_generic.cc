#include "kernels/simd/vec_generic.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/conv/conv_taps_impl.h"

namespace poacl {

void conv_taps_run_generic(const KernelArgs& args) {
  generic::conv_taps_run(args);
}

}  // namespace poacl
