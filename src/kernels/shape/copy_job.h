// One strided copy of a box of elements, split into chunks: what concatenation, splitting,
// slicing, padding, repeating and transposing come down to.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

inline constexpr int kMaxCopyRank = 12;

struct CopyJob {
  enum class Kind : int {
    kRows,      // the innermost dimension is contiguous on both sides
    kTiles,     // contiguous along another dimension at the source than at the target
    kElements,  // neither
  };
  size_t size = 0;  // bytes of an element
  int rank = 0;
  int64_t dims[kMaxCopyRank] = {};
  int64_t src_stride[kMaxCopyRank] = {};  // in elements; may be 0 or negative
  int64_t dst_stride[kMaxCopyRank] = {};
  int64_t src_offset = 0;
  int64_t dst_offset = 0;

  // Set by finish_copy().
  Kind kind = Kind::kElements;
  int tile_dim = 0;       // kTiles: the dimension with source stride 1
  int64_t rows = 0;       // product of the outer dimensions
  int64_t row_chunk = 1;  // outer rows per chunk
  int64_t columns = 1;    // of the innermost dimension per chunk
  int64_t chunks = 0;

  // Appends a dimension, outermost first.
  void add_dim(int64_t extent, int64_t src, int64_t dst) {
    dims[rank] = extent;
    src_stride[rank] = src;
    dst_stride[rank] = dst;
    ++rank;
  }
};

// Merges dimensions, chooses the way and the chunks.
void finish_copy(CopyJob* job);

// Copies chunk number `chunk` of job.chunks.
void run_copy_chunk(const CopyJob& job, const void* src, void* dst, int64_t chunk);

// All chunks.
void run_copy(const CopyJob& job, const void* src, void* dst, ParallelFor* parallel);

// Dims of a tensor in memory order: blocked ones as [d0, blocks, d2..., block].
Dims memory_dims(const Dims& dims, Layout layout);

// Row-major strides.
void row_strides(const Dims& dims, int64_t* stride);

}  // namespace poacl
