#include "kernels/simd/vec_generic.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/resize/resize_image_impl.h"

namespace poacl {

void resize_blocked_run_generic(const KernelArgs& args) {
  generic::resize_blocked_run(args);
}
void resize_planes_run_generic(const KernelArgs& args) {
  generic::resize_planes_run(args);
}

}  // namespace poacl
