#include "kernels/simd/vec_generic.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/recurrent/cell_impl.h"

namespace poacl {

void cell_activate_generic(const CellFunction& function, float clip, float* values, int64_t count) {
  generic::cell_activate(function, clip, values, count);
}

}  // namespace poacl
