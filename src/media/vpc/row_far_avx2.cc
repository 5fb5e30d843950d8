#include <immintrin.h>

#include "media/vpc/row_kernels_avx2.h"

namespace poacl::media {
namespace {

__m256i load_weights(const int16_t* weights) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights));
}

template <typename T>
T load_as(const uint8_t* p) {
  T value;
  __builtin_memcpy(&value, p, sizeof(value));
  return value;
}

// Eight sums of products, shifted right by 4, as 16-bit numbers.
__m128i weigh(__m256i taps, __m256i weights) {
  const __m256i sums = _mm256_srli_epi32(_mm256_madd_epi16(taps, weights), 4);
  return _mm_packs_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
}

void store(int16_t* out, __m128i values) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), values);
}

// The pixels left over by a vector loop.
void rest(const uint8_t* row, const RowTaps& taps, int32_t done, int16_t* out) {
  RowTaps left = taps;
  left.pixels -= done;
  left.offsets += done;
  left.weights += 2 * done * taps.components;
  row_kernels_generic().scale_row(row, left, out + done * taps.components);
}

// What a loop needs of RowTaps, out of reach of its stores.
struct Loop {
  const int32_t* offsets;
  const int16_t* weights;
  int32_t pixels;
  explicit Loop(const RowTaps& taps)
      : offsets(taps.offsets), weights(taps.weights), pixels(taps.pixels) {}
};

__m256i taps1(const uint8_t* row, const int32_t* offset) {
  const auto pair = [&](int i) { return load_as<int16_t>(row + offset[i]); };
  return _mm256_cvtepu8_epi16(
      _mm_set_epi16(pair(7), pair(6), pair(5), pair(4), pair(3), pair(2), pair(1), pair(0)));
}

void scale1(const uint8_t* row, const RowTaps& taps, int16_t* out) {
  const Loop loop(taps);
  int32_t x = 0;
  for (; x + 8 <= loop.pixels; x += 8) {
    store(out + x, weigh(taps1(row, loop.offsets + x), load_weights(loop.weights + 2 * x)));
  }
  rest(row, taps, x, out);
}

__m256i taps2(const uint8_t* row, const int32_t* offset) {
  const __m128i neighbours = _mm_setr_epi8(0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15);
  const auto pair = [&](int i) { return load_as<int32_t>(row + offset[i]); };
  const __m128i pairs = _mm_set_epi32(pair(3), pair(2), pair(1), pair(0));
  return _mm256_cvtepu8_epi16(_mm_shuffle_epi8(pairs, neighbours));
}

void scale2(const uint8_t* row, const RowTaps& taps, int16_t* out) {
  const Loop loop(taps);
  int32_t x = 0;
  for (; x + 4 <= loop.pixels; x += 4) {
    store(out + 2 * x, weigh(taps2(row, loop.offsets + x), load_weights(loop.weights + 4 * x)));
  }
  rest(row, taps, x, out);
}

// Of two pixels, each in a 128-bit half whose last sample is nothing.
__m256i taps3(const uint8_t* row, const int32_t* offset) {
  const __m128i neighbours = _mm_setr_epi8(0, 3, 1, 4, 2, 5, -1, -1, 8, 11, 9, 12, 10, 13, -1, -1);
  const auto load = [&](int i) {
    return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(row + offset[i]));
  };
  return _mm256_cvtepu8_epi16(_mm_shuffle_epi8(_mm_unpacklo_epi64(load(0), load(1)), neighbours));
}

__m256i load_weights3(const int16_t* weights) {
  int32_t left;
  int32_t right;
  __builtin_memcpy(&left, weights, sizeof(left));
  __builtin_memcpy(&right, weights + 6, sizeof(right));
  return _mm256_inserti128_si256(_mm256_set1_epi32(left), _mm_set1_epi32(right), 1);
}

void scale3(const uint8_t* row, const RowTaps& taps, int16_t* out) {
  const Loop loop(taps);
  const int32_t end = taps.wide_loads;
  int32_t x = 0;
  for (; x + 2 <= end; x += 2) {
    const __m128i values = weigh(taps3(row, loop.offsets + x), load_weights3(loop.weights + 6 * x));
    // The second store covers the first one's fourth value, the next pixel the second one's.
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out + 3 * x), values);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out + 3 * x + 3),
                     _mm_unpackhi_epi64(values, values));
  }
  rest(row, taps, x, out);
}

