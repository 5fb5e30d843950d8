// Sums and pools of eight-bit numbers in blocks of 16 channels.
#pragma once

#include <cstdint>

#include "kernels/kernel.h"
#include "kernels/pool/pool_geometry.h"
#include "kernels/qlinear/quant_eltwise.h"

namespace poacl {

// Planes of `bytes` bytes, blocks of 16 channels when the tensor is blocked; the last of each
// image's `blocks` planes has `tail` channels.
struct Int8AddParams {
  QuantAddParams sum;
  int64_t planes, blocks, bytes, tail;
};

struct Int8PoolParams {
  QuantPoolParams mean;
  int64_t planes, blocks, tail;
};

struct Int8MaxPoolParams {
  PoolGeometry g;
  int64_t planes;
};

POACL_X86 void int8_add_run_vnni(const KernelArgs& args);
POACL_X86 void int8_pool_run_vnni(const KernelArgs& args);
POACL_X86 void int8_max_pool_run_vnni(const KernelArgs& args);

extern const KernelImpl kInt8AddVnni;
extern const KernelImpl kInt8PoolVnni;
extern const KernelImpl kInt8MaxPoolVnni;

}  // namespace poacl
