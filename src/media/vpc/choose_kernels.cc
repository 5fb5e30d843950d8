#include "media/vpc/choose_kernels.h"

namespace poacl::media {

const RowKernels& row_kernels(Isa isa) noexcept {
  switch (isa) {
    case Isa::kAvx512:
      return row_kernels_avx512();
    case Isa::kAvx2:
      return row_kernels_avx2();
    default:
      return row_kernels_generic();
  }
}

}  // namespace poacl::media
