#include "kernels/simd/vec_avx512.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/conv/conv_planes_impl.h"

namespace poacl {

void conv_planes_run_avx512(const KernelArgs& args) {
  avx512::conv_planes_run(args);
}

}  // namespace poacl
