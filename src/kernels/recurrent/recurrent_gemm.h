// Recurrent layers on the matrix product kernels: one product with all inputs of a direction, then
// one per step with the hidden state, and the cells' functions on vectors.
#pragma once

#include "kernels/matmul/gemm.h"
#include "kernels/recurrent/recurrent.h"

namespace poacl {

// Gates that are computed together: all of them, or of a GRU z and r apart from h.
struct GatePart {
  int64_t first_row, rows;  // of w and r
  GemmParams input, state;
  bool state_adds_input;  // its product is added to the inputs' by the gemm
  // Where its packed forms lie, in floats from the start of a direction.
  int64_t w_at, input_bias_at, r_at, state_bias_at;
  int64_t gates_at, projected_at;  // in scratch
};

struct RecurrentGemmParams {
  RecurrentParams p;
  int parts;
  GatePart part[2];
  int64_t w_direction, r_direction;      // floats of one direction's packed forms
  int64_t h_at, c_at, work_at, gemm_at;  // in scratch, in floats
};

// In place: clipped to +-clip (0: not), then the function.
using CellActivateFn = void (*)(const CellFunction& function, float clip, float* values,
                                int64_t count);
void cell_activate_generic(const CellFunction& function, float clip, float* values, int64_t count);
POACL_X86 void cell_activate_avx2(const CellFunction& function, float clip, float* values,
                                  int64_t count);
POACL_X86 void cell_activate_avx512(const CellFunction& function, float clip, float* values,
                                    int64_t count);

void recurrent_gemm_run(const KernelArgs& args, void (*gemm)(const KernelArgs&),
                        CellActivateFn activate);

// Best first.
std::span<const KernelImpl* const> recurrent_gemm_kernels();

}  // namespace poacl
