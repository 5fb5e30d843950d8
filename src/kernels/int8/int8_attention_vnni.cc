#include "kernels/int8/int8_tile_vnni.h"

#include "kernels/int8/int8_attention_impl.h"

namespace poacl {

void int8_attention_run_vnni(const KernelArgs& args) {
  avx512::attention_run(args);
}

}  // namespace poacl
