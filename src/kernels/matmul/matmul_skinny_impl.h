// The code of matmul_skinny.h, in the namespace of the including unit's ISA: include after
// vec_<isa>.h.
#pragma once

#include "kernels/matmul/matmul_skinny.h"
#include "kernels/matmul/matmul_skinny_sums.h"
#include "kernels/simd/vec_math.h"

namespace poacl::POACL_SIMD {

constexpr int kManyRegisters = kTile >= 14;
constexpr int64_t kFewAtOnce = kManyRegisters ? 4 : 2;
constexpr int64_t kResults = 128;  // streamed lines between two stores
// Rounding errors grow with the length of a sum: after so many steps a new one is begun.
constexpr int64_t kSkinnySteps = 256;
constexpr int64_t kRowsAhead = 8;

struct SkinnyResults {
  float value[kFewAtOnce][kResults + kLanes];
};

// Which stored matrix belongs to matrix `index` of y.
POACL_INLINE int64_t skinny_matrix(const MatMulGeometry& g, int64_t index, const int64_t* strides) {
  int64_t at = 0;
  for (int d = g.batch_rank - 1; d >= 0; --d) {
    at += index % g.batch_dims[d] * strides[d];
    index /= g.batch_dims[d];
  }
  return at;
}

// F few lines of k values times G vectors of streamed lines that lie side by side.
template <int F, int G>
void skinny_across(int64_t k, const float* few, const float* stream, int64_t step,
                   SkinnyResults* out) {
  for (int64_t begin = 0; begin < k; begin += kSkinnySteps) {
    const int64_t end = k - begin < kSkinnySteps ? k : begin + kSkinnySteps;
    Vec acc[F][G];
    POACL_UNROLL
    for (int f = 0; f < F; ++f) {
      POACL_UNROLL
      for (int g = 0; g < G; ++g) acc[f][g] = vzero();
    }
    for (int64_t i = begin; i < end; ++i, stream += step) {
      const float* ahead = i + kRowsAhead < k ? stream + kRowsAhead * step : stream;
      POACL_UNROLL
      for (int g = 0; g < G * kLanes; g += 16) vprefetch(ahead + g);
      Vec w[G];
      POACL_UNROLL
      for (int g = 0; g < G; ++g) w[g] = vload(stream + g * kLanes);
      POACL_UNROLL
      for (int f = 0; f < F; ++f) {
        const Vec v = vset1(few[f * k + i]);
        POACL_UNROLL
        for (int g = 0; g < G; ++g) acc[f][g] = vfma(v, w[g], acc[f][g]);
      }
    }
    POACL_UNROLL
    for (int f = 0; f < F; ++f) {
      POACL_UNROLL
      for (int g = 0; g < G; ++g) {
        float* sum = out->value[f] + g * kLanes;
        vstore(sum, begin == 0 ? acc[f][g] : vadd(vload(sum), acc[f][g]));
      }
    }
  }
}

// F few lines times C streamed lines, each of k values.
template <int F, int C>
void skinny_dots(int64_t k, const float* few, const float* stream, int64_t at, SkinnyResults* out) {
  Vec acc[F][C];
  POACL_UNROLL
  for (int f = 0; f < F; ++f) {
    POACL_UNROLL
    for (int c = 0; c < C; ++c) acc[f][c] = vzero();
  }
  int64_t i = 0;
  for (; i + kLanes <= k; i += kLanes) {
    Vec w[C];
    POACL_UNROLL
    for (int c = 0; c < C; ++c) w[c] = vload(stream + c * k + i);
    POACL_UNROLL
    for (int f = 0; f < F; ++f) {
      const Vec v = vload(few + f * k + i);
      POACL_UNROLL
      for (int c = 0; c < C; ++c) acc[f][c] = vfma(v, w[c], acc[f][c]);
    }
  }
  if (i < k) {
    Vec w[C];
    POACL_UNROLL
    for (int c = 0; c < C; ++c) w[c] = load_last(stream + c * k + i, k - i);
    POACL_UNROLL
    for (int f = 0; f < F; ++f) {
      const Vec v = load_last(few + f * k + i, k - i);
      POACL_UNROLL
      for (int c = 0; c < C; ++c) acc[f][c] = vfma(v, w[c], acc[f][c]);
    }
  }
  POACL_UNROLL
  for (int f = 0; f < F; ++f) {
    if constexpr (C == 4) {
      sum_four(acc[f], out->value[f] + at);
    } else {
      POACL_UNROLL
      for (int c = 0; c < C; ++c) out->value[f][at + c] = sum_lanes(acc[f][c]);
    }
  }
}

// Where matrix `index` of y lies and what is added to it.
struct SkinnyTarget {
  const float* bias;      // may be null
  const float* residual;  // may be null
  float* y;
};

// Stores `count` results of `few` lines from `first_few` and of streamed lines from `line`.
inline void skinny_finish(const SkinnyParams& p, const SkinnyTarget& t, int64_t first_few,
                          int64_t few, int64_t line, int64_t count, int64_t from,
                          SkinnyResults* results) {
  const int64_t few_step = p.few_columns ? 1 : p.g.n;
  const int64_t line_step = p.few_columns ? p.g.n : 1;
  const Vec low = vset1(p.low);
  const Vec high = vset1(p.high);
  for (int64_t f = 0; f < few; ++f) {
    float* v = results->value[f] + from;
    const int64_t at = (first_few + f) * few_step + line * line_step;
    if (t.bias != nullptr) {
      const float* bias = p.few_columns ? t.bias + first_few + f : t.bias + line;
      for (int64_t j = 0; j < count; ++j) v[j] += p.few_columns ? *bias : bias[j];
    }
    if (t.residual != nullptr) {
      for (int64_t j = 0; j < count; ++j) v[j] += t.residual[at + j * line_step];
    }
    for (int64_t j = 0; j < count; j += kLanes) {
      vstore(v + j, vat_most(vat_least(vload(v + j), low), high));
    }
    if (p.activation.kind != ActivationKind::kNone) {
      activate_vectors(v, (count + kLanes - 1) / kLanes, p.activation.kind, p.activation.alpha,
                       p.activation.beta);
    }
    float* y = t.y + at;
    if (line_step == 1) {
      for (int64_t j = 0; j < count; ++j) y[j] = v[j];
    } else {
      for (int64_t j = 0; j < count; ++j) y[j * line_step] = v[j];
    }
  }
}

// The widest panel of at most G vectors within `lines`; returns its width.
template <int F, int G>
int64_t skinny_panel(int64_t k, const float* few, const float* stream, int64_t step, int64_t lines,
                     SkinnyResults* out) {
  if constexpr (G > 1) {
    if (lines < G * kLanes) return skinny_panel<F, G / 2>(k, few, stream, step, lines, out);
  }
  skinny_across<F, G>(k, few, stream, step, out);
  return G * kLanes;
}

// `count` lines of k values as k rows of `width`.
inline void skinny_put_across(const float* lines, int64_t k, int64_t count, int64_t width,
                              float* rows) {
  for (int64_t i = 0; i < k; ++i) {
    for (int64_t l = 0; l < count; ++l) rows[i * width + l] = lines[l * k + i];
  }
}

// skinny_lines() of short dot products.
template <int F, int G>
void skinny_short_lines(const SkinnyParams& p, const float* few, const float* stream,
                        int64_t first_few, int64_t begin, int64_t end, const SkinnyTarget& t) {
  constexpr int64_t kWidth = G * kLanes;
  const int64_t k = p.g.k;
  float rows[kShortestDot * kWidth] = {};
  SkinnyResults results{};
  for (int64_t line = begin; line < end; line += kWidth) {
    const int64_t count = end - line < kWidth ? end - line : kWidth;
    skinny_put_across(stream + line * k, k, count, kWidth, rows);
    skinny_across<F, G>(k, few, rows, kWidth, &results);
    skinny_finish(p, t, first_few, F, line, count, 0, &results);
  }
}

// F few lines from `first_few` and streamed lines [begin, end).
template <int F>
void skinny_lines(const SkinnyParams& p, const float* few, const float* stream, int64_t first_few,
                  int64_t begin, int64_t end, const SkinnyTarget& t) {
  constexpr int kPanel = kManyRegisters ? (F <= 2 ? 8 : 4) : (F == 1 ? 8 : 4);
  if (p.short_dots) {
    return skinny_short_lines<F, kPanel>(p, few, stream, first_few, begin, end, t);
  }
  const int64_t k = p.g.k;
  SkinnyResults results{};
  for (int64_t line = begin; line < end;) {
    int64_t count = end - line;
    int64_t from = 0;
    if (p.across) {
      // The last panel reaches back over lines that are done, and drops them.
      from = count < kLanes ? kLanes - count : 0;
      const int64_t width =
          skinny_panel<F, kPanel>(k, few, stream + line - from, p.lines, count + from, &results);
      count = width - from;
    } else {
      if (count > kResults) count = kResults;
      int64_t j = 0;
      for (; j + 4 <= count; j += 4) {
        skinny_dots<F, 4>(k, few, stream + (line + j) * k, j, &results);
      }
      for (; j < count; ++j) skinny_dots<F, 1>(k, few, stream + (line + j) * k, j, &results);
    }
    skinny_finish(p, t, first_few, F, line, count, from, &results);
    line += count;
  }
}

template <int F = kFewAtOnce>
void skinny_some(const SkinnyParams& p, int64_t count, const float* few, const float* stream,
                 int64_t first_few, int64_t begin, int64_t end, const SkinnyTarget& t) {
  if constexpr (F > 1) {
    if (count < F) return skinny_some<F - 1>(p, count, few, stream, first_few, begin, end, t);
  }
  skinny_lines<F>(p, few, stream, first_few, begin, end, t);
}

inline void skinny_run(const KernelArgs& args) {
  const auto& p = args.get_params<SkinnyParams>();
  const MatMulGeometry& g = p.g;
  const auto* few = static_cast<const float*>(args.inputs[p.few_columns ? 1 : 0]);
  const auto* stream = static_cast<const float*>(args.inputs[p.few_columns ? 0 : 1]);
  const int64_t* few_strides = p.few_columns ? g.x2_stride : g.x1_stride;
  const int64_t* stream_strides = p.few_columns ? g.x1_stride : g.x2_stride;
  if (p.few_copied > 0) {
    auto* scratch = reinterpret_cast<float*>(args.scratch);
    const int64_t size = p.few * g.k;
    (*args.parallel)(p.few_copied, [&](int64_t matrix, int) {
      const float* src = few + matrix * size;
      float* dst = scratch + matrix * size;
      for (int64_t f = 0; f < p.few; ++f) {
        for (int64_t i = 0; i < g.k; ++i) dst[f * g.k + i] = src[i * p.few + f];
      }
    });
    few = scratch;
  }
  const auto* bias = g.has_bias ? static_cast<const float*>(args.inputs[2]) : nullptr;
  const auto* residual = g.has_residual ? static_cast<const float*>(args.inputs[3]) : nullptr;
  auto* y = static_cast<float*>(args.outputs[0]);
  const int64_t items = g.batch * p.blocks;
  const int64_t chunks = (items + p.items_per_chunk - 1) / p.items_per_chunk;
  (*args.parallel)(chunks, [&](int64_t chunk, int) {
    const int64_t first = chunk * p.items_per_chunk;
    for (int64_t item = first; item < items && item < first + p.items_per_chunk; ++item) {
      const int64_t index = item / p.blocks;
      const int64_t begin = item % p.blocks * p.block;
      const int64_t end = p.lines - begin < p.block ? p.lines : begin + p.block;
      const float* a = few + skinny_matrix(g, index, few_strides) * p.few * g.k;
      const float* b = stream + skinny_matrix(g, index, stream_strides) * p.lines * g.k;
      const int64_t at = index * g.m * g.n;
      const SkinnyTarget t{bias, residual == nullptr ? nullptr : residual + at, y + at};
      for (int64_t f = 0; f < p.few; f += kFewAtOnce) {
        skinny_some(p, p.few - f, a + f * g.k, b, f, begin, end, t);
      }
    }
  });
}

}  // namespace poacl::POACL_SIMD
