// The code of int8_attention.h, in the namespace of the including unit's ISA. Include after
// int8_tile_<isa>.h.
#pragma once

#include "kernels/int8/int8_attention.h"
#include "kernels/int8/int8_pack_impl.h"
#include "kernels/int8/int8_vec.h"
#include "kernels/simd/vec_math.h"

namespace poacl::POACL_SIMD {
namespace {

// The tile multiplies unsigned numbers by signed ones: what these are off by is 128 or nothing.
POACL_INLINE int32_t unsigned_offset(const QuantTensor& t) {
  return t.is_signed ? t.offset + 128 : t.offset;
}
POACL_INLINE int32_t signed_offset(const QuantTensor& t) {
  return t.is_signed ? t.offset : t.offset - 128;
}

struct Bounds {
  float low, high;
};
POACL_INLINE Bounds bounds_of(const QuantTensor& t) {
  const float low = static_cast<float>((t.is_signed ? -128 : 0) - t.offset);
  return {low, low + 255.0f};
}

// The keys of a head as the tile's weights: column j is key j.
void pack_keys(const QuantAttentionParams& p, const uint8_t* keys, int64_t group_blocks, Weight* to,
               int32_t* bias) {
  const auto flip = static_cast<uint8_t>(p.key.is_signed ? 0 : 0x80);
  const int64_t step = p.position_step(p.depth);
  const int64_t words = p.depth / kWord;
  const int64_t blocks = (p.keys + 15) / 16;
  for (int64_t block = 0; block < blocks; ++block) {
    const int64_t first = block / group_blocks * group_blocks;
    const int64_t width = least(group_blocks, blocks - first) * 16 * kWord;
    Weight* group = to + (first * words + block - first) * 16 * kWord;
    const int64_t count = least(16, p.keys - block * 16);
    int32_t totals[16] = {};
    for (int64_t c = 0; c < 16; ++c) {
      Weight* at = group + c * kWord;
      const uint8_t* key = keys + (block * 16 + c) * step;
      if (c >= count) {
        for (int64_t w = 0; w < words; ++w) __builtin_memset(at + w * width, 0, 4);
        continue;
      }
      for (int64_t w = 0; w < words; ++w, at += width) {
        Weight word[kWord];
        for (int64_t k = 0; k < kWord; ++k) {
          word[k] = static_cast<int8_t>(key[w * kWord + k] ^ flip);
        }
        __builtin_memcpy(at, word, sizeof(word));
      }
      int32_t total = 0;
      for (int64_t k = 0; k < p.depth; ++k) total += static_cast<int8_t>(key[k] ^ flip);
      totals[c] = total;
    }
    set_biases(totals, count, p.depth, unsigned_offset(p.query), signed_offset(p.key),
               bias + block * 16);
  }
}

// Rows as the tile reads them, and their step in bytes.
struct TileRows {
  const RowNumber* numbers;
  int64_t step;
};

struct AttentionHead {
  const Int8AttentionParams& a;
  const KernelArgs& args;
  int64_t b, head;
  std::byte* own;  // the worker's scratch

