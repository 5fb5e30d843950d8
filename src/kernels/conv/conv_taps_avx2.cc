#include "kernels/simd/vec_avx2.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/conv/conv_taps_impl.h"

namespace poacl {

void conv_taps_run_avx2(const KernelArgs& args) {
  avx2::conv_taps_run(args);
}

}  // namespace poacl
