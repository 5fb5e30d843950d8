#include "kernels/int8/int8_tile_avx2.h"

#include "kernels/int8/int8_product_impl.h"

namespace poacl {

void int8_linear_run_avx2(const KernelArgs& args) {
  avx2::linear_run(args);
}

void int8_product_run_avx2(const KernelArgs& args) {
  avx2::product_run(args);
}

}  // namespace poacl
