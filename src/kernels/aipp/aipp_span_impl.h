// The code of aipp_span.h over the words and operations that the including unit defines: Word (one
// pixel per lane), Real, kLanes, and the functions used below. Everything stays inside that unit.
#pragma once

#include "kernels/aipp/aipp_span.h"
#include "kernels/simd/vec_common.h"

namespace {

using poacl::aipp::Span;
using poacl::aipp::Unpack;

template <Unpack U>
POACL_INLINE Word load_pixels(const Span& s, int64_t x) {
  if (U == Unpack::kOne) return load_bytes(s.source + x);
  if (U == Unpack::kPairs) return merge(load_bytes(s.source + x), load_pairs(s.pairs + x));
  if (U == Unpack::kThree) return load_threes(s.source + 3 * x);
  if (U == Unpack::kFour) return load_words(s.source + 4 * x);
  return load_yuyv(s.source + 2 * x);
}

// For each lane the bytes `low` and `high` of its word as two numbers of 16 bits.
inline constexpr uint32_t kNoByte = 0x80;
POACL_INLINE Word two_bytes(uint32_t low, uint32_t high) {
  return byte_choice(low | kNoByte << 8 | high << 16 | kNoByte << 24);
}

struct Channel {
  Word choice;     // without colour conversion
  Word first_two;  // coefficients
  Word third;
  Word bias;
  Real mean, min, scale;
};

template <Unpack U, bool Csc>
int64_t run_span(const Span& s) {
  Channel channel[4];
  for (int c = 0; c < s.channels; ++c) {
    Channel& k = channel[c];
    k.choice = two_bytes(s.select[c], kNoByte);
    k.mean = all_real(s.mean[c]);
    k.min = all_real(s.min[c]);
    k.scale = all_real(s.scale[c]);
    if (!Csc || c == 3) continue;
    const int32_t* m = s.matrix + 3 * c;
    k.first_two = all_word(static_cast<int32_t>((static_cast<uint32_t>(m[0]) & 0xffffu) |
                                                static_cast<uint32_t>(m[1]) << 16));
    k.third = all_word(m[2] & 0xffff);
    k.bias = all_word(s.bias[c]);
  }
  const Word first_two = two_bytes(s.select[0], s.select[1]);
  const Word third = two_bytes(s.select[2], kNoByte);
  const auto pixels_at = [&](int64_t x) {
    const Word pixels = load_pixels<U>(s, x);
    Word a{}, b{};
    if (Csc) {
      a = choose(pixels, first_two);
      b = choose(pixels, third);
    }
    for (int c = 0; c < s.channels; ++c) {
      const Channel& k = channel[c];
      const Word value = Csc && c < 3
                             ? within_byte(shift_8(sum(
                                   sum(products(a, k.first_two), products(b, k.third)), k.bias)))
                             : choose(pixels, k.choice);
      store(s.out + c * s.channel_stride + x, scaled(to_real(value), k.mean, k.min, k.scale));
    }
  };
  int64_t x = 0;
  for (; x + kLanes <= s.count; x += kLanes) pixels_at(x);
  // The last pixels once more together with those before them, where pairs allow it.
  const bool paired = U == Unpack::kPairs || U == Unpack::kYuyv;
  if (x == s.count || s.count < kLanes || (paired && s.count % 2 != 0)) return x;
  pixels_at(s.count - kLanes);
  return s.count;
}

template <Unpack U>
int64_t run_unpack(const Span& s) {
  return s.csc ? run_span<U, true>(s) : run_span<U, false>(s);
}

int64_t run_any(const Span& s) {
  switch (s.unpack) {
    case Unpack::kOne:
      return run_span<Unpack::kOne, false>(s);
    case Unpack::kPairs:
      return run_unpack<Unpack::kPairs>(s);
    case Unpack::kThree:
      return run_unpack<Unpack::kThree>(s);
    case Unpack::kFour:
      return run_unpack<Unpack::kFour>(s);
    default:
      return run_unpack<Unpack::kYuyv>(s);
  }
}

}  // namespace
