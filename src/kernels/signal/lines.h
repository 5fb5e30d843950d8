// DFT and STFT as transforms of many lines: how a line is read from the input and written to the
// output. Real numbers have one component in the last dimension, complex ones two.
#pragma once

#include "kernels/kernel.h"
#include "kernels/signal/fft.h"

namespace poacl {

struct LineJob {
  bool dbl = false;  // double, else float
  bool inverse = false;
  bool mirrored = false;  // the input is the first half of a conjugate symmetric line
  int64_t lines = 0;
  int64_t length = 0;   // of the transform
  int64_t taken = 0;    // elements read of each line; the rest counts as zero
  int64_t written = 0;  // elements of the result that are wanted
  int in_parts = 1;     // components
  int out_parts = 2;
  // Line l begins at element (l / inner) * in_outer + (l % inner) * in_inner, its elements are
  // in_step apart; the same for the output. Counted in numbers, not in pairs.
  int64_t inner = 1;
  int64_t in_outer = 0, in_inner = 0, in_step = 1;
  int64_t out_outer = 0, out_inner = 0, out_step = 1;
  bool windowed = false;  // input 1 of the job's operator multiplies each line
};

// Makes a job of a DFT or STFT instance; declined when the types or shapes do not fit.
Status plan_dft(const OpInstance& op, LineJob* job);
Status plan_stft(const OpInstance& op, LineJob* job);

// `window` may be null.
void read_line(const LineJob& job, const void* in, const void* window, int64_t line, Complex* to);
void write_line(const LineJob& job, const Complex* from, int64_t line, void* out);

}  // namespace poacl
