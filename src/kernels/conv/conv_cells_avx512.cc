#include "kernels/simd/vec_avx512.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/conv/conv_cells_impl.h"

namespace poacl {

void conv_cells_run_avx512(const KernelArgs& args) {
  avx512::conv_cells_run(args);
}

}  // namespace poacl
