#include "kernels/simd/vec_avx512.h"
// The vector header comes first: what follows is written in its terms.
#include "kernels/layout/trans_data_wide.h"
#include "kernels/simd/transpose_avx512.h"

namespace poacl {
namespace avx512 {

// Up to 16 cells of up to 16 channels, which are `inner` floats apart in the planes.
POACL_INLINE void to_block(const float* plane, int64_t inner, int64_t channels, int64_t cells,
                           float* block) {
  __m512i r[16];
  const __mmask16 mask = lanes_below(cells);
  if (channels >= 16) {
    POACL_UNROLL
    for (int j = 0; j < 16; ++j) r[j] = _mm512_maskz_loadu_epi32(mask, plane + j * inner);
  } else {
    POACL_UNROLL
    for (int j = 0; j < 16; ++j) {
      r[j] =
          j < channels ? _mm512_maskz_loadu_epi32(mask, plane + j * inner) : _mm512_setzero_si512();
    }
  }
  transpose_words(r);
  POACL_UNROLL
  for (int i = 0; i < 16; ++i) {
    if (i < cells) _mm512_storeu_si512(block + i * 16, r[i]);
  }
}

POACL_INLINE void from_block(const float* block, int64_t inner, int64_t channels, int64_t cells,
                             float* plane) {
  __m512i r[16];
  POACL_UNROLL
  for (int i = 0; i < 16; ++i) {
    r[i] = i < cells ? _mm512_loadu_si512(block + i * 16) : _mm512_setzero_si512();
  }
  transpose_words(r);
  const __mmask16 mask = lanes_below(cells);
  POACL_UNROLL
  for (int j = 0; j < 16; ++j) {
    if (j < channels) _mm512_mask_storeu_epi32(plane + j * inner, mask, r[j]);
  }
}

// A vector of one channel to the first lane of 16 cells: most of the work of few channels is
// clearing the others.
POACL_INLINE void one_to_block(const float* plane, int64_t cells, float* block) {
  for (int64_t i = 0; i < cells; ++i) {
    _mm512_storeu_ps(block + i * 16, _mm512_maskz_loadu_ps(1, plane + i));
  }
}

static void trans_data_wide_run(const KernelArgs& args) {
  const auto& p = *static_cast<const TransDataWideParams*>(args.params);
  const auto* src = static_cast<const float*>(args.inputs[0]);
  auto* dst = static_cast<float*>(args.outputs[0]);
  const int64_t parts = (p.inner + p.part_cells - 1) / p.part_cells;
  (*args.parallel)(p.n * p.blocks * parts, [&](int64_t chunk, int) {
    const int64_t begin = chunk % parts * p.part_cells;
    const int64_t end = begin + p.part_cells < p.inner ? begin + p.part_cells : p.inner;
    const int64_t block = chunk / parts;  // of the whole batch
    const int64_t c = block % p.blocks * 16;
    const int64_t channels = p.c - c < 16 ? p.c - c : 16;
    const int64_t plane = (block / p.blocks * p.c + c) * p.inner;
    const int64_t blocked = block * p.inner * 16;
    for (int64_t i = begin; i < end; i += 16) {
      const int64_t cells = end - i < 16 ? end - i : 16;
      if (!p.to_blocks) {
        from_block(src + blocked + i * 16, p.inner, channels, cells, dst + plane + i);
      } else if (channels == 1) {
        one_to_block(src + plane + i, cells, dst + blocked + i * 16);
      } else {
        to_block(src + plane + i, p.inner, channels, cells, dst + blocked + i * 16);
      }
    }
  });
}

}  // namespace avx512

void trans_data_wide_run_avx512(const KernelArgs& args) {
  avx512::trans_data_wide_run(args);
}

}  // namespace poacl
