#include "kernels/simd/vec_generic.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/int8/int8_norm_impl.h"

namespace poacl {

void int8_norm_run_generic(const KernelArgs& args) {
  generic::norm_run(args);
}

}  // namespace poacl
