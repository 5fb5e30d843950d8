#include "kernels/int8/int8_tile_generic.h"

#include "kernels/int8/int8_attention_impl.h"

namespace poacl {

void int8_attention_run_generic(const KernelArgs& args) {
  generic::attention_run(args);
}

}  // namespace poacl
