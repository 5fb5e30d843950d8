// Rows of 8-bit samples: interleaving, averaging, turning. Lengths may be any; source and
// destination must not overlap.
#pragma once

#include <cstdint>

namespace poacl::media {

// out[2i] = first[i], out[2i+1] = second[i].
void interleave_row(const uint8_t* first, const uint8_t* second, uint8_t* out, int32_t count);

// The opposite.
void deinterleave_row(const uint8_t* in, uint8_t* first, uint8_t* second, int32_t count);

// out[i] = in[2i + offset], for offset 0 or 1; reads no sample after the last one taken.
void every_second(const uint8_t* in, int offset, uint8_t* out, int32_t count);

// out[i] = (a[i] + b[i] + 1) / 2.
void average_rows(const uint8_t* a, const uint8_t* b, uint8_t* out, int32_t count);

// Neighbours of one row, (in[2i] + in[2i+1] + 1) / 2; a last one without neighbour stays. `count`
// is that of `in`, out gets half of it rounded up.
void average_pairs(const uint8_t* in, uint8_t* out, int32_t count);

// Neighbours of two rows, (a[2i] + a[2i+1] + b[2i] + b[2i+1] + 2) / 4, at the edge those of two.
void average_quads(const uint8_t* a, const uint8_t* b, uint8_t* out, int32_t count);

// out[2i] = out[2i+1] = in[i]; out has `count` samples, in half of it rounded up.
void double_row(const uint8_t* in, uint8_t* out, int32_t count);

// out[i] = in[count - 1 - i].
void reverse_row(const uint8_t* in, uint8_t* out, int32_t count);

// out[c * out_stride + r] = in[r * in_stride + c] for r below rows, c below columns. Strides may be
// negative.
void transpose(const uint8_t* in, int64_t in_stride, int32_t rows, int32_t columns, uint8_t* out,
               int64_t out_stride);

}  // namespace poacl::media
