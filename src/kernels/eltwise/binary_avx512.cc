#include "kernels/simd/vec_avx512.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/eltwise/binary_impl.h"

namespace poacl {

void binary_run_avx512(const KernelArgs& args) {
  avx512::binary_run(args);
}

}  // namespace poacl
