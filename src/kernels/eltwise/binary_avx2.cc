#include "kernels/simd/vec_avx2.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/eltwise/binary_impl.h"

namespace poacl {

void binary_run_avx2(const KernelArgs& args) {
  avx2::binary_run(args);
}

}  // namespace poacl
