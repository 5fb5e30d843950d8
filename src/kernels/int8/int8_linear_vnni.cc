#include "kernels/int8/int8_tile_vnni.h"

#include "kernels/int8/int8_product_impl.h"

namespace poacl {

void int8_linear_run_vnni(const KernelArgs& args) {
  avx512::linear_run(args);
}

void int8_product_run_vnni(const KernelArgs& args) {
  avx512::product_run(args);
}

}  // namespace poacl
