#include "kernels/simd/vec_avx512.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/eltwise/unary_impl.h"

namespace poacl {

void unary_run_avx512(const KernelArgs& args) {
  avx512::unary_run(args);
}

}  // namespace poacl
