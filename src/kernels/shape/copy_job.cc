#include "kernels/shape/copy_job.h"

#include <algorithm>

#include "kernels/eltwise/type_dispatch.h"

namespace poacl {
namespace {

constexpr int64_t kChunkBytes = 64 * 1024;
constexpr int64_t kTile = 32;

void coalesce(CopyJob* job) {
  CopyJob& j = *job;
  int kept = 0;
  for (int d = 0; d < j.rank; ++d) {
    if (j.dims[d] == 1) continue;
    const bool merge = kept > 0 && j.src_stride[kept - 1] == j.src_stride[d] * j.dims[d] &&
                       j.dst_stride[kept - 1] == j.dst_stride[d] * j.dims[d];
    const int to = merge ? kept - 1 : kept++;
    j.dims[to] = merge ? j.dims[to] * j.dims[d] : j.dims[d];
    j.src_stride[to] = j.src_stride[d];
    j.dst_stride[to] = j.dst_stride[d];
  }
  if (kept == 0) {
    kept = 1;
    j.dims[0] = 1;
    j.src_stride[0] = j.dst_stride[0] = 1;
  }
  j.rank = kept;
}

struct Offsets {
  int64_t src, dst;
};

// Where outer row `row` begins; the dimension `skip` is left out.
Offsets row_offsets(const CopyJob& j, int64_t row, int skip) {
  Offsets at{j.src_offset, j.dst_offset};
  for (int d = j.rank - 2; d >= 0; --d) {
    if (d == skip) continue;
    const int64_t i = row % j.dims[d];
    row /= j.dims[d];
    at.src += i * j.src_stride[d];
    at.dst += i * j.dst_stride[d];
  }
  return at;
}

void copy_rows(const CopyJob& j, const std::byte* src, std::byte* dst, int64_t chunk) {
  const int64_t columns = j.dims[j.rank - 1];
  const int64_t column_chunks = (columns + j.columns - 1) / j.columns;
  const int64_t first = chunk % column_chunks * j.columns;
  const size_t bytes = static_cast<size_t>(std::min(j.columns, columns - first)) * j.size;
  const int64_t begin = chunk / column_chunks * j.row_chunk;
  const int64_t end = std::min(j.rows, begin + j.row_chunk);
  const int64_t size = static_cast<int64_t>(j.size);
  for (int64_t row = begin; row < end; ++row) {
    const Offsets at = row_offsets(j, row, -1);
    std::memcpy(dst + (at.dst + first) * size, src + (at.src + first) * size, bytes);
  }
}

template <typename T>
void copy_elements(const CopyJob& j, const T* src, T* dst, int64_t chunk) {
  const int last = j.rank - 1;
  const int64_t end = std::min(j.rows, (chunk + 1) * j.row_chunk);
  for (int64_t row = chunk * j.row_chunk; row < end; ++row) {
    const Offsets at = row_offsets(j, row, -1);
    const T* from = src + at.src;
    T* to = dst + at.dst;
    for (int64_t i = 0; i < j.dims[last]; ++i) {
      to[i * j.dst_stride[last]] = from[i * j.src_stride[last]];
    }
  }
}

// One band of kTile steps along tile_dim, all of the innermost dimension, in square tiles so that
// both sides' cache lines are used up while they are there.
template <typename T>
void copy_tiles(const CopyJob& j, const T* src, T* dst, int64_t chunk) {
  const int last = j.rank - 1;
  const int64_t bands = (j.dims[j.tile_dim] + kTile - 1) / kTile;
  const int64_t band = chunk % bands * kTile;
  const int64_t height = std::min(kTile, j.dims[j.tile_dim] - band);
  const Offsets at = row_offsets(j, chunk / bands, j.tile_dim);
  const int64_t src_step = j.src_stride[last];
  const int64_t dst_step = j.dst_stride[j.tile_dim];
  const T* from = src + at.src + band;
  T* to = dst + at.dst + band * dst_step;
  for (int64_t k = 0; k < j.dims[last]; k += kTile) {
    const int64_t width = std::min(kTile, j.dims[last] - k);
    for (int64_t i = 0; i < height; ++i) {
      for (int64_t c = 0; c < width; ++c) {
        to[i * dst_step + k + c] = from[i + (k + c) * src_step];
      }
    }
  }
}

}  // namespace

void finish_copy(CopyJob* job) {
  CopyJob& j = *job;
  int64_t count = 1;
  for (int d = 0; d < j.rank; ++d) count *= j.dims[d];
  if (count == 0) {
    j.chunks = 0;
    return;
  }
  coalesce(&j);
  const int last = j.rank - 1;
  j.rows = count / j.dims[last];
  j.columns = j.dims[last];
  j.kind = CopyJob::Kind::kElements;
  if (j.dst_stride[last] == 1 && j.src_stride[last] == 1) {
    j.kind = CopyJob::Kind::kRows;
    j.columns = std::min(j.columns, kChunkBytes / static_cast<int64_t>(j.size));
  } else if (j.dst_stride[last] == 1) {
    for (int d = 0; d < last; ++d) {
      if (j.src_stride[d] != 1) continue;
      j.kind = CopyJob::Kind::kTiles;
      j.tile_dim = d;
    }
  }
  if (j.kind == CopyJob::Kind::kTiles) {
    j.chunks = j.rows / j.dims[j.tile_dim] * ((j.dims[j.tile_dim] + kTile - 1) / kTile);
    return;
  }
  const int64_t bytes = j.columns * static_cast<int64_t>(j.size);
  j.row_chunk = std::max<int64_t>(1, kChunkBytes / bytes);
  const int64_t column_chunks = (j.dims[last] + j.columns - 1) / j.columns;
  j.chunks = (j.rows + j.row_chunk - 1) / j.row_chunk * column_chunks;
}

void run_copy_chunk(const CopyJob& job, const void* src, void* dst, int64_t chunk) {
  if (job.kind == CopyJob::Kind::kRows) {
    copy_rows(job, static_cast<const std::byte*>(src), static_cast<std::byte*>(dst), chunk);
    return;
  }
  dispatch_size(job.size, [&](auto zero) {
    using T = decltype(zero);
    const T* from = static_cast<const T*>(src);
    T* to = static_cast<T*>(dst);
    if (job.kind == CopyJob::Kind::kTiles) {
      copy_tiles(job, from, to, chunk);
    } else {
      copy_elements(job, from, to, chunk);
    }
  });
}

void run_copy(const CopyJob& job, const void* src, void* dst, ParallelFor* parallel) {
  (*parallel)(job.chunks, [&](int64_t chunk, int) { run_copy_chunk(job, src, dst, chunk); });
}

Dims memory_dims(const Dims& dims, Layout layout) {
  const int64_t block = block_of(layout);
  if (block == 1) return dims;
  Dims view = dims;
  view[1] = (dims[1] + block - 1) / block;
  view.push_back(block);
  return view;
}

void row_strides(const Dims& dims, int64_t* stride) {
  int64_t step = 1;
  for (size_t d = dims.size(); d-- > 0;) {
    stride[d] = step;
    step *= dims[d];
  }
}

}  // namespace poacl
