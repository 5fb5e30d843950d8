#include "kernels/int8/int8_tile_generic.h"

#include "kernels/int8/int8_product_impl.h"

namespace poacl {

void int8_linear_run_generic(const KernelArgs& args) {
  generic::linear_run(args);
}

void int8_product_run_generic(const KernelArgs& args) {
  generic::product_run(args);
}

}  // namespace poacl
