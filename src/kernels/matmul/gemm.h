// Matrix product in register tiles over packed operands: x1 in tiles of a few rows
// [steps][rows], x2 in panels of one or two vectors of columns [steps][columns]. A step is a value
// of k, or in bfloat16 a pair of them.
#pragma once

#include <cstdint>

#include "kernels/activation.h"
#include "kernels/kernel.h"
#include "kernels/matmul/matmul_geometry.h"

namespace poacl {

struct GemmParams {
  MatMulGeometry g;
  int64_t x1_matrices, x2_matrices;  // stored ones
  int64_t steps;                     // of k, zero padded
  int64_t padded_n;                  // columns of all panels
  int64_t row_tile;                  // rows of a tile
  bool x1_in_place;                  // read as it lies, floats only
  int64_t panel_chunk, tile_chunk;   // work of one item
  int64_t items_per_chunk;           // of work
  int64_t jobs_per_chunk;            // tiles and panels that run() packs beforehand
  bool x2_packed;                    // by pack(); else run() does it
  bool x2_inside;                    // each item packs its panels for itself, one by one
  bool bias_packed;
  int64_t x1_offset, x2_offset, bias_offset;  // of what run() packs, in floats of scratch
  float low, high;
  Activation activation;
};

// How a kernel packs.
struct GemmForm {
  int64_t lanes, tile;  // floats of a vector; most rows of a tile
  bool pairs;           // of bfloat16
};

// Plans a MatMulV2 or BatchMatMulV2; packs its constant x2 and bias.
Status plan_gemm(const OpInstance& op, const PlanContext& context, const GemmForm& form,
                 KernelPlan* plan);
void pack_gemm(const OpInstance& op, const KernelPlan& plan, const GemmForm& form, int input,
               void* dst);

POACL_X86 void gemm_run_bf16(const KernelArgs& args);
POACL_X86 void gemm_run_avx512(const KernelArgs& args);
POACL_X86 void gemm_run_avx2(const KernelArgs& args);
void gemm_run_generic(const KernelArgs& args);

}  // namespace poacl
