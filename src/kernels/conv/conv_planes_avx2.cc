#include "kernels/simd/vec_avx2.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/conv/conv_planes_impl.h"

namespace poacl {

void conv_planes_run_avx2(const KernelArgs& args) {
  avx2::conv_planes_run(args);
}

}  // namespace poacl
