#include "kernels/int8/int8_depthwise.h"
#include "kernels/int8/int8_requantise_avx2.h"

#define POACL_SIMD int8_avx2

namespace poacl::int8_avx2 {
namespace {

// Taps two by two: where they lie behind a pixel, and weights of 16 bits side by side for the
// channels that an interleaving of two vectors brings together.
struct TapPairs {
  int64_t count;
  int64_t first[kInt8WideTaps / 2], second[kInt8WideTaps / 2];
  __m256i weights[kInt8WideTaps / 2][2];
};

void set_pairs(const Int8DepthwisePlane& t, TapPairs* pairs) {
  const Int8DepthwiseParams& p = t.p;
  const int64_t taps = p.kernel_h * p.kernel_w;
  const auto offset = [&p](int64_t tap) {
    return (tap / p.kernel_w * p.dilation_h * p.band_width + tap % p.kernel_w) * 16;
  };
  const auto row_of = [&](int64_t tap, int16_t row[16]) {
    const int64_t at = tap / p.kernel_w * p.fours + tap % p.kernel_w / 4;
    for (int c = 0; c < 16; ++c) row[c] = t.weights[at * 64 + c * 4 + tap % p.kernel_w % 4];
  };
  pairs->count = (taps + 1) / 2;
  for (int64_t i = 0; i < pairs->count; ++i) {
    const bool whole = 2 * i + 1 < taps;
    alignas(32) int16_t a[16];
    alignas(32) int16_t b[16] = {};
    row_of(2 * i, a);
    if (whole) row_of(2 * i + 1, b);
    pairs->first[i] = offset(2 * i);
    pairs->second[i] = whole ? offset(2 * i + 1) : pairs->first[i];
    const __m256i x = _mm256_load_si256(reinterpret_cast<const __m256i*>(a));
    const __m256i y = _mm256_load_si256(reinterpret_cast<const __m256i*>(b));
    pairs->weights[i][0] = _mm256_unpacklo_epi16(x, y);
    pairs->weights[i][1] = _mm256_unpackhi_epi16(x, y);
  }
}

// `rows` output rows of one block, from a band copied with its padding.
void run_band(const Int8DepthwisePlane& t, const uint8_t* band, int64_t rows, uint8_t* out) {
  const Int8DepthwiseParams& p = t.p;
  TapPairs pairs;
  set_pairs(t, &pairs);
  const __m128i flip = _mm_set1_epi32(static_cast<int32_t>(p.flip));
  const auto sixteen = [flip](const uint8_t* at) {
    return _mm256_cvtepu8_epi16(
        _mm_xor_si128(flip, _mm_loadu_si128(reinterpret_cast<const __m128i*>(at))));
  };
  for (int64_t y = 0; y < rows; ++y) {
    const uint8_t* x = band + y * p.stride_h * p.band_width * 16;
    for (int64_t i = 0; i < p.out_w; ++i, x += p.stride_w * 16, out += 16) {
      __m256i low = _mm256_setzero_si256();
      __m256i high = low;
      for (int64_t k = 0; k < pairs.count; ++k) {
        const __m256i a = sixteen(x + pairs.first[k]);
        const __m256i b = sixteen(x + pairs.second[k]);
        low = _mm256_add_epi32(low,
                               _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), pairs.weights[k][0]));
        high = _mm256_add_epi32(
            high, _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), pairs.weights[k][1]));
      }
      alignas(32) int32_t sums[16];
      POACL_UNROLL
      for (int half = 0; half < 2; ++half) {
        const __m256i start =
            _mm256_loadu_si256(reinterpret_cast<const __m256i*>(t.bias + 8 * half));
        const __m256i part = half == 0 ? _mm256_permute2x128_si256(low, high, 0x20)
                                       : _mm256_permute2x128_si256(low, high, 0x31);
        _mm256_store_si256(reinterpret_cast<__m256i*>(sums + 8 * half),
                           _mm256_add_epi32(part, start));
      }
      requantise(p.finish, sums, t.scale, nullptr, out);
      for (int64_t c = t.channels; c < 16; ++c) out[c] = 0;
    }
  }
}

}  // namespace
}  // namespace poacl::int8_avx2

#include "kernels/int8/int8_depthwise_run.h"

namespace poacl {

void int8_depthwise_run_avx2(const KernelArgs& args) {
  int8_avx2::int8_depthwise_run(args);
}

}  // namespace poacl
