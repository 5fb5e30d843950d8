#include <immintrin.h>

#include "media/vpc/row_cover.h"
#include "media/vpc/row_kernels_avx2.h"

namespace poacl::media {
namespace {

constexpr int kPixels = 32;  // of one round

__m256i load(const uint8_t* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}

void store(uint8_t* p, __m256i a) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), a);
}

// Two halves from anywhere.
__m256i load_halves(const uint8_t* low, const uint8_t* high) {
  const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(low));
  const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(high));
  return _mm256_inserti128_si256(_mm256_castsi128_si256(a), b, 1);
}

// Byte shuffles between 16 pixels of three bytes and three lines, both as three registers:
// [register it makes][register it takes from].
struct Shuffles {
  uint8_t bytes[3][3][16];
};

constexpr Shuffles split_shuffles() {
  Shuffles s = {};
  for (int line = 0; line < 3; ++line) {
    for (int i = 0; i < 16; ++i) {
      const int from = 3 * i + line;
      for (int r = 0; r < 3; ++r) {
        s.bytes[line][r][i] = static_cast<uint8_t>(from / 16 == r ? from % 16 : 0x80);
      }
    }
  }
  return s;
}

constexpr Shuffles merge_shuffles() {
  Shuffles s = {};
  for (int made = 0; made < 3; ++made) {
    for (int i = 0; i < 16; ++i) {
      const int from = 16 * made + i;
      for (int line = 0; line < 3; ++line) {
        s.bytes[made][line][i] = static_cast<uint8_t>(from % 3 == line ? from / 3 : 0x80);
      }
    }
  }
  return s;
}

constexpr Shuffles kSplit = split_shuffles();
constexpr Shuffles kMerge = merge_shuffles();

__m256i shuffled(__m256i a, const uint8_t* bytes) {
  return _mm256_shuffle_epi8(a, load_halves(bytes, bytes));
}

__m256i gathered(const __m256i* from, const uint8_t (*bytes)[16]) {
  return _mm256_or_si256(_mm256_or_si256(shuffled(from[0], bytes[0]), shuffled(from[1], bytes[1])),
                         shuffled(from[2], bytes[2]));
}

}  // namespace

void split2_avx2(const uint8_t* pixels, uint8_t* const* lines, int64_t n) {
  if (n < kPixels) return row_kernels_generic().split2(pixels, lines, n);
  const __m256i low_bytes = _mm256_set1_epi16(0xFF);
  cover(n, kPixels, [&](int64_t i) {
    const __m256i a = load(pixels + 2 * i);
    const __m256i b = load(pixels + 2 * i + 32);
    const __m256i first =
        _mm256_packus_epi16(_mm256_and_si256(a, low_bytes), _mm256_and_si256(b, low_bytes));
    const __m256i second = _mm256_packus_epi16(_mm256_srli_epi16(a, 8), _mm256_srli_epi16(b, 8));
    store(lines[0] + i, _mm256_permute4x64_epi64(first, 0xD8));
    store(lines[1] + i, _mm256_permute4x64_epi64(second, 0xD8));
  });
}

void merge2_avx2(const uint8_t* const* lines, uint8_t* pixels, int64_t n) {
  if (n < kPixels) return row_kernels_generic().merge2(lines, pixels, n);
  cover(n, kPixels, [&](int64_t i) {
    const __m256i a = load(lines[0] + i);
    const __m256i b = load(lines[1] + i);
    const __m256i low = _mm256_unpacklo_epi8(a, b);
    const __m256i high = _mm256_unpackhi_epi8(a, b);
    store(pixels + 2 * i, _mm256_permute2x128_si256(low, high, 0x20));
    store(pixels + 2 * i + 32, _mm256_permute2x128_si256(low, high, 0x31));
  });
}

