#include "kernels/simd/vec_avx512.h"
// The vector header comes first: the implementation is written in its terms.
#include "kernels/recurrent/cell_impl.h"

namespace poacl {

void cell_activate_avx512(const CellFunction& function, float clip, float* values, int64_t count) {
  avx512::cell_activate(function, clip, values, count);
}

}  // namespace poacl
