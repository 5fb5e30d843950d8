#include "media/jpeg/sample_rows.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#define POACL_SSE2 1
#else
#define POACL_SSE2 0
#endif

namespace poacl::media {
namespace {

#if POACL_SSE2
__m128i load(const uint8_t* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}
__m128i load_half(const uint8_t* at) {
  return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(at));
}
void store(uint8_t* at, __m128i value) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(at), value);
}
void store_half(uint8_t* at, __m128i value) {
  _mm_storel_epi64(reinterpret_cast<__m128i*>(at), value);
}
// The even or the odd bytes of 32.
__m128i even_bytes(__m128i low, __m128i high) {
  const __m128i mask = _mm_set1_epi16(0x00FF);
  return _mm_packus_epi16(_mm_and_si128(low, mask), _mm_and_si128(high, mask));
}
__m128i odd_bytes(__m128i low, __m128i high) {
  return _mm_packus_epi16(_mm_srli_epi16(low, 8), _mm_srli_epi16(high, 8));
}
// Sums of neighbours, 16 bits each.
__m128i pair_sums(__m128i value) {
  return _mm_add_epi16(_mm_and_si128(value, _mm_set1_epi16(0x00FF)), _mm_srli_epi16(value, 8));
}

void transpose_8x8(const uint8_t* in, int64_t in_stride, uint8_t* out, int64_t out_stride) {
  __m128i rows[4];
  for (int i = 0; i < 4; ++i) {  // rows 2i and 2i+1, a byte of each in turn
    rows[i] = _mm_unpacklo_epi8(load_half(in + 2 * i * in_stride),
                                load_half(in + (2 * i + 1) * in_stride));
  }
  const __m128i a = _mm_unpacklo_epi16(rows[0], rows[1]);
  const __m128i b = _mm_unpackhi_epi16(rows[0], rows[1]);
  const __m128i c = _mm_unpacklo_epi16(rows[2], rows[3]);
  const __m128i d = _mm_unpackhi_epi16(rows[2], rows[3]);
  const __m128i columns[4] = {_mm_unpacklo_epi32(a, c), _mm_unpackhi_epi32(a, c),
                              _mm_unpacklo_epi32(b, d), _mm_unpackhi_epi32(b, d)};
  for (int i = 0; i < 4; ++i) {
    store_half(out + 2 * i * out_stride, columns[i]);
    store_half(out + (2 * i + 1) * out_stride, _mm_unpackhi_epi64(columns[i], columns[i]));
  }
}
#endif

}  // namespace

void interleave_row(const uint8_t* first, const uint8_t* second, uint8_t* out, int32_t count) {
  int32_t i = 0;
#if POACL_SSE2
  for (; i + 16 <= count; i += 16) {
    const __m128i a = load(first + i);
    const __m128i b = load(second + i);
    store(out + 2 * i, _mm_unpacklo_epi8(a, b));
    store(out + 2 * i + 16, _mm_unpackhi_epi8(a, b));
  }
#endif
  for (; i < count; ++i) {
    out[2 * i] = first[i];
    out[2 * i + 1] = second[i];
  }
}

void deinterleave_row(const uint8_t* in, uint8_t* first, uint8_t* second, int32_t count) {
  int32_t i = 0;
#if POACL_SSE2
  for (; i + 16 <= count; i += 16) {
    const __m128i low = load(in + 2 * i);
    const __m128i high = load(in + 2 * i + 16);
    store(first + i, even_bytes(low, high));
    store(second + i, odd_bytes(low, high));
  }
#endif
  for (; i < count; ++i) {
    first[i] = in[2 * i];
    second[i] = in[2 * i + 1];
  }
}

void every_second(const uint8_t* in, int offset, uint8_t* out, int32_t count) {
  int32_t i = 0;
#if POACL_SSE2
  for (; i + 17 <= count; i += 16) {  // one more, so that the loads stay inside for offset 1
    const __m128i low = load(in + offset + 2 * i);
    const __m128i high = load(in + offset + 2 * i + 16);
    store(out + i, even_bytes(low, high));
  }
#endif
  for (; i < count; ++i) out[i] = in[2 * i + offset];
}

