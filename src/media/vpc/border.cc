#include "media/vpc/border.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <vector>

#include "acl/acl_base.h"
#include "media/vpc/border_index.h"
#include "media/vpc/fixed_csc.h"
#include "media/vpc/lane.h"

namespace poacl::media {
namespace {

constexpr int32_t kRowsPerChunk = 32;

// Rows of one lane of one destination.
struct FillChunk {
  Lane lane;   // whole
  Lane inner;  // the part that is there already
  int32_t left;
  int32_t top;
  BorderType type;
  std::array<uint8_t, 4> pixel;  // of kConstant, in the lane's order
  int32_t first_row;
  int32_t end_row;
};

// By component_index of the destination.
std::array<uint8_t, 4> destination_value(const TransformJob& job, const Border& border,
                                         const Csc& csc) {
  const bool from_rgb = format_info(job.source.format).model == ColourModel::kRgb;
  const bool to_rgb = format_info(job.destination.format).model == ColourModel::kRgb;
  if (to_rgb || !from_rgb) return border.value;
  const auto yuv = rgb_to_yuv(csc, {border.value[0], border.value[1], border.value[2]});
  return {yuv[0], yuv[1], yuv[2], border.value[3]};
}

void fill_run(const FillChunk& chunk, uint8_t* out, int32_t positions) {
  const auto n = static_cast<size_t>(chunk.lane.components);
  for (int32_t i = 0; i < positions; ++i, out += chunk.lane.step) {
    std::memcpy(out, chunk.pixel.data(), n);
  }
}

// Positions [first, end) of the lane from the inner row they mirror.
void mirror_run(const FillChunk& chunk, const uint8_t* inner_row, uint8_t* row, int32_t first,
                int32_t end) {
  const auto n = static_cast<size_t>(chunk.lane.components);
  const int64_t step = chunk.lane.step;
  for (int32_t x = first; x < end; ++x) {
    const int32_t from = border_index(chunk.type, x - chunk.left, chunk.inner.width);
    std::memcpy(row + x * step, inner_row + from * step, n);
  }
}

void fill_row(const FillChunk& chunk, int32_t y) {
  const Lane& lane = chunk.lane;
  const int32_t inner_y = y - chunk.top;
  const bool inside = inner_y >= 0 && inner_y < chunk.inner.height;
  uint8_t* row = lane.at(0, y);
  const int32_t right = chunk.left + chunk.inner.width;
  if (chunk.type == BorderType::kConstant) {
    if (!inside) return fill_run(chunk, row, lane.width);
    fill_run(chunk, row, chunk.left);
    fill_run(chunk, lane.at(right, y), lane.width - right);
    return;
  }
  const uint8_t* inner_row =
      chunk.inner.at(0, border_index(chunk.type, inner_y, chunk.inner.height));
  mirror_run(chunk, inner_row, row, 0, chunk.left);
  if (!inside) {
    if (lane.contiguous()) {
      std::memcpy(lane.at(chunk.left, y), inner_row,
                  static_cast<size_t>(chunk.inner.width) * static_cast<size_t>(lane.components));
    } else {
      mirror_run(chunk, inner_row, row, chunk.left, right);
    }
  }
  mirror_run(chunk, inner_row, row, right, lane.width);
}

void add_chunks(const TransformJob& job, const Border& border, const Csc& csc,
                std::vector<FillChunk>& chunks) {
  const auto value = destination_value(job, border, csc);
  const Lanes lanes = lanes_of(job.destination);
  const Rect& paste = job.region.paste;
  for (int i = 0; i < lanes.count; ++i) {
    FillChunk chunk = {};
    chunk.lane = lanes.lane[static_cast<size_t>(i)];
    chunk.inner = cut(chunk.lane, paste);
    chunk.left = paste.left >> chunk.lane.shift_x;
    chunk.top = paste.top >> chunk.lane.shift_y;
    chunk.type = border.type;
    for (int c = 0; c < chunk.lane.components; ++c) {
      chunk.pixel[static_cast<size_t>(c)] = value[component_of(chunk.lane, c)];
    }
    for (int32_t row = 0; row < chunk.lane.height; row += kRowsPerChunk) {
      chunk.first_row = row;
      chunk.end_row = std::min(row + kRowsPerChunk, chunk.lane.height);
      chunks.push_back(chunk);
    }
  }
}

void fill(std::span<const TransformJob> jobs, std::span<const Border> borders, const Csc& csc,
          ParallelFor& parallel) {
  std::vector<FillChunk> chunks;
  for (size_t i = 0; i < jobs.size(); ++i) add_chunks(jobs[i], borders[i], csc, chunks);
  parallel(static_cast<int64_t>(chunks.size()), [&](int64_t i, int) {
    const FillChunk& chunk = chunks[static_cast<size_t>(i)];
    for (int32_t y = chunk.first_row; y < chunk.end_row; ++y) fill_row(chunk, y);
  });
}

}  // namespace

Status check_border_type(int64_t number, bool after_resize) {
  if (number == 4) {
    return {ACL_ERROR_FEATURE_UNSUPPORTED,
            "border type 4 (wrap) is not supported; use 0 constant, 1 replicate, 2 reflect or 3 "
            "reflect 101"};
  }
  const int64_t last = after_resize ? 1 : 3;
  if (number >= 0 && number <= last) return {};
  return {
      ACL_ERROR_INVALID_PARAM,
      fmt::format("border type {}; {} take 0 constant{}", number,
                  after_resize ? "calls that crop and resize" : "calls that only add a border",
                  after_resize ? " or 1 replicate" : ", 1 replicate, 2 reflect or 3 reflect 101")};
}

Status make_border(std::span<const TransformJob> jobs, std::span<const Border> borders,
                   const TransformOptions& options, ParallelFor& parallel) {
  POACL_RETURN_IF_ERROR(transform(jobs, options, parallel));
  try {
    fill(jobs, borders, options.csc == nullptr ? csc(CscMatrix::kBt601Wide) : *options.csc,
         parallel);
  } catch (const std::bad_alloc&) {
    return {ACL_ERROR_BAD_ALLOC,
            fmt::format("no memory for the list of rows of {} bordered pictures", jobs.size())};
  }
  return {};
}

Status make_border(const TransformJob& job, const Border& border, const TransformOptions& options,
                   ParallelFor& parallel) {
  return make_border(std::span(&job, 1), std::span(&border, 1), options, parallel);
}

}  // namespace poacl::media
