// The code of bf16_trans_data.h.
#include "kernels/bf16/bf16_vec.h"
// The vector header comes first.
#include "kernels/bf16/bf16_trans_data.h"
#include "kernels/simd/transpose_avx512.h"

namespace poacl {
namespace bf16 {
namespace {

// Floats at element `at` of memory of either width; lanes outside the mask are zero.
template <bool Bf16>
POACL_INLINE __m512i read(const void* memory, int64_t at, __mmask16 mask) {
  if constexpr (Bf16) {
    const auto* from = static_cast<const uint16_t*>(memory) + at;
    return _mm512_castps_si512(widen(_mm256_maskz_loadu_epi16(mask, from)));
  } else {
    return _mm512_maskz_loadu_epi32(mask, static_cast<const float*>(memory) + at);
  }
}
template <bool Bf16>
POACL_INLINE void write(void* memory, int64_t at, __mmask16 mask, __m512i v) {
  if constexpr (Bf16) {
    _mm256_mask_storeu_epi16(static_cast<uint16_t*>(memory) + at, mask,
                             (__m256i)_mm512_cvtneps_pbh(_mm512_castsi512_ps(v)));
  } else {
    _mm512_mask_storeu_epi32(static_cast<float*>(memory) + at, mask, v);
  }
}

// Cells [begin, end) of a block whose first element is `src_at` and `dst_at`; the plain side has
// `channels` planes of `inner` cells.
template <bool SrcBf16, bool DstBf16>
void to_block(const void* src, int64_t src_at, int64_t inner, int64_t channels, int64_t begin,
              int64_t end, void* dst, int64_t dst_at) {
  for (int64_t i = begin; i < end; i += 16) {
    const __mmask16 cells = first_lanes(end - i);
    __m512i v[16];
    POACL_UNROLL
    for (int j = 0; j < 16; ++j) {
      v[j] =
          j < channels ? read<SrcBf16>(src, src_at + j * inner + i, cells) : _mm512_setzero_si512();
    }
    transpose_words(v);
    POACL_UNROLL
    for (int j = 0; j < 16; ++j) {
      if (i + j < end) write<DstBf16>(dst, dst_at + (i + j) * 16, first_lanes(16), v[j]);
    }
  }
}

template <bool SrcBf16, bool DstBf16>
void from_block(const void* src, int64_t src_at, int64_t inner, int64_t channels, int64_t begin,
                int64_t end, void* dst, int64_t dst_at) {
  for (int64_t i = begin; i < end; i += 16) {
    const __mmask16 cells = first_lanes(end - i);
    __m512i v[16];
    POACL_UNROLL
    for (int j = 0; j < 16; ++j) {
      v[j] = i + j < end ? read<SrcBf16>(src, src_at + (i + j) * 16, first_lanes(16))
                         : _mm512_setzero_si512();
    }
    transpose_words(v);
    POACL_UNROLL
    for (int j = 0; j < 16; ++j) {
      if (j < channels) write<DstBf16>(dst, dst_at + j * inner + i, cells, v[j]);
    }
  }
}

template <bool SrcBf16, bool DstBf16>
void convert_row(const void* src, int64_t begin, int64_t end, void* dst) {
  for (int64_t i = begin; i < end; i += 16) {
    const __mmask16 mask = first_lanes(end - i);
    write<DstBf16>(dst, i, mask, read<SrcBf16>(src, i, mask));
  }
}

template <bool SrcBf16, bool DstBf16>
void trans_data(const Bf16TransDataParams& p, const KernelArgs& args) {
  const void* src = args.inputs[0];
  void* dst = args.outputs[0];
  const int64_t parts = (p.inner + p.part - 1) / p.part;
  if (p.src_blocked == p.dst_blocked) {
    (*args.parallel)(parts, [&](int64_t chunk, int) {
      convert_row<SrcBf16, DstBf16>(src, chunk * p.part, least((chunk + 1) * p.part, p.inner), dst);
    });
    return;
  }
  const int64_t blocks = (p.c + 15) / 16;
  (*args.parallel)(p.n * blocks * parts, [&](int64_t chunk, int) {
    const int64_t begin = chunk % parts * p.part;
    const int64_t end = least(begin + p.part, p.inner);
    const int64_t n = chunk / parts / blocks;
    const int64_t b = chunk / parts % blocks;
    const int64_t plain = (n * p.c + b * 16) * p.inner;
    const int64_t blocked = (n * blocks + b) * 16 * p.inner;
    const int64_t channels = least(16, p.c - b * 16);
    if (p.dst_blocked) {
      to_block<SrcBf16, DstBf16>(src, plain, p.inner, channels, begin, end, dst, blocked);
    } else {
      from_block<SrcBf16, DstBf16>(src, blocked, p.inner, channels, begin, end, dst, plain);
    }
  });
}

}  // namespace
}  // namespace bf16

void bf16_trans_data_run(const KernelArgs& args) {
  const auto& p = *static_cast<const Bf16TransDataParams*>(args.params);
  if (p.src_bf16 && p.dst_bf16) {
    bf16::trans_data<true, true>(p, args);
  } else if (p.src_bf16) {
    bf16::trans_data<true, false>(p, args);
  } else {
    bf16::trans_data<false, true>(p, args);
  }
}

}  // namespace poacl