void average_rows(const uint8_t* a, const uint8_t* b, uint8_t* out, int32_t count) {
  int32_t i = 0;
#if POACL_SSE2
  for (; i + 16 <= count; i += 16) store(out + i, _mm_avg_epu8(load(a + i), load(b + i)));
#endif
  for (; i < count; ++i) out[i] = static_cast<uint8_t>((a[i] + b[i] + 1) / 2);
}

void average_pairs(const uint8_t* in, uint8_t* out, int32_t count) {
  const int32_t pairs = count / 2;
  int32_t i = 0;
#if POACL_SSE2
  const __m128i one = _mm_set1_epi16(1);
  for (; i + 16 <= pairs; i += 16) {
    const __m128i low = _mm_add_epi16(pair_sums(load(in + 2 * i)), one);
    const __m128i high = _mm_add_epi16(pair_sums(load(in + 2 * i + 16)), one);
    store(out + i, _mm_packus_epi16(_mm_srli_epi16(low, 1), _mm_srli_epi16(high, 1)));
  }
#endif
  for (; i < pairs; ++i) out[i] = static_cast<uint8_t>((in[2 * i] + in[2 * i + 1] + 1) / 2);
  if (count % 2 != 0) out[pairs] = in[count - 1];
}

void average_quads(const uint8_t* a, const uint8_t* b, uint8_t* out, int32_t count) {
  const int32_t pairs = count / 2;
  int32_t i = 0;
#if POACL_SSE2
  const __m128i two = _mm_set1_epi16(2);
  for (; i + 16 <= pairs; i += 16) {
    __m128i low = _mm_add_epi16(pair_sums(load(a + 2 * i)), pair_sums(load(b + 2 * i)));
    __m128i high = _mm_add_epi16(pair_sums(load(a + 2 * i + 16)), pair_sums(load(b + 2 * i + 16)));
    low = _mm_srli_epi16(_mm_add_epi16(low, two), 2);
    high = _mm_srli_epi16(_mm_add_epi16(high, two), 2);
    store(out + i, _mm_packus_epi16(low, high));
  }
#endif
  for (; i < pairs; ++i) {
    out[i] = static_cast<uint8_t>((a[2 * i] + a[2 * i + 1] + b[2 * i] + b[2 * i + 1] + 2) / 4);
  }
  if (count % 2 != 0) out[pairs] = static_cast<uint8_t>((a[count - 1] + b[count - 1] + 1) / 2);
}

void double_row(const uint8_t* in, uint8_t* out, int32_t count) {
  const int32_t pairs = count / 2;
  interleave_row(in, in, out, pairs);
  if (count % 2 != 0) out[count - 1] = in[pairs];
}

void reverse_row(const uint8_t* in, uint8_t* out, int32_t count) {
  int32_t i = 0;
#if POACL_SSE2
  for (; i + 16 <= count; i += 16) {
    __m128i value = load(in + count - 16 - i);
    value = _mm_or_si128(_mm_srli_epi16(value, 8), _mm_slli_epi16(value, 8));
    value = _mm_shufflelo_epi16(value, _MM_SHUFFLE(0, 1, 2, 3));
    value = _mm_shufflehi_epi16(value, _MM_SHUFFLE(0, 1, 2, 3));
    store(out + i, _mm_shuffle_epi32(value, _MM_SHUFFLE(1, 0, 3, 2)));
  }
#endif
  for (; i < count; ++i) out[i] = in[count - 1 - i];
}

void transpose(const uint8_t* in, int64_t in_stride, int32_t rows, int32_t columns, uint8_t* out,
               int64_t out_stride) {
  int32_t done = 0;  // rows whose first columns_done columns are moved
  int32_t columns_done = 0;
#if POACL_SSE2
  done = rows / 8 * 8;
  columns_done = columns / 8 * 8;
  for (int32_t c = 0; c < columns_done; c += 8) {
    for (int32_t r = 0; r < done; r += 8) {
      transpose_8x8(in + r * in_stride + c, in_stride, out + c * out_stride + r, out_stride);
    }
  }
#endif
  for (int32_t c = 0; c < columns; ++c) {
    for (int32_t r = c < columns_done ? done : 0; r < rows; ++r) {
      out[c * out_stride + r] = in[r * in_stride + c];
    }
  }
}

}  // namespace poacl::media
