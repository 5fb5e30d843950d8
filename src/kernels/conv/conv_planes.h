// Convolution on plain tensors with neighbouring outputs in a vector: for few output channels,
// groups that are no multiple of a channel block, three dimensions, transposed ones, and filters
// that are not constant.
//
// Each input channel is copied once into planes with their padding, one plane for each residue of
// the stride that a tap needs. In a plane, a tap is then a fixed distance: output number p, counted
// along the plane's rows, takes cell p + offset of tap. The outputs counted in the gaps at the end
// of rows are computed and dropped.
#pragma once

#include "base/x86.h"
#include "kernels/conv/conv_nd_geometry.h"
#include "kernels/simd/epilogue.h"

namespace poacl {

// One dimension of the planes.
struct PlaneAxis {
  int64_t step;     // cells of the input between neighbours in a plane
  int64_t parts;    // planes: taps t and t + parts read the same one
  int64_t first;    // transposed: the input's cell that is a plane's first
  int64_t size;     // cells of a plane
  int64_t phases;   // of the outputs; 1 unless transposed
  int64_t outputs;  // most outputs of a phase
};

// A transposed convolution of few outputs as a forward one, whose output channels are the output
// channels' phases, so that cells are read once for all phases. Its output at place q of phase r
// belongs to place q * stride + r - crop.
struct PlanesSpread {
  int64_t phases;  // of an output channel; 0: not such a one
  int64_t kernel[3], stride[3], crop[3], out[3];

  int64_t out_plane() const { return out[0] * out[1] * out[2]; }
};

struct ConvPlanesParams {
  ConvNdGeometry g;
  PlanesSpread spread;
  PlaneAxis axis[3];
  int64_t plane;       // floats of one plane
  int64_t channel;     // floats of the planes of one channel
  bool copied;         // otherwise the input is a plane already
  bool point;          // see conv_planes_point.h; then rows is of images, and nothing is packed
  int64_t rows;        // output channels of a register tile
  int64_t vectors;     // most vectors of one
  int64_t row_chunk;   // output channels of one chunk
  int64_t columns;     // outputs, gaps included, of one chunk
  int64_t panels;      // chunks of the outputs of a phase
  int64_t offsets_at;  // in bytes of scratch: int64 for each tap, phase after phase
  bool filter_packed;  // by pack(); otherwise rows of output channels, which run() rearranges
  int64_t filter_at;   // for transposed ones, in bytes of scratch; -1: not needed
  int64_t bias_at;     // of spread ones, in bytes of scratch
  Epilogue epilogue;
};

// A phase of the outputs, ready to be computed.
struct PlanesPhase {
  ConvPhase dims[3];
  int64_t outputs;        // counted with gaps
  int64_t taps;           // for each channel
  int64_t offset_number;  // of the first tap's offset
  int64_t filter_number;  // of the phase's first filter element
};
PlanesPhase planes_phase(const ConvPlanesParams& p, int64_t number);

// Distances of the taps of all phases from the output's own number.
void planes_offsets(const ConvPlanesParams& p, int64_t* offsets);

// Filter of constants: phase after phase, group after group, for each `rows` output channels
// [input channel][tap][output channel].
void pack_planes_filter(const ConvPlanesParams& p, const float* filter, float* dst);

// Turns `g` into the forward convolution of PlanesSpread; declines where that costs more.
Status spread_phases(ConvNdGeometry* g, PlanesSpread* spread);

// The filter of that convolution, [output][channel][tap], from the transposed one's.
void spread_filter(const ConvPlanesParams& p, const float* filter, float* dst);

// Part `job` of one channel's planes, of as many as the first two axes have together.
void copy_planes(const ConvPlanesParams& p, const float* x, int64_t job, float* planes);

POACL_X86 void conv_planes_run_avx512(const KernelArgs& args);
POACL_X86 void conv_planes_run_avx2(const KernelArgs& args);
void conv_planes_run_generic(const KernelArgs& args);

}  // namespace poacl
