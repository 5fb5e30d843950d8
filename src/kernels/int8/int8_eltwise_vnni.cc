#include "kernels/int8/int8_eltwise.h"
#include "kernels/int8/int8_vnni.h"

namespace poacl {
namespace vnni {
namespace {

void add_plane(const QuantAddParams& p, const uint8_t* x1, const uint8_t* x2, uint8_t* y,
               int64_t bytes, int64_t channels) {
  const auto kept = static_cast<__mmask16>(first_bytes(channels));
  for (int64_t i = 0; i < bytes; i += 16) {
    const auto there = static_cast<__mmask16>(first_bytes(least(16, bytes - i)));
    const __m512i a = widened(_mm_maskz_loadu_epi8(there, x1 + i), p.signed1);
    const __m512i b = widened(_mm_maskz_loadu_epi8(there, x2 + i), p.signed2);
    const __m128i sums = _mm512_cvtepi32_epi8(rounded_sums(p, a, b));
    _mm_mask_storeu_epi8(y + i, there, _mm_maskz_mov_epi8(kept, sums));
  }
}

// The means of one block of channels, as bytes.
__m128i means_of(const QuantPoolParams& p, const uint8_t* x) {
  const __m512i flip = _mm512_set1_epi8(p.signed_x ? -128 : 0);
  alignas(64) uint8_t order[64];
  for (int i = 0; i < 64; ++i) order[i] = static_cast<uint8_t>(i % 4 * 16 + i / 4);
  const __m512i channels = _mm512_load_si512(order);
  const __m512i ones = _mm512_set1_epi8(1);
  __m512i sums = _mm512_setzero_si512();
  for (int64_t i = 0; i < p.area * 16; i += 64) {
    const __mmask64 there = first_bytes(p.area * 16 - i);
    const __m512i pixels = _mm512_xor_si512(flip, _mm512_maskz_loadu_epi8(there, x + i));
    const __m512i inside = _mm512_maskz_mov_epi8(there, pixels);
    sums = _mm512_dpbusd_epi32(sums, _mm512_permutexvar_epi8(channels, inside), ones);
  }
  const int32_t zero = static_cast<int32_t>(p.area) * (p.x_offset + (p.signed_x ? 128 : 0));
  const __m512 value =
      _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_sub_epi32(sums, _mm512_set1_epi32(zero))),
                    _mm512_set1_ps(p.factor));
  const __m512 raised = _mm512_max_ps(value, _mm512_set1_ps(p.low));
  const __m512 kept = _mm512_min_ps(raised, _mm512_set1_ps(p.high));
  return _mm512_cvtepi32_epi8(
      _mm512_add_epi32(_mm512_cvtps_epi32(kept), _mm512_set1_epi32(p.y_offset)));
}

POACL_INLINE __m128i load_pixel(const uint8_t* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

// The taps of a window at `at` that are inside an image of `extent` cells.
struct Taps {
  int64_t first, count;
};
Taps taps_inside(int64_t at, int64_t taps, int64_t dilation, int64_t extent) {
  int64_t first = 0;
  int64_t last = taps;
  while (first < last && at + first * dilation < 0) ++first;
  while (last > first && at + (last - 1) * dilation >= extent) --last;
  return {first, last - first};
}

template <bool Signed>
POACL_INLINE __m512i greater(__m512i a, __m512i b) {
  return Signed ? _mm512_max_epi8(a, b) : _mm512_max_epu8(a, b);
}

// The greatest of `count` pixels that are `step` bytes apart.
template <bool Signed>
POACL_INLINE __m128i greatest(const uint8_t* at, int64_t count, int64_t step) {
  __m128i best = load_pixel(at);
  for (int64_t i = 1; i < count; ++i) {
    const __m128i v = load_pixel(at + i * step);
    best = Signed ? _mm_max_epi8(best, v) : _mm_max_epu8(best, v);
  }
  return best;
}

POACL_INLINE void store_pixel(uint8_t* to, __m128i pixel) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), pixel);
}

