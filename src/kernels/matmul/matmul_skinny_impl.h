// The code of matmul_skinny.h, in the namespace of the including unit's ISA: include after
// vec_<isa>.h.
#pragma once

#include "kernels/matmul/matmul_skinny.h"
#include "kernels/matmul/matmul_skinny_sums.h"
#include "kernels/simd/vec_math.h"

namespace poacl::POACL_SIMD {

constexpr bool kManyRegisters = kTile >= 14;
constexpr int kFewAtOnce = kManyRegisters ? 12 : 2;
constexpr int64_t kDotResults = 128;  // streamed lines between two stores
// Rounding errors grow with the length of a sum: after so many steps a new one is begun.
constexpr int64_t kSkinnySteps = 256;
// Steps of one panel before its neighbour's turn: rows far apart are read in long pieces then.
constexpr int64_t kStepsAtOnce = 32;
constexpr int64_t kRowsAhead = 8;

// Vectors of streamed lines that F few lines are multiplied with at once, and streamed lines of dot
// products: as many sums as registers hold besides the operands.
constexpr int skinny_vectors(int f) {
  if (!kManyRegisters) return f == 1 ? 8 : 4;
  return f <= 2 ? 8 : f <= 6 ? 4 : 2;
}
constexpr int skinny_dot_lines(int f) {
  return !kManyRegisters || f <= 6 ? 4 : 2;
}

// Streamed lines side by side between two stores: results and a sum of kSkinnySteps stay in the
// first cache.
template <int F>
constexpr int64_t kResults = F <= 4 ? 512 : 256;

template <int F>
struct SkinnyResults {
  float value[F][kResults<F> + kLanes];
  float part[F][kResults<F> + kLanes];  // of the sum that is under way
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

// Steps [begin, end) of F few lines of k values times G vectors of streamed lines that lie side by
// side. `ahead` is what to bring closer, in rows like `stream`.
template <int F, int G>
void skinny_across(int64_t k, int64_t begin, int64_t end, const float* few, const float* stream,
                   int64_t step, const float* ahead, int64_t at, SkinnyResults<F>* out) {
  const bool anew = begin % kSkinnySteps == 0;
  Vec acc[F][G];
  POACL_UNROLL
  for (int f = 0; f < F; ++f) {
    POACL_UNROLL
    for (int g = 0; g < G; ++g) acc[f][g] = anew ? vzero() : vload(out->part[f] + at + g * kLanes);
  }
  for (int64_t i = begin; i < end; ++i, stream += step, ahead += step) {
    POACL_UNROLL
    for (int g = 0; g < G * kLanes; g += 16) __builtin_prefetch(ahead + g, 0, 2);
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
  const bool done = end == k || end % kSkinnySteps == 0;
  const bool first = end <= kSkinnySteps;
  POACL_UNROLL
  for (int f = 0; f < F; ++f) {
    POACL_UNROLL
    for (int g = 0; g < G; ++g) {
      float* sum = out->value[f] + at + g * kLanes;
      if (!done) {
        vstore(out->part[f] + at + g * kLanes, acc[f][g]);
      } else {
        vstore(sum, first ? acc[f][g] : vadd(vload(sum), acc[f][g]));
      }
    }
  }
}

// F few lines times C streamed lines, each of k values.
template <int F, int C>
void skinny_dots(int64_t k, const float* few, const float* stream, int64_t at,
                 SkinnyResults<F>* out) {
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
  if constexpr (C == 4) {
    POACL_UNROLL
    for (int f = 0; f < F; ++f) sum_four(acc[f], out->value[f] + at);
  } else {
    constexpr int kSums = F * C;
    POACL_UNROLL
    for (int v = 0; v < kSums; v += 4) {
      Vec four[4];
      POACL_UNROLL
      for (int j = 0; j < 4; ++j) four[j] = v + j < kSums ? acc[(v + j) / C][(v + j) % C] : vzero();
      float sums[4];
      sum_four(four, sums);
      POACL_UNROLL
      for (int j = 0; j < 4; ++j) {
        if (v + j < kSums) out->value[(v + j) / C][at + (v + j) % C] = sums[j];
      }
    }
  }
}

// Results of F columns, side by side in y.
template <int F>
void skinny_interleave(const SkinnyResults<F>& results, int64_t count, float* y) {
  int64_t j = 0;
  if constexpr (F == 2 || F == 4) {
    for (; j + 4 <= count; j += 4) {
      FourFloats r[4];
      POACL_UNROLL
      for (int f = 0; f < 4; ++f) r[f] = load_four(results.value[f % F] + j);
      if constexpr (F == 2) {
        store_pairs(r[0], r[1], y + 2 * j);
      } else {
        store_transposed(r, y + 4 * j, 4);
      }
    }
  }
  for (; j < count; ++j) {
    POACL_UNROLL
    for (int f = 0; f < F; ++f) y[j * F + f] = results.value[f][j];
  }
}

// Where matrix `index` of y lies and what is added to it.
struct SkinnyTarget {
  const float* bias;      // may be null
  const float* residual;  // may be null
  float* y;
};

// Stores `count` results of F lines from `first_few` and of streamed lines from `line`.
template <int F>
void skinny_finish(const SkinnyParams& p, const SkinnyTarget& t, int64_t first_few, int64_t line,
                   int64_t count, SkinnyResults<F>* results) {
  const int64_t few_step = p.few_columns ? 1 : p.g.n;
  const int64_t line_step = p.few_columns ? p.g.n : 1;
  const Vec low = vset1(p.low);
  const Vec high = vset1(p.high);
  for (int64_t f = 0; f < F; ++f) {
    float* v = results->value[f];
    for (int64_t j = count; j % kLanes != 0; ++j) v[j] = 0.0f;
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
    } else if (line_step != F) {
      for (int64_t j = 0; j < count; ++j) y[j * line_step] = v[j];
    }
  }
  if (line_step == F && F > 1) skinny_interleave(*results, count, t.y + line * F);
}

// The widest panel of at most G vectors within `lines`; returns its width.
template <int F, int G>
int64_t skinny_panel(int64_t k, int64_t begin, int64_t end, const float* few, const float* stream,
                     int64_t step, const float* ahead, int64_t lines, int64_t at,
                     SkinnyResults<F>* out) {
  if constexpr (G > 1) {
    if (lines < G * kLanes) {
      return skinny_panel<F, G / 2>(k, begin, end, few, stream, step, ahead, lines, at, out);
    }
  }
  skinny_across<F, G>(k, begin, end, few, stream, step, ahead, at, out);
  return G * kLanes;
}

// Results of `count` streamed lines that lie side by side. There are lines before them, where they
// are fewer than a vector.
template <int F>
void skinny_side_by_side(int64_t k, const float* few, const float* stream, int64_t step,
                         int64_t count, SkinnyResults<F>* out) {
  constexpr int kPanel = skinny_vectors(F);
  const bool one = count <= kPanel * kLanes;
  const int64_t at_once = one ? kSkinnySteps : kStepsAtOnce;
  // The last vector reaches back over lines that are done, and drops them.
  const int64_t rest = count % kLanes;
  const int64_t whole = count - rest;
  for (int64_t begin = 0; begin < k; begin += at_once) {
    const int64_t end = k - begin < at_once ? k : begin + at_once;
    const float* rows = stream + begin * step;
    const float* below = end < k ? rows + (one ? kRowsAhead : at_once) * step : rows;
    for (int64_t at = 0; at < whole;) {
      const float* ahead =
          one || at + kPanel * kLanes >= whole ? below : rows + at + kPanel * kLanes;
      at +=
          skinny_panel<F, kPanel>(k, begin, end, few, rows + at, step, ahead, whole - at, at, out);
    }
    if (rest > 0) {
      skinny_across<F, 1>(k, begin, end, few, rows + count - kLanes, step, rows + count - kLanes,
                          whole, out);
    }
  }
  if (rest == 0) return;
  for (int f = 0; f < F; ++f) {
    float* last = out->value[f] + whole;
    for (int64_t j = 0; j < rest; ++j) last[j] = last[kLanes - rest + j];
  }
}

// `count` lines of k values as k rows of `width`.
inline void skinny_put_across(const float* lines, int64_t k, int64_t count, int64_t width,
                              float* rows) {
  int64_t l = 0;
  for (; l + 4 <= count; l += 4) {
    const float* from = lines + l * k;
    int64_t i = 0;
    for (; i + 4 <= k; i += 4) {
      const FourFloats r[4] = {load_four(from + i), load_four(from + k + i),
                               load_four(from + 2 * k + i), load_four(from + 3 * k + i)};
      store_transposed(r, rows + i * width + l, width);
    }
    for (; i < k; ++i) {
      for (int64_t j = 0; j < 4; ++j) rows[i * width + l + j] = from[j * k + i];
    }
  }
  for (; l < count; ++l) {
    for (int64_t i = 0; i < k; ++i) rows[i * width + l] = lines[l * k + i];
  }
}

// skinny_lines() of short dot products.
template <int F, int G>
void skinny_short_lines(const SkinnyParams& p, const float* few, const float* stream,
                        int64_t first_few, int64_t begin, int64_t end, const SkinnyTarget& t) {
  constexpr int64_t kWidth = G * kLanes;
  const int64_t k = p.g.k;
  float rows[kShortestDot * kWidth] = {};
  SkinnyResults<F> results;
  for (int64_t line = begin; line < end; line += kWidth) {
    const int64_t count = end - line < kWidth ? end - line : kWidth;
    skinny_put_across(stream + line * k, k, count, kWidth, rows);
    skinny_across<F, G>(k, 0, k, few, rows, kWidth, rows, 0, &results);
    skinny_finish(p, t, first_few, line, count, &results);
  }
}

// F few lines from `first_few` and streamed lines [begin, end).
template <int F>
void skinny_lines(const SkinnyParams& p, const float* few, const float* stream, int64_t first_few,
                  int64_t begin, int64_t end, const SkinnyTarget& t) {
  constexpr int kPanel = skinny_vectors(F);
  constexpr int kDots = skinny_dot_lines(F);
  if (p.short_dots) {
    return skinny_short_lines<F, kPanel>(p, few, stream, first_few, begin, end, t);
  }
  const int64_t k = p.g.k;
  const int64_t most = p.across ? kResults<F> : kDotResults;
  SkinnyResults<F> results;
  for (int64_t line = begin; line < end; line += most) {
    const int64_t count = end - line < most ? end - line : most;
    if (p.across) {
      skinny_side_by_side<F>(k, few, stream + line, p.lines, count, &results);
    } else {
      int64_t j = 0;
      for (; j + kDots <= count; j += kDots) {
        skinny_dots<F, kDots>(k, few, stream + (line + j) * k, j, &results);
      }
      for (; j < count; ++j) skinny_dots<F, 1>(k, few, stream + (line + j) * k, j, &results);
    }
    skinny_finish(p, t, first_few, line, count, &results);
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
