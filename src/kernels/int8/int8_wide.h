// The eight-bit kernels for CPUs without dot products of bytes, in the namespace POACL_SIMD of the
// including unit, which has defined there
//   sum_pixels<Q>(params, in, weights, bias, sums)      sums of Q pixels
//   requantise(finish, sums, scale, residual, numbers)  sixteen sums to bytes
#pragma once

#include "kernels/int8/int8_bytes.h"
#include "kernels/int8/int8_conv.h"

namespace poacl::POACL_SIMD {
namespace {

// Sixteen sums of one pixel to results.
POACL_INLINE void finish_pixel(const Int8Finish& f, const int32_t* sums, const float* scale,
                               int64_t channels, const uint8_t* residual, void* out) {
  if (f.kind == QuantKind::kSums) {
    __builtin_memcpy(out, sums, 16 * sizeof(int32_t));
    return;
  }
  if (f.kind == QuantKind::kFloat) {
    for (int64_t c = 0; c < 16; ++c) {
      static_cast<float*>(out)[c] = static_cast<float>(sums[c]) * scale[c];
    }
    return;
  }
  uint8_t bytes[16];
  requantise(f, sums, scale, residual, bytes);
  for (int64_t c = channels; c < 16; ++c) bytes[c] = 0;
  __builtin_memcpy(out, bytes, sizeof(bytes));
}

template <int Q>
void wide_tile(const Int8Tile& t, const uint8_t* in, const int8_t* weights, const int32_t* bias,
               const float* scale, const uint8_t* residual, void* out) {
  const Int8ConvParams& p = t.p;
  int32_t sums[Q][16];
  sum_pixels<Q>(p, in, weights, bias, sums);
  const bool bytes = p.finish.kind == QuantKind::kInt8 || p.finish.kind == QuantKind::kUint8;
  for (int q = 0; q < Q; ++q) {
    const int64_t at = q * p.out_col;
    finish_pixel(p.finish, sums[q], scale, t.channels,
                 residual == nullptr ? nullptr : residual + at,
                 static_cast<std::byte*>(out) + at * (bytes ? 1 : 4));
  }
}

Int8TileFn find_tile(const Int8ConvParams&, int64_t, int64_t pixels, int64_t) {
  static constexpr Int8TileFn kTiles[] = {wide_tile<1>, wide_tile<2>, wide_tile<3>,
                                          wide_tile<4>, wide_tile<5>, wide_tile<6>};
  return kTiles[pixels - 1];
}

// Sixteen bits for each number, made unsigned.
void copy_numbers(const Int8ConvParams& p, uint8_t* dst, const uint8_t* src, int64_t count) {
  const auto flip = static_cast<uint8_t>(p.flip);
  auto* to = reinterpret_cast<int16_t*>(dst);
  for (int64_t i = 0; i < count; ++i) to[i] = static_cast<uint8_t>(src[i] ^ flip);
}
void fill_numbers(const Int8ConvParams& p, uint8_t* dst, int64_t count) {
  const auto zero = static_cast<uint8_t>(p.x_zero ^ static_cast<uint8_t>(p.flip));
  auto* to = reinterpret_cast<int16_t*>(dst);
  for (int64_t i = 0; i < count; ++i) to[i] = zero;
}

// Rows [begin, end) of a plain image with its padding, the channels side by side.
void pad_plain(const Int8ConvParams& p, const uint8_t* src, uint8_t* dst, int64_t begin,
               int64_t end) {
  const int64_t plane = p.src_h * p.src_w;
  const auto flip = static_cast<uint8_t>(p.flip);
  for (int64_t y = begin; y < end; ++y) {
    auto* row = reinterpret_cast<int16_t*>(dst + y * p.pad_w * p.pixel);
    fill_numbers(p, reinterpret_cast<uint8_t*>(row), p.pad_w * 4);
    const int64_t from = y - p.pad_top;
    if (from < 0 || from >= p.src_h) continue;
    for (int64_t c = 0; c < p.src_channels; ++c) {
      const uint8_t* channel = src + c * plane + from * p.src_w;
      for (int64_t x = 0; x < p.src_w; ++x) {
        row[(p.pad_left + x) * 4 + c] = static_cast<uint8_t>(channel[x] ^ flip);
      }
    }
  }
}

}  // namespace
}  // namespace poacl::POACL_SIMD
