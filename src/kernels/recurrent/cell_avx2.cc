#include "kernels/simd/vec_avx2.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/recurrent/cell_impl.h"

namespace poacl {

void cell_activate_avx2(const CellFunction& function, float clip, float* values, int64_t count) {
  avx2::cell_activate(function, clip, values, count);
}

}  // namespace poacl
