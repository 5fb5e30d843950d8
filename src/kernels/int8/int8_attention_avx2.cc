#include "kernels/int8/int8_tile_avx2.h"

#include "kernels/int8/int8_attention_impl.h"

namespace poacl {

void int8_attention_run_avx2(const KernelArgs& args) {
  avx2::attention_run(args);
}

}  // namespace poacl
