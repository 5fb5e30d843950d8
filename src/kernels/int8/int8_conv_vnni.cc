#include "kernels/int8/int8_conv_tile.h"

#define POACL_SIMD vnni

namespace poacl::vnni {
namespace {

constexpr int kPixels = static_cast<int>(kInt8Vnni.pixels);

Int8TileFn find_tile(const Int8ConvParams& p, int64_t rows, int64_t pixels, int64_t blocks) {
  if (p.col_step == 16) return tile_of_pixels<kPixels, 16>(rows, pixels, blocks);
  if (p.col_step == 32) return tile_of_pixels<kPixels, 32>(rows, pixels, blocks);
  if (p.col_step == 8) return tile_of_pixels<kPixels, 8>(rows, pixels, blocks);
  if (p.col_step == 6) return tile_of_pixels<kPixels, 6>(rows, pixels, blocks);
  return tile_of_pixels<kPixels, 0>(rows, pixels, blocks);
}

void copy_numbers(const Int8ConvParams&, uint8_t* dst, const uint8_t* src, int64_t count) {
  __builtin_memcpy(dst, src, static_cast<size_t>(count));
}
void fill_numbers(const Int8ConvParams& p, uint8_t* dst, int64_t count) {
  fill(dst, p.x_zero, count);
}

// Sixteen numbers of each channel, one channel after the other, to pixels of `pixel` bytes.
__m512i pixel_bytes(int64_t channels, int64_t pixel) {
  alignas(64) uint8_t from[64];
  for (int64_t i = 0; i < 64; ++i) {
    const int64_t c = i % pixel;
    from[i] = static_cast<uint8_t>((c < channels ? c : 0) * 16 + i / pixel % 16);
  }
  return _mm512_load_si512(from);
}

// Rows [begin, end) of a plain image with its padding, the channels side by side. What is behind
// the last channel of a pixel has no weight.
void pad_plain(const Int8ConvParams& p, const uint8_t* src, uint8_t* dst, int64_t begin,
               int64_t end) {
  const int64_t plane = p.src_h * p.src_w;
  const __m512i order = pixel_bytes(p.src_channels, p.pixel);
  for (int64_t y = begin; y < end; ++y) {
    uint8_t* row = dst + y * p.pad_w * p.pixel;
    fill(row, p.x_zero, p.pad_w * p.pixel);
    const int64_t from = y - p.pad_top;
    if (from < 0 || from >= p.src_h) continue;
    const uint8_t* first = src + from * p.src_w;
    const uint8_t* second = p.src_channels > 1 ? first + plane : first;
    const uint8_t* third = p.src_channels > 2 ? second + plane : first;
    const uint8_t* fourth = p.src_channels > 3 ? third + plane : first;
    for (int64_t x = 0; x < p.src_w; x += 16) {
      const int64_t count = least(16, p.src_w - x);
      const auto mask = static_cast<__mmask16>(first_bytes(count));
      const auto numbers = [&](const uint8_t* of) { return _mm_maskz_loadu_epi8(mask, of + x); };
      __m512i planes = _mm512_castsi128_si512(numbers(first));
      planes = _mm512_inserti32x4(planes, numbers(second), 1);
      planes = _mm512_inserti32x4(planes, numbers(third), 2);
      planes = _mm512_inserti32x4(planes, numbers(fourth), 3);
      _mm512_mask_storeu_epi8(row + (p.pad_left + x) * p.pixel, first_bytes(count * p.pixel),
                              _mm512_permutexvar_epi8(order, planes));
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
