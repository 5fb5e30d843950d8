#include "kernels/int8/int8_depthwise.h"
#include "kernels/int8/int8_vnni.h"

#define POACL_SIMD vnni

namespace poacl {
namespace vnni {
namespace {

// Byte order from [4 pixels][16 channels] to [16 channels][4 pixels].
__m512i channel_order() {
  alignas(64) uint8_t order[64];
  for (int i = 0; i < 64; ++i) order[i] = static_cast<uint8_t>(i % 4 * 16 + i / 4);
  return _mm512_load_si512(order);
}

// R output rows of one band row; KernelH 0: any.
template <int R, int KernelH, int StrideW>
void run_rows(const Int8DepthwisePlane& t, const uint8_t* band, uint8_t* out) {
  const Int8DepthwiseParams& p = t.p;
  const __m512i bias = _mm512_loadu_si512(t.bias);
  const __m512 scale = _mm512_loadu_ps(t.scale);
  const __mmask64 channels = channel_bytes(t.channels);
  const __m512i order = channel_order();
  const __m512i flip = _mm512_set1_epi32(static_cast<int32_t>(p.flip));
  const ByteBounds bounds = result_bounds(p.finish);
  const int64_t row_bytes = p.band_width * 16;
  const auto four_taps = [&](const uint8_t* at) {
    return _mm512_xor_si512(flip, _mm512_permutexvar_epi8(order, _mm512_loadu_si512(at)));
  };
  for (int64_t x = 0; x < p.out_w; x += 4) {
    __m512i acc[R][4];
    POACL_UNROLL
    for (int r = 0; r < R; ++r) {
      POACL_UNROLL
      for (int i = 0; i < 4; ++i) acc[r][i] = bias;
    }
    const uint8_t* from = band + x * StrideW * 16;
    if constexpr (KernelH != 0) {
      // Rows of the image serve as many results as lie above each other.
      __m512i w[KernelH];
      POACL_UNROLL
      for (int k = 0; k < KernelH; ++k) w[k] = _mm512_loadu_si512(t.weights + k * 64);
      POACL_UNROLL
      for (int k = 0; k < KernelH + (R - 1) * StrideW; ++k) {
        POACL_UNROLL
        for (int i = 0; i < 4; ++i) {
          const __m512i v = four_taps(from + k * row_bytes + i * StrideW * 16);
          POACL_UNROLL
          for (int r = 0; r < R; ++r) {
            const int tap = k - r * StrideW;
            if (tap >= 0 && tap < KernelH) {
              acc[r][i] = _mm512_dpbusd_epi32(acc[r][i], v, w[tap]);
            }
          }
        }
      }
    } else {
      const int8_t* weights = t.weights;
      for (int64_t k = 0; k < p.kernel_h; ++k) {
        const uint8_t* row = from + k * p.dilation_h * row_bytes;
        for (int64_t f = 0; f < p.fours; ++f, row += 64, weights += 64) {
          const __m512i w = _mm512_loadu_si512(weights);
          POACL_UNROLL
          for (int i = 0; i < 4; ++i) {
            acc[0][i] = _mm512_dpbusd_epi32(acc[0][i], four_taps(row + i * StrideW * 16), w);
          }
        }
      }
    }
    const __mmask64 there = first_bytes((p.out_w - x) * 16);
    POACL_UNROLL
    for (int r = 0; r < R; ++r) {
      __m512i v[4];
      POACL_UNROLL
      for (int i = 0; i < 4; ++i) v[i] = scaled(acc[r][i], scale);
      _mm512_mask_storeu_epi8(out + (r * p.out_w + x) * 16, there,
                              _mm512_maskz_mov_epi8(channels, four_pixels(v, bounds)));
    }
  }
}

// The rows of one band, two at a time where the window is the usual one.
template <int StrideW>
void run_band_of(const Int8DepthwisePlane& t, const uint8_t* band, int64_t rows, uint8_t* out) {
  const Int8DepthwiseParams& p = t.p;
  const int64_t step = p.stride_h * p.band_width * 16;
  const bool usual = p.kernel_h == 3 && p.fours == 1 && p.dilation_h == 1 && p.stride_h == StrideW;
  int64_t y = 0;
  for (; usual && y + 2 <= rows; y += 2) {
    run_rows<2, 3, StrideW>(t, band + y * step, out + y * p.out_w * 16);
  }
  for (; y < rows; ++y) run_rows<1, 0, StrideW>(t, band + y * step, out + y * p.out_w * 16);
}

void run_band(const Int8DepthwisePlane& t, const uint8_t* band, int64_t rows, uint8_t* out) {
  t.p.stride_w == 1 ? run_band_of<1>(t, band, rows, out) : run_band_of<2>(t, band, rows, out);
}

}  // namespace
}  // namespace vnni
}  // namespace poacl

#include "kernels/int8/int8_depthwise_run.h"

namespace poacl {

void int8_depthwise_run_vnni(const KernelArgs& args) {
  vnni::int8_depthwise_run(args);
}

}  // namespace poacl
