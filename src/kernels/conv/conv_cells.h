// Transposed convolution of small images of many channels: a product of the filter, outputs side by
// side in a vector, and the image's cells, each of which then adds its results to the outputs that
// a tap spreads it to.
//
// In planes (conv_planes.h) the gaps of a 4x4 image cost as much as its outputs. Here nothing is
// padded, and the filter, by far the largest operand, is read from memory once.
#pragma once

#include "base/x86.h"
#include "kernels/conv/conv_nd_geometry.h"
#include "kernels/simd/epilogue.h"

namespace poacl {

struct ConvCellsParams {
  ConvNdGeometry g;
  int64_t panel;          // output channels of a panel: two vectors
  int64_t panels;         // of a group
  int64_t rows;           // cells of a register tile
  int64_t places_at;      // in bytes of scratch: int64 for each tap and cell
  int64_t worker_floats;  // scratch of one worker: sums [output][panel]
  Epilogue epilogue;
};

// For each tap and cell the number of the output it adds to, -1: none.
void cells_places(const ConvCellsParams& p, int64_t* places);

// [group][panel][tap][input channel][output channel of the panel], zeros past the last (dst is
// zeroed).
void pack_cells_filter(const ConvCellsParams& p, const float* filter, float* dst);

POACL_X86 void conv_cells_run_avx512(const KernelArgs& args);
POACL_X86 void conv_cells_run_avx2(const KernelArgs& args);
void conv_cells_run_generic(const KernelArgs& args);

}  // namespace poacl
