#include "media/vpc/histogram.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <vector>

#include "acl/acl_base.h"
#include "media/vpc/lane.h"

namespace poacl::media {
namespace {

constexpr int32_t kRowsPerChunk = 64;
constexpr size_t kAlpha = 3;
// Equal neighbours would wait for each other's count in one table.
constexpr size_t kTables = 4;

struct Counts {
  uint32_t bins[3][kTables][256] = {};
};

struct RowChunk {
  size_t lane;
  int32_t first_row;
  int32_t end_row;
};

std::vector<RowChunk> row_chunks(const Lanes& lanes) {
  std::vector<RowChunk> chunks;
  for (size_t i = 0; i < static_cast<size_t>(lanes.count); ++i) {
    const int32_t height = lanes.lane[i].height;
    for (int32_t row = 0; row < height; row += kRowsPerChunk) {
      chunks.push_back({i, row, std::min(row + kRowsPerChunk, height)});
    }
  }
  return chunks;
}

void count_row(const uint8_t* sample, int32_t step, int32_t n, uint32_t (*bins)[256]) {
  int32_t x = 0;
  for (; x + 4 <= n; x += 4, sample += int64_t{4} * step) {
    ++bins[0][sample[0]];
    ++bins[1][sample[step]];
    ++bins[2][sample[2 * step]];
    ++bins[3][sample[3 * step]];
  }
  for (; x < n; ++x, sample += step) ++bins[0][*sample];
}

void count(const Lanes& lanes, const RowChunk& chunk, Counts& counts) {
  const Lane& lane = lanes.lane[chunk.lane];
  for (int32_t y = chunk.first_row; y < chunk.end_row; ++y) {
    for (int c = 0; c < lane.components; ++c) {
      const size_t component = component_of(lane, c);
      if (component == kAlpha) continue;
      count_row(lane.at(0, y) + c, lane.step, lane.width, counts.bins[component]);
    }
  }
}

void count_all(const Picture& picture, Histogram& result, ParallelFor& parallel) {
  const Lanes lanes = lanes_of(picture);
  const std::vector<RowChunk> chunks = row_chunks(lanes);
  std::vector<Counts> counts(static_cast<size_t>(parallel.width()));
  parallel(static_cast<int64_t>(chunks.size()), [&](int64_t i, int worker) {
    count(lanes, chunks[static_cast<size_t>(i)], counts[static_cast<size_t>(worker)]);
  });
  result = {};
  for (const Counts& of_worker : counts) {
    for (size_t c = 0; c < 3; ++c) {
      for (const auto& table : of_worker.bins[c]) {
        for (size_t value = 0; value < 256; ++value) result[c][value] += table[value];
      }
    }
  }
}

void apply_row(const Lane& from, const Lane& to, int32_t y, const LookupTables& tables) {
  for (int c = 0; c < from.components; ++c) {
    const uint8_t* in = from.at(0, y) + c;
    uint8_t* out = to.at(0, y) + c;
    const size_t component = component_of(from, c);
    const int64_t step = from.step;
    if (component == kAlpha) {
      for (int32_t x = 0; x < from.width; ++x) out[x * step] = in[x * step];
      continue;
    }
    const auto& table = tables[component];
    for (int32_t x = 0; x < from.width; ++x) out[x * step] = table[in[x * step]];
  }
}

}  // namespace

Status calc_hist(const Picture& picture, Histogram& result, ParallelFor& parallel) {
  try {
    count_all(picture, result, parallel);
  } catch (const std::bad_alloc&) {
    return {ACL_ERROR_BAD_ALLOC,
            fmt::format("no memory for the counts of {} workers", parallel.width())};
  }
  return {};
}

Status check_apply_tables(const Picture& source, const Picture& destination) {
  if (source.format == destination.format && source.width == destination.width &&
      source.height == destination.height) {
    return {};
  }
  const auto describe = [](const Picture& p) {
    return fmt::format("{} x {} pixels of {}", p.width, p.height, format_info(p.format).name);
  };
  return {ACL_ERROR_INVALID_PARAM,
          fmt::format("the output is {}, the input {}; remapping changes neither size nor format, "
                      "make the output as the input",
                      describe(destination), describe(source))};
}

void apply_tables(const Picture& source, const Picture& destination, const LookupTables& tables,
                  ParallelFor& parallel) {
  const Lanes from = lanes_of(source);
  const Lanes to = lanes_of(destination);
  // All lanes of a group of rows in one chunk: nothing to allocate.
  const int64_t chunks = (int64_t{source.height} + kRowsPerChunk - 1) / kRowsPerChunk;
  parallel(chunks, [&](int64_t chunk, int) {
    for (size_t i = 0; i < static_cast<size_t>(from.count); ++i) {
      const Lane& lane = from.lane[i];
      const int64_t rows = kRowsPerChunk >> lane.shift_y;
      const int64_t end = std::min<int64_t>((chunk + 1) * rows, lane.height);
      for (int64_t y = chunk * rows; y < end; ++y) {
        apply_row(lane, to.lane[i], static_cast<int32_t>(y), tables);
      }
    }
  });
}

}  // namespace poacl::media
