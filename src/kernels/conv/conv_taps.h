// Convolution as a product of matrices over gathered columns: for any filter, constant or not,
// over two or three dimensions, forward or transposed, on plain tensors.
//
// The filter's rows of one phase are [outputs of the group][channels * taps]; a panel of columns
// holds for each channel and tap the input cells that the panel's outputs take. Transposed filters
// are rearranged to such rows, phase by phase.
#pragma once

#include "kernels/conv/conv_nd_geometry.h"
#include "kernels/simd/epilogue.h"

namespace poacl {

struct ConvTapsParams {
  ConvNdGeometry g;
  int64_t lanes;
  int64_t columns;        // of a panel: a multiple of 2 * lanes
  int64_t depth;          // rows of a panel gathered at a time
  int64_t row_chunk;      // outputs of one chunk
  int64_t worker_floats;  // scratch of one worker
  int64_t filter_offset;  // of the rearranged filter in scratch; -1: not needed
  bool filter_packed;     // by pack()
  Epilogue epilogue;
};

// One panel of one phase, resolved for gathering.
struct ConvPanel {
  ConvPhase phase[3];
  int64_t first, count;  // outputs of the phase, in row-major order
};

// Cells for rows [begin, end) of (channel * taps + tap) into dst [count / width][end - begin]
// [width]; columns past panel.count are zero. `row` is room for one row of whole panels.
void gather_columns(const ConvTapsParams& p, const ConvPanel& panel, const float* x, int64_t begin,
                    int64_t end, float* row, float* dst);

// Row `o` of the panel's results goes to its places in y's plane.
void scatter_row(const ConvTapsParams& p, const ConvPanel& panel, const float* row, float* y);

// Filter of a transposed convolution in rows, phase after phase, group after group. Neither pads
// nor sizes of images matter, so models of several shapes share it.
void arrange_filter(const ConvNdGeometry& g, const float* filter, float* dst);

POACL_X86 void conv_taps_run_avx512(const KernelArgs& args);
POACL_X86 void conv_taps_run_avx2(const KernelArgs& args);
void conv_taps_run_generic(const KernelArgs& args);

}  // namespace poacl
