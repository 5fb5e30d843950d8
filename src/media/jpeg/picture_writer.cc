#include "media/jpeg/picture_writer.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "acl/acl_base.h"
#include "media/jpeg/sample_rows.h"

namespace poacl::media {
namespace {

constexpr int32_t kTileColumns = 64;
constexpr int32_t kTileRows = 32;

int32_t halved(int32_t value, int shift) {
  return (value + (1 << shift) - 1) >> shift;
}

// Brings row `row` of the wanted plane together from the rows of a strip.
struct ChromaFit {
  int shift_x;  // what comes in
  int shift_y;
  int wanted_x;
  int wanted_y;
  int32_t in_width;
  int32_t width;

  void make(const uint8_t* upper, const uint8_t* lower, uint8_t* out) const {
    const bool halve_x = wanted_x > shift_x;
    if (halve_x && lower != nullptr) {
      average_quads(upper, lower, out, in_width);
    } else if (halve_x) {
      average_pairs(upper, out, in_width);
    } else if (wanted_x < shift_x && lower != nullptr) {
      // Averaged to the left half, then doubled from a place that is not overwritten before.
      uint8_t* narrow = out + width;
      average_rows(upper, lower, narrow, in_width);
      double_row(narrow, out, width);
    } else if (wanted_x < shift_x) {
      double_row(upper, out, width);
    } else if (lower != nullptr) {
      average_rows(upper, lower, out, in_width);
    } else {
      std::memcpy(out, upper, static_cast<size_t>(width));
    }
  }
};

}  // namespace

Turn turn_of_orientation(int orientation) {
  switch (orientation) {
    case 2:
      return {true, false, false};
    case 3:
      return {true, true, false};
    case 4:
      return {false, true, false};
    case 5:
      return {false, false, true};
    case 6:
      return {false, true, true};
    case 7:
      return {true, true, true};
    case 8:
      return {true, false, true};
    default:
      return {};
  }
}

PictureWriter::PictureWriter(const Picture& out, const Turn& turn, int chroma_shift_x,
                             int chroma_shift_y)
    : out_(out),
      turn_(turn),
      width_(turn.exchange ? out.height : out.width),
      height_(turn.exchange ? out.width : out.height),
      chroma_width_(halved(width_, chroma_shift_x)),
      chroma_height_(halved(height_, chroma_shift_y)),
      shift_x_(chroma_shift_x),
      shift_y_(chroma_shift_y) {
  const FormatInfo& info = format_info(out.format);
  wanted_shift_x_ = info.chroma_shift_x;
  wanted_shift_y_ = info.chroma_shift_y;
  if (turn.exchange) std::swap(wanted_shift_x_, wanted_shift_y_);
}

Status PictureWriter::allocate() {
  if (shift_x_ == wanted_shift_x_ && shift_y_ == wanted_shift_y_) return {};
  // Fitted rows for a tile of rows, two planes; a fitted row may need a second half to work in.
  row_bytes_ = 2 * (int64_t{width_} + 32);
  const int64_t bytes = row_bytes_ * kTileRows * 2;
  rows_.reset(new (std::nothrow) uint8_t[static_cast<size_t>(bytes)]);
  if (rows_ == nullptr) return {ACL_ERROR_BAD_ALLOC, "no memory for rows of chroma"};
  return {};
}

void PictureWriter::put(const Plane& plane, const SampleStrip& strip, int32_t width,
                        int32_t height) const {
  if (turn_.exchange) return put_exchanged(plane, strip, width, height);
  const int32_t rows = std::min(strip.rows, height - strip.row);
  uint8_t turned[2][512];
  for (int32_t r = 0; r < rows; ++r) {
    const int32_t row = strip.row + r;
    uint8_t* out = plane.data + (turn_.mirror_y ? height - 1 - row : row) * plane.stride;
    const uint8_t* first = strip.first + r * strip.stride;
    const uint8_t* second = strip.second ? strip.second + r * strip.stride : nullptr;
    if (!turn_.mirror_x) {
      if (second) {
        interleave_row(first, second, out, width);
      } else {
        std::memcpy(out, first, static_cast<size_t>(width));
      }
      continue;
    }
    if (!second) {
      reverse_row(first, out, width);
      continue;
    }
    for (int32_t at = 0; at < width; at += 512) {
      const int32_t count = std::min(512, width - at);
      reverse_row(first + width - at - count, turned[0], count);
      reverse_row(second + width - at - count, turned[1], count);
      interleave_row(turned[0], turned[1], out + 2 * at, count);
    }
  }
}

// A stored row becomes a column. Tiles keep both sides of the exchange in the first cache.
void PictureWriter::put_exchanged(const Plane& plane, const SampleStrip& strip, int32_t width,
                                  int32_t height) const {
  uint8_t turned[2][kTileColumns * kTileRows];
  const int32_t all_rows = std::min(strip.rows, height - strip.row);
  for (int32_t r = 0; r < all_rows; r += kTileRows) {
    const int32_t rows = std::min(kTileRows, all_rows - r);
    const int32_t row = strip.row + r;
    const int32_t column = turn_.mirror_y ? height - row - rows : row;  // of the output
    // Mirrored rows are read from the last one up.
    const int64_t begin = (turn_.mirror_y ? r + rows - 1 : r) * strip.stride;
    const int64_t stride = turn_.mirror_y ? -strip.stride : strip.stride;
    for (int32_t c = 0; c < width; c += kTileColumns) {
      const int32_t columns = std::min(kTileColumns, width - c);
      uint8_t* out = plane.data + (turn_.mirror_x ? width - 1 - c : c) * plane.stride +
                     int64_t{column} * plane.components;
      const int64_t out_stride = turn_.mirror_x ? -plane.stride : plane.stride;
      if (!strip.second) {
        transpose(strip.first + begin + c, stride, rows, columns, out, out_stride);
        continue;
      }
      transpose(strip.first + begin + c, stride, rows, columns, turned[0], kTileRows);
      transpose(strip.second + begin + c, stride, rows, columns, turned[1], kTileRows);
      for (int32_t i = 0; i < columns; ++i) {
        interleave_row(turned[0] + i * kTileRows, turned[1] + i * kTileRows, out + i * out_stride,
                       rows);
      }
    }
  }
}

void PictureWriter::luma(const SampleStrip& strip) const {
  put(plane(out_, 0), strip, width_, height_);
}

void PictureWriter::chroma(const SampleStrip& strip) {
  SampleStrip ordered = strip;
  const FormatInfo& info = format_info(out_.format);
  if (info.planes[1].samples[0] == 'V') std::swap(ordered.first, ordered.second);
  const Plane place = plane(out_, 1);
  const int32_t width = halved(width_, wanted_shift_x_);
  const int32_t height = halved(height_, wanted_shift_y_);
  if (shift_x_ == wanted_shift_x_ && shift_y_ == wanted_shift_y_) {
    return put(place, ordered, width, height);
  }
  const ChromaFit fit = {shift_x_,        shift_y_,      wanted_shift_x_,
                         wanted_shift_y_, chroma_width_, width};
  const int32_t rows = std::min(strip.rows, chroma_height_ - strip.row);
  const bool halve = wanted_shift_y_ > shift_y_;
  const bool twice = wanted_shift_y_ < shift_y_;
  SampleStrip fitted = {rows_.get(), rows_.get() + kTileRows * row_bytes_, row_bytes_, 0, 0};
  fitted.row = halve ? strip.row / 2 : twice ? strip.row * 2 : strip.row;
  for (int32_t r = 0; r < rows; r += halve ? 2 : 1) {
    const bool lower = halve && r + 1 < rows;
    const uint8_t* in[2] = {ordered.first + r * strip.stride, ordered.second + r * strip.stride};
    uint8_t* out[2] = {rows_.get() + fitted.rows * row_bytes_,
                       rows_.get() + (kTileRows + fitted.rows) * row_bytes_};
    for (int i = 0; i < 2; ++i) {
      fit.make(in[i], lower ? in[i] + strip.stride : nullptr, out[i]);
      if (twice) std::memcpy(out[i] + row_bytes_, out[i], static_cast<size_t>(width));
    }
    fitted.rows += twice ? 2 : 1;
    if (fitted.rows + 2 > kTileRows) {
      put(place, fitted, width, height);
      fitted.row += fitted.rows;
      fitted.rows = 0;
    }
  }
  if (fitted.rows > 0) put(place, fitted, width, height);
}

void PictureWriter::pixels(const SampleStrip& strip, int bytes) const {
  const int32_t rows = std::min(strip.rows, height_ - strip.row);
  for (int32_t r = 0; r < rows; ++r) {
    const int32_t row = strip.row + r;
    const int64_t line = turn_.mirror_y ? height_ - 1 - row : row;
    const uint8_t* in = strip.first + r * strip.stride;
    if (!turn_.exchange && !turn_.mirror_x) {
      std::memcpy(out_.data + line * out_.width_stride, in, static_cast<size_t>(width_) * bytes);
      continue;
    }
    uint8_t* out = turn_.exchange ? out_.data + line * bytes : out_.data + line * out_.width_stride;
    int64_t step = turn_.exchange ? out_.width_stride : bytes;
    if (turn_.mirror_x) {
      out += (width_ - 1) * step;
      step = -step;
    }
    for (int32_t c = 0; c < width_; ++c) {
      for (int i = 0; i < bytes; ++i) out[c * step + i] = in[c * bytes + i];
    }
  }
}

void PictureWriter::neutral_chroma() const {
  const Plane place = plane(out_, 1);
  for (int32_t r = 0; r < place.height; ++r) {
    std::memset(place.data + r * place.stride, 0x80,
                static_cast<size_t>(place.width) * place.components);
  }
}

}  // namespace poacl::media
