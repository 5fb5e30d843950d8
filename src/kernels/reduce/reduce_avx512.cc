#include "kernels/simd/vec_avx512.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/reduce/reduce_impl.h"

namespace poacl {

void reduce_run_avx512(const KernelArgs& args) {
  avx512::reduce_run(args);
}

}  // namespace poacl