void split3_avx2(const uint8_t* pixels, uint8_t* const* lines, int64_t n) {
  if (n < kPixels) return row_kernels_generic().split3(pixels, lines, n);
  cover(n, kPixels, [&](int64_t i) {
    const uint8_t* p = pixels + 3 * i;
    const __m256i from[3] = {load_halves(p, p + 48), load_halves(p + 16, p + 64),
                             load_halves(p + 32, p + 80)};
    for (int c = 0; c < 3; ++c) store(lines[c] + i, gathered(from, kSplit.bytes[c]));
  });
}

void merge3_avx2(const uint8_t* const* lines, uint8_t* pixels, int64_t n) {
  if (n < kPixels) return row_kernels_generic().merge3(lines, pixels, n);
  cover(n, kPixels, [&](int64_t i) {
    const __m256i from[3] = {load(lines[0] + i), load(lines[1] + i), load(lines[2] + i)};
    const __m256i a = gathered(from, kMerge.bytes[0]);
    const __m256i b = gathered(from, kMerge.bytes[1]);
    const __m256i c = gathered(from, kMerge.bytes[2]);
    uint8_t* p = pixels + 3 * i;
    store(p, _mm256_permute2x128_si256(a, b, 0x20));
    store(p + 32, _mm256_permute2x128_si256(c, a, 0x30));
    store(p + 64, _mm256_permute2x128_si256(b, c, 0x31));
  });
}

void split4_avx2(const uint8_t* pixels, uint8_t* const* lines, int64_t n) {
  if (n < kPixels) return row_kernels_generic().split4(pixels, lines, n);
  const __m256i by_component = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  cover(n, kPixels, [&](int64_t i) {
    __m256i r[4];
    for (int k = 0; k < 4; ++k) {
      r[k] = _mm256_shuffle_epi8(load(pixels + 4 * i + 32 * k), by_component);
    }
    const __m256i low01 = _mm256_unpacklo_epi32(r[0], r[1]);
    const __m256i low23 = _mm256_unpacklo_epi32(r[2], r[3]);
    const __m256i high01 = _mm256_unpackhi_epi32(r[0], r[1]);
    const __m256i high23 = _mm256_unpackhi_epi32(r[2], r[3]);
    const __m256i lanes[4] = {
        _mm256_unpacklo_epi64(low01, low23), _mm256_unpackhi_epi64(low01, low23),
        _mm256_unpacklo_epi64(high01, high23), _mm256_unpackhi_epi64(high01, high23)};
    for (int c = 0; c < 4; ++c) store(lines[c] + i, _mm256_permutevar8x32_epi32(lanes[c], order));
  });
}

void merge4_avx2(const uint8_t* const* lines, uint8_t* pixels, int64_t n) {
  if (n < kPixels) return row_kernels_generic().merge4(lines, pixels, n);
  cover(n, kPixels, [&](int64_t i) {
    const __m256i a = load(lines[0] + i);
    const __m256i b = load(lines[1] + i);
    const __m256i c = load(lines[2] + i);
    const __m256i d = load(lines[3] + i);
    const __m256i ab_low = _mm256_unpacklo_epi8(a, b);
    const __m256i ab_high = _mm256_unpackhi_epi8(a, b);
    const __m256i cd_low = _mm256_unpacklo_epi8(c, d);
    const __m256i cd_high = _mm256_unpackhi_epi8(c, d);
    const __m256i x0 = _mm256_unpacklo_epi16(ab_low, cd_low);
    const __m256i x1 = _mm256_unpackhi_epi16(ab_low, cd_low);
    const __m256i x2 = _mm256_unpacklo_epi16(ab_high, cd_high);
    const __m256i x3 = _mm256_unpackhi_epi16(ab_high, cd_high);
    uint8_t* p = pixels + 4 * i;
    store(p, _mm256_permute2x128_si256(x0, x1, 0x20));
    store(p + 32, _mm256_permute2x128_si256(x2, x3, 0x20));
    store(p + 64, _mm256_permute2x128_si256(x0, x1, 0x31));
    store(p + 96, _mm256_permute2x128_si256(x2, x3, 0x31));
  });
}

}  // namespace poacl::media