  float* scores() const { return reinterpret_cast<float*>(own + a.scores_at); }
  uint8_t* shares() const { return reinterpret_cast<uint8_t*>(own + a.shares_at); }
  int64_t key_columns() const { return a.key_groups * a.key_blocks * 16; }
};

// `count` numbers of each row; copied where the tile wants wider ones.
TileRows tile_rows(const AttentionHead& h, const uint8_t* x, int64_t step, int64_t rows,
                   int64_t count, int64_t words, uint8_t flip) {
  if constexpr (sizeof(RowNumber) == 1) {
    return {reinterpret_cast<const RowNumber*>(x), step};
  } else {
    auto* copy = reinterpret_cast<RowNumber*>(h.own + h.a.rows_at);
    for (int64_t r = 0; r < rows; ++r) {
      copy_row(x + r * step, count, flip, copy + r * words * kWord, words);
    }
    return {copy, words * 4};
  }
}

void pack_head(const AttentionHead& h) {
  const QuantAttentionParams& p = h.a.p;
  const auto* keys = static_cast<const uint8_t*>(h.args.inputs[1]);
  const auto* values = static_cast<const uint8_t*>(h.args.inputs[2]);
  pack_keys(p, keys + p.head_at(h.b, h.head, p.keys, p.depth), h.a.key_blocks,
            reinterpret_cast<Weight*>(h.own + h.a.keys_at),
            reinterpret_cast<int32_t*>(h.own + h.a.key_bias_at));
  pack_columns({values + p.head_at(h.b, h.head, p.keys, p.value_depth), p.keys, p.value_depth,
                p.position_step(p.value_depth), static_cast<uint8_t>(p.value.is_signed ? 0 : 0x80),
                signed_offset(p.value), unsigned_offset(p.share)},
               h.a.value_blocks, reinterpret_cast<Weight*>(h.own + h.a.values_at),
               reinterpret_cast<int32_t*>(h.own + h.a.value_bias_at));
}

// Scores of queries [first, first + rows), as reals with their mask.
void score_rows(const AttentionHead& h, int64_t first, int64_t rows) {
  const Int8AttentionParams& a = h.a;
  const QuantAttentionParams& p = a.p;
  const int64_t step = p.position_step(p.depth);
  const uint8_t* x = static_cast<const uint8_t*>(h.args.inputs[0]) +
                     p.head_at(h.b, h.head, p.queries, p.depth) + first * step;
  const uint32_t flip = p.query.is_signed ? 0x80808080u : 0u;
  const int32_t key_offset = signed_offset(p.key);
  int32_t totals[kMostRows];
  for (int64_t r = 0; r < rows; ++r) {
    const int32_t total =
        key_offset == 0 ? 0 : row_total(x + r * step, p.depth, static_cast<uint8_t>(flip));
    totals[r] = key_offset * total;
  }
  const Bounds bounds = bounds_of(p.score);
  const Vec low = vset1(bounds.low);
  const Vec high = vset1(bounds.high);
  const Vec factor = vset1(p.query.scale * p.key.scale / p.score.scale);
  const Vec real = vset1(p.score.scale * p.scale);
  const int64_t blocks = (p.keys + 15) / 16;
  const TileRows queries =
      tile_rows(h, x, step, rows, p.depth, a.depth_words, static_cast<uint8_t>(flip));
  alignas(64) int32_t sums[kMostRows * kMostBlocks * 16];
  for (int64_t block = 0; block < blocks; block += a.key_blocks) {
    const int64_t width = least(a.key_blocks, blocks - block);
    linear_tile(
        rows, width, queries.numbers, queries.step,
        reinterpret_cast<const Weight*>(h.own + a.keys_at) + block * 16 * kWord * a.depth_words,
        a.depth_words, flip, reinterpret_cast<const int32_t*>(h.own + a.key_bias_at) + block * 16,
        sums);
    for (int64_t r = 0; r < rows; ++r) {
      float* to = h.scores() + r * h.key_columns() + block * 16;
      for (int64_t i = 0; i < width * 16; i += kLanes) {
        const Vec sum = vints(sums + r * width * 16 + i, totals[r]);
        vstore(to + i, vmul(vround(vclip(vmul(sum, factor), low, high)), real));
      }
    }
  }
  if (!p.has_mask) return;
  const auto* mask = static_cast<const float*>(h.args.inputs[3]) + h.b * p.mask_stride[0] +
                     h.head * p.mask_stride[1];
  for (int64_t r = 0; r < rows; ++r) {
    const float* from = mask + (first + r) * p.mask_stride[2];
    float* to = h.scores() + r * h.key_columns();
    if (p.mask_stride[3] == 0) {
      for (int64_t j = 0; j < p.keys; ++j) to[j] += *from;
      continue;
    }
    int64_t j = 0;
    for (; j + kLanes <= p.keys; j += kLanes) vstore(to + j, vadd(vload(to + j), vload(from + j)));
    for (; j < p.keys; ++j) to[j] += from[j];
  }
}

// A row of scores to shares; returns these, made unsigned, added up.
POACL_INLINE int32_t share_row(const AttentionHead& h, int64_t r) {
  const QuantAttentionParams& p = h.a.p;
  float* scores = h.scores() + r * h.key_columns();
  uint8_t* shares = h.shares() + r * h.a.key_words * 4;
  // What fills the last vector takes no part.
  const int64_t whole = (p.keys + kLanes - 1) / kLanes * kLanes;
  for (int64_t j = p.keys; j < whole; ++j) scores[j] = -__builtin_inff();
  Vec most_lanes = vload(scores);
  for (int64_t j = kLanes; j < whole; j += kLanes) {
    most_lanes = vat_least(vload(scores + j), most_lanes);
  }
  const Vec most = vset1(greatest_of(most_lanes));
  Vec totals = vzero();
  for (int64_t j = 0; j < whole; j += kLanes) {
    const Vec e = vexp(vsub(vload(scores + j), most));
    vstore(scores + j, e);
    if (j + kLanes <= p.keys) totals = vadd(totals, e);
  }
  float total = sum_of(totals);
  for (int64_t j = p.keys / kLanes * kLanes; j < p.keys; ++j) total += scores[j];
  const Vec factor = vset1(1.0f / (total * p.share.scale));
  const Bounds bounds = bounds_of(p.share);
  const Vec low = vset1(bounds.low);
  const Vec high = vset1(bounds.high);
  uint8_t bytes[kLanes];
  Vec sums = vzero();
  for (int64_t j = 0; j < p.keys; j += kLanes) {
    const Vec share = vround(vclip(vmul(vload(scores + j), factor), low, high));
    if (j + kLanes <= p.keys) {
      vstore_bytes(shares + j, share, p.share.offset);
      sums = vadd(sums, share);
      continue;
    }
    float lanes[kLanes];
    vstore(lanes, share);
    vstore_bytes(bytes, share, p.share.offset);
    for (int64_t i = 0; j + i < p.keys; ++i) {
      shares[j + i] = bytes[i];
      lanes[0] += i == 0 ? 0.0f : lanes[i];
    }
    for (int i = 1; i < kLanes; ++i) lanes[i] = 0.0f;
    sums = vadd(sums, vload(lanes));
  }
  for (int64_t j = p.keys; j < h.a.key_words * 4; ++j) shares[j] = 0;
  return static_cast<int32_t>(sum_of(sums)) +
         static_cast<int32_t>(p.keys) * unsigned_offset(p.share);
}

void mix_rows(const AttentionHead& h, int64_t first, int64_t rows, const int32_t* share_totals) {
  const Int8AttentionParams& a = h.a;
  const QuantAttentionParams& p = a.p;
  const int64_t step = p.position_step(p.value_depth);
  uint8_t* y = static_cast<uint8_t*>(h.args.outputs[0]) +
               p.head_at(h.b, h.head, p.queries, p.value_depth) + first * step;
  const int32_t value_offset = signed_offset(p.value);
  const Bounds bounds = bounds_of(p.y);
  const Vec low = vset1(bounds.low);
  const Vec high = vset1(bounds.high);
  const Vec factor = vset1(p.share.scale * p.value.scale / p.y.scale);
  const int64_t blocks = (p.value_depth + 15) / 16;
  const uint32_t flip = p.share.is_signed ? 0x80808080u : 0u;
  const TileRows shares = tile_rows(h, h.shares(), a.key_words * 4, rows, p.keys, a.key_words,
                                    static_cast<uint8_t>(flip));
  alignas(64) int32_t sums[kMostRows * kMostBlocks * 16];
  for (int64_t block = 0; block < blocks; block += a.value_blocks) {
    const int64_t width = least(a.value_blocks, blocks - block);
    linear_tile(
        rows, width, shares.numbers, shares.step,
        reinterpret_cast<const Weight*>(h.own + a.values_at) + block * 16 * kWord * a.key_words,
        a.key_words, flip, reinterpret_cast<const int32_t*>(h.own + a.value_bias_at) + block * 16,
        sums);
    for (int64_t r = 0; r < rows; ++r) {
      const int32_t total = value_offset * share_totals[r];
      for (int64_t i = 0; i < width * 16; i += kLanes) {
        const int64_t column = block * 16 + i;
        const int64_t count = least(kLanes, p.value_depth - column);
        if (count <= 0) break;
        const Vec sum = vints(sums + r * width * 16 + i, total);
        const Vec number = vclip(vmul(sum, factor), low, high);
        uint8_t* to = y + r * step + column;
        if (count == kLanes) {
          vstore_bytes(to, number, p.y.offset);
          continue;
        }
        uint8_t bytes[kLanes];
        vstore_bytes(bytes, number, p.y.offset);
        for (int64_t at = 0; at < count; ++at) to[at] = bytes[at];
      }
    }
  }
}

void attention_run(const KernelArgs& args) {
  const auto& a = *static_cast<const Int8AttentionParams*>(args.params);
  const QuantAttentionParams& p = a.p;
  (*args.parallel)(p.batch * p.heads * a.pieces, [&](int64_t job, int worker) {
    const int64_t head = job / a.pieces;
    const AttentionHead h = {a, args, head / p.heads, head % p.heads,
                             args.scratch + worker * a.worker_bytes};
    pack_head(h);
    const int64_t begin = job % a.pieces * a.piece;
    const int64_t count = least(a.piece, p.queries - begin);
    const int64_t tiles = (count + kMostRows - 1) / kMostRows;
    for (int64_t t = 0; t < tiles; ++t) {
      const int64_t first = begin + t * count / tiles;
      const int64_t rows = begin + (t + 1) * count / tiles - first;
      score_rows(h, first, rows);
      int32_t totals[kMostRows];
      for (int64_t r = 0; r < rows; ++r) totals[r] = share_row(h, r);
      mix_rows(h, first, rows, totals);
    }
  });
}

}  // namespace
}  // namespace poacl::POACL_SIMD
