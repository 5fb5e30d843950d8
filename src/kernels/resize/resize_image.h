// Resize of the last two dimensions of float tensors, on channel blocks or on plain planes.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

// Followed in params by the tables of height and width: first and weight of each position.
struct ResizeImageParams {
  int64_t planes;  // plain: products of the leading dimensions; blocked: images times blocks
  int64_t h, w, oh, ow;
  int64_t taps_h, taps_w;
  size_t first_h, first_w;    // bytes from the start of params, int64
  size_t weight_h, weight_w;  // float
  int64_t band;               // rows of one chunk
};

POACL_X86 void resize_blocked_run_avx512(const KernelArgs& args);
POACL_X86 void resize_blocked_run_avx2(const KernelArgs& args);
void resize_blocked_run_generic(const KernelArgs& args);
POACL_X86 void resize_planes_run_avx512(const KernelArgs& args);
POACL_X86 void resize_planes_run_avx2(const KernelArgs& args);
void resize_planes_run_generic(const KernelArgs& args);

}  // namespace poacl