// What is left of scale_rows.
void rest(const uint8_t* first, const uint8_t* second, const RowTaps& taps, int32_t done, int wa,
          int wb, uint8_t* out) {
  RowTaps left = taps;
  left.pixels -= done;
  left.offsets += done;
  left.weights += 2 * done * taps.components;
  row_kernels_generic().scale_rows(first, second, left, wa, wb, out + done * taps.components);
}

// The vertical pass.
struct Blend {
  __m128i wa;
  __m128i wb;
  Blend(int a, int b)
      : wa(_mm_set1_epi16(static_cast<int16_t>(a))), wb(_mm_set1_epi16(static_cast<int16_t>(b))) {}

  // Eight bytes, in the lower half.
  __m128i operator()(__m128i a, __m128i b) const {
    const __m128i sum = _mm_add_epi16(_mm_mulhi_epi16(a, wa), _mm_mulhi_epi16(b, wb));
    const __m128i rounded = _mm_srai_epi16(_mm_add_epi16(sum, _mm_set1_epi16(2)), 2);
    return _mm_packus_epi16(rounded, rounded);
  }
};

void store_half(uint8_t* out, __m128i bytes) {
  _mm_storel_epi64(reinterpret_cast<__m128i*>(out), bytes);
}

void scale_rows1(const uint8_t* first, const uint8_t* second, const RowTaps& taps, int wa, int wb,
                 uint8_t* out) {
  const Loop loop(taps);
  const Blend blend(wa, wb);
  int32_t x = 0;
  for (; x + 8 <= loop.pixels; x += 8) {
    const __m256i weights = load_weights(loop.weights + 2 * x);
    const int32_t* offsets = loop.offsets + x;
    store_half(out + x, blend(weigh(taps1(first, offsets), weights),
                              weigh(taps1(second, offsets), weights)));
  }
  rest(first, second, taps, x, wa, wb, out);
}

void scale_rows2(const uint8_t* first, const uint8_t* second, const RowTaps& taps, int wa, int wb,
                 uint8_t* out) {
  const Loop loop(taps);
  const Blend blend(wa, wb);
  int32_t x = 0;
  for (; x + 4 <= loop.pixels; x += 4) {
    const __m256i weights = load_weights(loop.weights + 4 * x);
    const int32_t* offsets = loop.offsets + x;
    store_half(out + 2 * x, blend(weigh(taps2(first, offsets), weights),
                                  weigh(taps2(second, offsets), weights)));
  }
  rest(first, second, taps, x, wa, wb, out);
}

void scale_rows3(const uint8_t* first, const uint8_t* second, const RowTaps& taps, int wa, int wb,
                 uint8_t* out) {
  const Loop loop(taps);
  const Blend blend(wa, wb);
  const __m128i six = _mm_setr_epi8(0, 1, 2, 4, 5, 6, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  int32_t x = 0;
  // Eight bytes are stored where six are made: not at the end of the row.
  for (; x + 2 <= taps.wide_loads && x + 3 <= loop.pixels; x += 2) {
    const __m256i weights = load_weights3(loop.weights + 6 * x);
    const int32_t* offsets = loop.offsets + x;
    const __m128i bytes =
        blend(weigh(taps3(first, offsets), weights), weigh(taps3(second, offsets), weights));
    store_half(out + 3 * x, _mm_shuffle_epi8(bytes, six));
  }
  rest(first, second, taps, x, wa, wb, out);
}

}  // namespace

void scale_far_rows_avx2(const uint8_t* first, const uint8_t* second, const RowTaps& taps, int wa,
                         int wb, uint8_t* out) {
  if (taps.tap_bytes == taps.components) {
    if (taps.components == 1) return scale_rows1(first, second, taps, wa, wb, out);
    if (taps.components == 2) return scale_rows2(first, second, taps, wa, wb, out);
    if (taps.components == 3) return scale_rows3(first, second, taps, wa, wb, out);
  }
  row_kernels_generic().scale_rows(first, second, taps, wa, wb, out);
}

void scale_far_avx2(const uint8_t* row, const RowTaps& taps, int16_t* out) {
  if (taps.tap_bytes == taps.components) {
    if (taps.components == 1) return scale1(row, taps, out);
    if (taps.components == 2) return scale2(row, taps, out);
    if (taps.components == 3) return scale3(row, taps, out);
  }
  row_kernels_generic().scale_row(row, taps, out);
}

}  // namespace poacl::media