// One row of maxima: first down the columns, into `row`.
template <bool Signed>
void max_row(const PoolGeometry& g, const uint8_t* plane, int64_t oy, uint8_t* row, uint8_t* out) {
  const int64_t bytes = g.w * 16;
  const __m512i least_number = _mm512_set1_epi8(Signed ? -128 : 0);
  const int64_t y = oy * g.sh - g.pt;
  const Taps rows = taps_inside(y, g.kh, g.dh, g.h);
  const uint8_t* top = plane + (y + rows.first * g.dh) * bytes;
  for (int64_t at = 0; at < bytes; at += 64) {
    const __mmask64 there = first_bytes(bytes - at);
    __m512i best = least_number;
    for (int64_t i = 0; i < rows.count; ++i) {
      best = greater<Signed>(best, _mm512_maskz_loadu_epi8(there, top + i * g.dh * bytes + at));
    }
    _mm512_mask_storeu_epi8(row + at, there, best);
  }
  for (int64_t ox = 0; ox < g.ow;) {
    const int64_t x = ox * g.sw - g.pl;
    const Taps cols = taps_inside(x, g.kw, g.dw, g.w);
    const uint8_t* from = row + (x + cols.first * g.dw) * 16;
    if (cols.count < g.kw) {
      const __m128i none = _mm512_castsi512_si128(least_number);
      store_pixel(out + ox++ * 16,
                  cols.count == 0 ? none : greatest<Signed>(from, cols.count, g.dw * 16));
      continue;
    }
    // Windows that are whole come together.
    const int64_t whole = least((g.w - 1 - (g.kw - 1) * g.dw - x) / g.sw + 1, g.ow - ox);
    for (int64_t i = 0; i < whole; ++i, from += g.sw * 16) {
      const __m128i best = g.kw == 3 ? greatest<Signed>(from, 3, g.dw * 16)
                                     : greatest<Signed>(from, g.kw, g.dw * 16);
      store_pixel(out + (ox + i) * 16, best);
    }
    ox += whole;
  }
}

}  // namespace
}  // namespace vnni

void int8_add_run_vnni(const KernelArgs& args) {
  const auto& p = args.get_params<Int8AddParams>();
  constexpr int64_t kPiece = 16384;
  const auto* x1 = static_cast<const uint8_t*>(args.inputs[0]);
  const auto* x2 = static_cast<const uint8_t*>(args.inputs[1]);
  auto* y = static_cast<uint8_t*>(args.outputs[0]);
  const int64_t pieces = (p.bytes + kPiece - 1) / kPiece;
  (*args.parallel)(p.planes * pieces, [&](int64_t chunk, int) {
    const int64_t plane = chunk / pieces;
    const int64_t at = chunk % pieces * kPiece;
    const int64_t first = plane * p.bytes + at;
    vnni::add_plane(p.sum, x1 + first, x2 + first, y + first, least(kPiece, p.bytes - at),
                    plane % p.blocks + 1 == p.blocks ? p.tail : 16);
  });
}

void int8_pool_run_vnni(const KernelArgs& args) {
  const auto& p = args.get_params<Int8PoolParams>();
  const auto* x = static_cast<const uint8_t*>(args.inputs[0]);
  auto* y = static_cast<uint8_t*>(args.outputs[0]);
  (*args.parallel)(p.planes, [&](int64_t plane, int) {
    const int64_t block = plane % p.blocks;
    const int64_t channels = block + 1 == p.blocks ? p.tail : 16;
    const __m128i means = vnni::means_of(p.mean, x + plane * p.mean.area * 16);
    _mm_mask_storeu_epi8(y + plane / p.blocks * p.mean.channels + block * 16,
                         static_cast<__mmask16>(vnni::first_bytes(channels)), means);
  });
}

void int8_max_pool_run_vnni(const KernelArgs& args) {
  const auto& p = args.get_params<Int8MaxPoolParams>();
  const PoolGeometry& g = p.g;
  const auto* x = static_cast<const uint8_t*>(args.inputs[0]);
  auto* y = static_cast<uint8_t*>(args.outputs[0]);
  const bool is_signed = g.dtype == DataType::kInt8;
  (*args.parallel)(p.planes * g.oh, [&](int64_t row, int worker) {
    auto* maxima = reinterpret_cast<uint8_t*>(args.scratch) + worker * g.w * 16;
    const uint8_t* plane = x + row / g.oh * g.h * g.w * 16;
    uint8_t* out = y + row * g.ow * 16;
    is_signed ? vnni::max_row<true>(g, plane, row % g.oh, maxima, out)
              : vnni::max_row<false>(g, plane, row % g.oh, maxima, out);
  });
}

}  // namespace poacl
