#include "kernels/simd/vec_generic.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/reduce/reduce_impl.h"

namespace poacl {

void reduce_run_generic(const KernelArgs& args) {
  generic::reduce_run(args);
}

}  // namespace poacl
