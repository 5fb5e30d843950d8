#include "kernels/int8/int8_conv_tile.h"

#define POACL_SIMD vnni

namespace poacl::vnni {
namespace {

constexpr int kPixels = static_cast<int>(kInt8Vnni.pixels);

Int8TileFn find_tile(const Int8ConvParams& p, int64_t rows, int64_t pixels, int64_t blocks) {
  if (p.col_step == 16) return tile_of_pixels<kPixels, 16>(rows, pixels, blocks);
  if (p.col_step == 32) return tile_of_pixels<kPixels, 32>(rows, pixels, blocks);
  if (p.col_step == 8) return tile_of_pixels<kPixels, 8>(rows, pixels, blocks);
  return tile_of_pixels<kPixels, 0>(rows, pixels, blocks);
}

void copy_numbers(const Int8ConvParams&, uint8_t* dst, const uint8_t* src, int64_t count) {
  __builtin_memcpy(dst, src, static_cast<size_t>(count));
}
void fill_numbers(const Int8ConvParams& p, uint8_t* dst, int64_t count) {
  fill(dst, p.x_zero, count);
}

// Rows [begin, end) of a plain image with its padding, the channels side by side.
void pad_plain(const Int8ConvParams& p, const uint8_t* src, uint8_t* dst, int64_t begin,
               int64_t end) {
  const int64_t plane = p.src_h * p.src_w;
  for (int64_t y = begin; y < end; ++y) {
    uint8_t* row = dst + y * p.pad_w * 4;
    fill(row, p.x_zero, p.pad_w * 4);
    const int64_t from = y - p.pad_top;
    if (from < 0 || from >= p.src_h) continue;
    for (int64_t x = 0; x < p.src_w; x += 16) {
      const auto mask = static_cast<__mmask16>(first_bytes(least(16, p.src_w - x)));
      __m512i pixels = _mm512_setzero_si512();
      for (int64_t c = 0; c < p.src_channels; ++c) {
        const __m128i bytes = _mm_maskz_loadu_epi8(mask, src + c * plane + from * p.src_w + x);
        const __m128i count = _mm_cvtsi32_si128(static_cast<int>(8 * c));
        pixels = _mm512_or_si512(pixels, _mm512_sll_epi32(_mm512_cvtepu8_epi32(bytes), count));
      }
      _mm512_mask_storeu_epi32(row + (p.pad_left + x) * 4, mask, pixels);
    }
  }
}

}  // namespace
}  // namespace poacl::vnni

#include "kernels/int8/int8_conv_run.h"

namespace poacl {

void int8_conv_run_vnni(const KernelArgs& args) {
  vnni::int8_conv_run(args);
}

}  // namespace poacl
