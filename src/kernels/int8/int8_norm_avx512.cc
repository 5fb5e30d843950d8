#include "kernels/simd/vec_avx512.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/int8/int8_norm_impl.h"

namespace poacl {

void int8_norm_run_avx512(const KernelArgs& args) {
  avx512::norm_run(args);
}

}  // namespace poacl
