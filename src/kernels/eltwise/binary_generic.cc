#include "kernels/simd/vec_generic.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/eltwise/binary_impl.h"

namespace poacl {

void binary_run_generic(const KernelArgs& args) {
  generic::binary_run(args);
}

}  // namespace poacl
