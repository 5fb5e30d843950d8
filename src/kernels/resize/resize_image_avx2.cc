#include "kernels/simd/vec_avx2.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/resize/resize_image_impl.h"

namespace poacl {

void resize_blocked_run_avx2(const KernelArgs& args) {
  avx2::resize_blocked_run(args);
}
void resize_planes_run_avx2(const KernelArgs& args) {
  avx2::resize_planes_run(args);
}

}  // namespace poacl
