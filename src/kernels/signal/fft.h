// Discrete Fourier transforms of any length in O(n log n), in double precision.
//
// Lengths whose prime factors are small are split by them; any other length becomes a convolution
// (Bluestein) of a power of two. A plan is a plain struct with a table of constants beside it, so
// that both can lie in a kernel's params.
#pragma once

#include <cstddef>
#include <cstdint>

namespace poacl {

struct Complex {
  double re, im;
};

inline constexpr int kMaxFftFactors = 40;

struct FftPlan {
  int64_t length = 1;  // of the transform
  int64_t size = 1;    // of the split transform: `length`, or the convolution's power of two
  bool convolve = false;
  int factor_count = 0;  // of `size`
  int factors[kMaxFftFactors] = {};
};

// `length` from 1 to 2^28.
FftPlan plan_fft(int64_t length);

// Numbers of Complex in the table and in a worker's scratch.
int64_t fft_table_size(const FftPlan& plan);
int64_t fft_scratch_size(const FftPlan& plan);

void fill_fft_table(const FftPlan& plan, Complex* table);

// out[k] = sum over n of in[n] exp(-2 pi i k n / length); with `inverse` the exponent is positive
// and the sum divided by the length. `in` is destroyed; in, out and scratch do not overlap.
void run_fft(const FftPlan& plan, const Complex* table, bool inverse, Complex* in, Complex* out,
             Complex* scratch);

}  // namespace poacl
