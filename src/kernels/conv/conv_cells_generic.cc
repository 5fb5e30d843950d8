#include "kernels/simd/vec_generic.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/conv/conv_cells_impl.h"

namespace poacl {

void conv_cells_run_generic(const KernelArgs& args) {
  generic::conv_cells_run(args);
}

}  // namespace poacl
