// The driver of int8_linear.h and what becomes of its sums, in the namespace of the including
// unit's ISA. Include after int8_tile_<isa>.h.
#pragma once

#include "kernels/int8/int8_linear.h"
#include "kernels/int8/int8_pack_impl.h"
#include "kernels/int8/int8_vec.h"

namespace poacl::POACL_SIMD {
namespace {

// What one column of vectors of a tile needs.
struct LinearColumn {
  Vec scale, bias;
  int64_t count;  // columns that there are, at most a vector's
};

POACL_INLINE void store_real(float* to, Vec v, int64_t count) {
  if (count >= kLanes) return vstore(to, v);
  vstore_some(to, v, count);
}

POACL_INLINE void store_number(uint8_t* to, Vec v, int32_t offset, int64_t count) {
  if (count >= kLanes) return vstore_bytes(to, v, offset);
  uint8_t bytes[kLanes];
  vstore_bytes(bytes, v, offset);
  for (int64_t i = 0; i < count; ++i) to[i] = bytes[i];
}

// `count` of the bytes, and what they stand for up to a factor.
POACL_INLINE Vec load_numbers(const uint8_t* from, int64_t count, bool is_signed, Vec offset) {
  uint8_t bytes[kLanes] = {};
  if (count < kLanes) {
    for (int64_t i = 0; i < count; ++i) bytes[i] = from[i];
    from = bytes;
  }
  return vsub(vbytes(from, is_signed), offset);
}

enum class Addend { kNone, kFloat, kBytes };

// Products as QuantLinear has them. Everything that is the same for all rows stays in registers.
template <bool Rounded, bool Gelu, Addend A, bool Float>
void finish_reals(const Int8LinearParams& p, const LinearColumn& column, const int32_t* sums,
                  int64_t sums_step, int64_t rows, const void* addend, void* out, int64_t at) {
  const LinearColumn c = column;
  const QuantRealParams real = p.real;
  const int64_t step = p.columns;
  const Vec first_low = vset1(static_cast<float>(p.finish.low - p.finish.offset));
  const Vec first_high = vset1(static_cast<float>(p.finish.high - p.finish.offset));
  const Vec scale = vset1(real.scale);
  const Vec addend_scale = vset1(real.addend_scale);
  const Vec addend_offset = vset1(static_cast<float>(real.addend_offset));
  const Vec inverse = vset1(real.inverse);
  const Vec low = vset1(real.low);
  const Vec high = vset1(real.high);
  for (int64_t r = 0; r < rows; ++r, at += step, sums += sums_step) {
    Vec v = vmul(vints(sums), c.scale);
    if constexpr (Rounded) v = vround(vclip(v, first_low, first_high));
    v = vfma(v, scale, c.bias);
    if constexpr (Gelu) v = vgelu_rounded(v);
    if constexpr (A == Addend::kFloat) {
      const float* from = static_cast<const float*>(addend) + at;
      v = vadd(v, c.count >= kLanes ? vload(from) : vload_some(from, c.count, 0.0f));
    } else if constexpr (A == Addend::kBytes) {
      const Vec number = load_numbers(static_cast<const uint8_t*>(addend) + at, c.count,
                                      real.addend == QuantAddend::kInt8, addend_offset);
      v = vfma(number, addend_scale, v);
    }
    if constexpr (Float) {
      store_real(static_cast<float*>(out) + at, v, c.count);
    } else {
      store_number(static_cast<uint8_t*>(out) + at, vclip(vmul(v, inverse), low, high), real.offset,
                   c.count);
    }
  }
}

using FinishReals = void (*)(const Int8LinearParams&, const LinearColumn&, const int32_t*, int64_t,
                             int64_t, const void*, void*, int64_t);
template <bool Rounded, bool Gelu, Addend A>
FinishReals finish_to(bool is_float) {
  return is_float ? finish_reals<Rounded, Gelu, A, true> : finish_reals<Rounded, Gelu, A, false>;
}
template <bool Rounded, bool Gelu>
FinishReals finish_with(QuantAddend addend, bool is_float) {
  if (addend == QuantAddend::kNone) return finish_to<Rounded, Gelu, Addend::kNone>(is_float);
  if (addend == QuantAddend::kFloat) return finish_to<Rounded, Gelu, Addend::kFloat>(is_float);
  return finish_to<Rounded, Gelu, Addend::kBytes>(is_float);
}
FinishReals find_finish(const Int8LinearParams& p) {
  const QuantRealParams& real = p.real;
  if (p.finish.kind != QuantKind::kFloat) {
    return real.gelu ? finish_with<true, true>(real.addend, real.is_float)
                     : finish_with<true, false>(real.addend, real.is_float);
  }
  return real.gelu ? finish_with<false, true>(real.addend, real.is_float)
                   : finish_with<false, false>(real.addend, real.is_float);
}

// Results without a real stage: rows of sums, floats or bytes.
POACL_INLINE void finish_plain(const Int8LinearParams& p, const LinearColumn& c,
                               const int32_t* sums, int64_t sums_step, int64_t rows, void* out,
                               int64_t at) {
  const Vec low = vset1(static_cast<float>(p.finish.low - p.finish.offset));
  const Vec high = vset1(static_cast<float>(p.finish.high - p.finish.offset));
  for (int64_t r = 0; r < rows; ++r, at += p.columns, sums += sums_step) {
    if (p.finish.kind == QuantKind::kSums) {
      int32_t* to = static_cast<int32_t*>(out) + at;
      for (int64_t i = 0; i < c.count; ++i) to[i] = sums[i];
      continue;
    }
    const Vec v = vmul(vints(sums), c.scale);
    if (p.finish.kind == QuantKind::kFloat) {
      store_real(static_cast<float*>(out) + at, v, c.count);
    } else {
      store_number(static_cast<uint8_t*>(out) + at, vclip(v, low, high), p.finish.offset, c.count);
    }
  }
}

struct LinearRun {
  const Int8LinearParams& p;
  const RowNumber* x;
  const Weight* weights;
  const int32_t* bias;
  const float* scale;
  const float* real_bias;
  const void* addend;
  void* out;
  FinishReals finish;  // null: without a real stage
};

// Rows [first, last) by one group of columns.
void run_group(const LinearRun& r, int64_t group, int64_t first, int64_t last) {
  const Int8LinearParams& p = r.p;
  const int64_t block = group * p.group_blocks;
  const int64_t blocks = least(p.group_blocks, p.blocks - block);
  const int64_t width = blocks * 16;
  const int64_t column = block * 16;
  const Weight* weights = r.weights + block * p.words * 16 * kWord;
  // Tiles as even as they get.
  const int64_t count = last - first;
  const int64_t tiles = (count + p.tile - 1) / p.tile;
  alignas(64) int32_t sums[kMostRows * kMostBlocks * 16];
  for (int64_t t = 0; t < tiles; ++t) {
    const int64_t from = first + t * count / tiles;
    const int64_t rows = first + (t + 1) * count / tiles - from;
    linear_tile(rows, blocks, r.x + from * p.words * kWord, p.words * 4, weights, p.words, p.flip,
                r.bias + column, sums);
    for (int64_t at = 0; at < width && column + at < p.columns; at += kLanes) {
      LinearColumn c = {vload(r.scale + column + at), vzero(),
                        least(kLanes, p.columns - column - at)};
      if (p.has_real && p.real.has_bias) c.bias = vload(r.real_bias + column + at);
      const int64_t to = from * p.columns + column + at;
      if (r.finish != nullptr) {
        r.finish(p, c, sums + at, width, rows, r.addend, r.out, to);
      } else {
        finish_plain(p, c, sums + at, width, rows, r.out, to);
      }
    }
  }
}

// The rows as the tile reads them.
const RowNumber* whole_rows(const Int8LinearParams& p, const KernelArgs& args) {
  const auto* x = static_cast<const uint8_t*>(args.inputs[0]);
  if (!p.copied) return reinterpret_cast<const RowNumber*>(x);
  auto* copy = reinterpret_cast<RowNumber*>(args.scratch);
  constexpr int64_t kRows = 16;
  (*args.parallel)((p.rows + kRows - 1) / kRows, [&](int64_t chunk, int) {
    const int64_t end = least((chunk + 1) * kRows, p.rows);
    for (int64_t row = chunk * kRows; row < end; ++row) {
      copy_row(x + row * p.depth, p.depth, static_cast<uint8_t>(p.flip),
               copy + row * p.words * kWord, p.words);
    }
  });
  return copy;
}

void linear_run(const KernelArgs& args) {
  const auto& p = *static_cast<const Int8LinearParams*>(args.params);
  const auto* packed = static_cast<const std::byte*>(args.inputs[1]);
  const auto* bias = reinterpret_cast<const int32_t*>(packed + p.weight_bytes);
  const auto* scale = reinterpret_cast<const float*>(bias + p.blocks * 16);
  const LinearRun r = {
      p,
      whole_rows(p, args),
      reinterpret_cast<const Weight*>(packed),
      bias,
      scale,
      scale + p.blocks * 16,
      p.has_real && p.real.addend != QuantAddend::kNone ? args.inputs[kRealAddend] : nullptr,
      args.outputs[0],
      p.has_real ? find_finish(p) : nullptr};
  const int64_t group_chunks = (p.groups + p.group_chunk - 1) / p.group_chunk;
  const int64_t row_chunks = (p.rows + p.row_chunk - 1) / p.row_chunk;
  (*args.parallel)(row_chunks * group_chunks, [&](int64_t chunk, int) {
    const int64_t first = chunk / group_chunks * p.row_chunk;
    const int64_t last = least(first + p.row_chunk, p.rows);
    const int64_t begin = chunk % group_chunks * p.group_chunk;
    const int64_t end = least(begin + p.group_chunk, p.groups);
    for (int64_t group = begin; group < end; ++group) run_group(r, group, first, last);
  });
}

}  // namespace
}  // namespace poacl::POACL_SIMD
