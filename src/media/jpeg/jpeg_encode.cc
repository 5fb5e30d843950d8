#include "media/jpeg/jpeg_encode.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <new>

#include "acl/acl_base.h"
#include "media/jpeg/jpeg_library.h"
#include "media/jpeg/sample_rows.h"
#include "media/picture_check.h"

namespace poacl::media {
namespace {

constexpr PixelFormat kLastSource = PixelFormat::kVyuy422;  // formats 0..10

int32_t up(int32_t value, int32_t step) {
  return (value + step - 1) / step * step;
}

// Where the samples of a packed 4:2:2 pair stand: the first luma one, U and V.
struct PackedOrder {
  int luma = 0;
  int u = 0;
  int v = 0;
};
PackedOrder packed_order(const FormatInfo& format) {
  const std::array<char, 4>& samples = format.planes[0].samples;
  const auto at = [&samples](char name) {
    return static_cast<int>(std::ranges::find(samples, name) - samples.begin());
  };
  return {at('Y'), at('U'), at('V')};
}

// The rows of one MCU row, as planes whose width is whole blocks.
class SourceRows {
 public:
  explicit SourceRows(const Picture& picture)
      : picture_(picture),
        format_(format_info(picture.format)),
        luma_(plane(picture, 0)),
        chroma_(plane(picture, format_.plane_count - 1)),
        packed_(format_.plane_count == 1 && format_.model == ColourModel::kYuv),
        order_(packed_order(format_)),
        luma_stride_(up(picture.width, DCTSIZE << format_.chroma_shift_x)),
        chroma_stride_(luma_stride_ >> format_.chroma_shift_x) {}

  int components() const { return format_.model == ColourModel::kGray ? 1 : 3; }
  int luma_rows() const { return DCTSIZE << format_.chroma_shift_y; }

  Status allocate();
  // Points `arrays` at the rows from luma row `row` on. Rows below the picture repeat the last.
  void fill(int32_t row);
  JSAMPIMAGE arrays() { return arrays_; }

 private:
  void fill_packed(int32_t row);
  void fill_luma(int32_t row);
  void fill_chroma(int32_t row);

  const Picture& picture_;
  const FormatInfo& format_;
  const Plane luma_;
  const Plane chroma_;  // the interleaved plane, if there is one
  const bool packed_;
  const PackedOrder order_;
  const int32_t luma_stride_;
  const int32_t chroma_stride_;
  std::unique_ptr<uint8_t[]> scratch_;
  uint8_t* planes_[3] = {};
  uint8_t* mixed_ = nullptr;  // U and V of one packed row
  JSAMPROW rows_[3][2 * DCTSIZE] = {};
  JSAMPARRAY arrays_[3] = {rows_[0], rows_[1], rows_[2]};
};

Status SourceRows::allocate() {
  const size_t luma = static_cast<size_t>(luma_stride_) * luma_rows();
  const size_t chroma = static_cast<size_t>(chroma_stride_) * DCTSIZE;
  scratch_.reset(new (std::nothrow) uint8_t[luma + 2 * chroma + static_cast<size_t>(luma_stride_)]);
  if (scratch_ == nullptr) return {ACL_ERROR_BAD_ALLOC, "no memory for rows of a picture"};
  planes_[0] = scratch_.get();
  planes_[1] = planes_[0] + luma;
  planes_[2] = planes_[1] + chroma;
  mixed_ = planes_[2] + chroma;
  for (int r = 0; r < luma_rows(); ++r) rows_[0][r] = planes_[0] + r * int64_t{luma_stride_};
  for (int r = 0; r < DCTSIZE; ++r) {
    for (int i = 1; i < 3; ++i) rows_[i][r] = planes_[i] + r * int64_t{chroma_stride_};
  }
  return {};
}

void repeat_last(uint8_t* row, int32_t used, int32_t all) {
  std::memset(row + used, row[used - 1], static_cast<size_t>(all - used));
}

// Both chroma rows and luma of packed 4:2:2, where one luma row has one of chroma.
void SourceRows::fill_packed(int32_t row) {
  const int32_t pairs = luma_.width;
  for (int32_t r = 0; r < luma_rows(); ++r) {
    const uint8_t* in = luma_.data + std::min(row + r, picture_.height - 1) * luma_.stride;
    uint8_t* y = rows_[0][r];
    every_second(in, order_.luma, y, pairs * 2);
    // Every second byte is chroma, U and V in turn.
    uint8_t* first = rows_[order_.u < order_.v ? 1 : 2][r];
    uint8_t* second = rows_[order_.u < order_.v ? 2 : 1][r];
    every_second(in, 1 - order_.luma, mixed_, pairs * 2);
    deinterleave_row(mixed_, first, second, pairs);
    // The second luma sample of a pair that the width cuts is no part of the picture.
    repeat_last(y, picture_.width, luma_stride_);
    repeat_last(first, pairs, chroma_stride_);
    repeat_last(second, pairs, chroma_stride_);
  }
}

// Copied even when whole blocks could be read in place: the transform takes 8 bytes of 8 rows at a
// time, which is slow from memory that no cache holds yet.
void SourceRows::fill_luma(int32_t row) {
  for (int32_t r = 0; r < luma_rows(); ++r) {
    const uint8_t* in = luma_.data + std::min(row + r, picture_.height - 1) * luma_.stride;
    std::memcpy(rows_[0][r], in, static_cast<size_t>(picture_.width));
    repeat_last(rows_[0][r], picture_.width, luma_stride_);
  }
}

void SourceRows::fill_chroma(int32_t row) {
  const bool v_first = format_.planes[1].samples[0] == 'V';
  for (int32_t r = 0; r < DCTSIZE; ++r) {
    const int32_t line = std::min((row >> format_.chroma_shift_y) + r, chroma_.height - 1);
    uint8_t* u = rows_[v_first ? 2 : 1][r];
    uint8_t* v = rows_[v_first ? 1 : 2][r];
    deinterleave_row(chroma_.data + line * chroma_.stride, u, v, chroma_.width);
    repeat_last(u, chroma_.width, chroma_stride_);
    repeat_last(v, chroma_.width, chroma_stride_);
  }
}

void SourceRows::fill(int32_t row) {
  if (packed_) return fill_packed(row);
  fill_luma(row);
  if (components() == 3) fill_chroma(row);
}

void encode(jpeg_compress_struct& file, SourceRows& rows, const Picture& picture, int quality) {
  const FormatInfo& format = format_info(picture.format);
  file.image_width = static_cast<JDIMENSION>(picture.width);
  file.image_height = static_cast<JDIMENSION>(picture.height);
  file.input_components = rows.components();
  file.in_color_space = rows.components() == 1 ? JCS_GRAYSCALE : JCS_YCbCr;
  jpeg_set_defaults(&file);
  jpeg_set_quality(&file, quality, TRUE);
  file.raw_data_in = TRUE;
  file.comp_info[0].h_samp_factor = 1 << format.chroma_shift_x;
  file.comp_info[0].v_samp_factor = 1 << format.chroma_shift_y;
  jpeg_start_compress(&file, TRUE);
  for (int32_t row = 0; row < picture.height; row += rows.luma_rows()) {
    rows.fill(row);
    jpeg_write_raw_data(&file, rows.arrays(), static_cast<JDIMENSION>(rows.luma_rows()));
  }
  jpeg_finish_compress(&file);
}

}  // namespace

Status check_jpeg_source(const Picture& picture) {
  const auto number = static_cast<int32_t>(picture.format);
  if (number < 0 || number > static_cast<int32_t>(kLastSource)) {
    const FormatInfo* format = find_format(number);
    return {
        ACL_ERROR_INVALID_PARAM,
        fmt::format("the JPEG encoder does not take {} ({}); pass YUV/YVU_SEMIPLANAR_420 (1, 2) "
                    "or a packed 4:2:2 format (7 to 10), here also 0 and 3 to 6",
                    format ? format->name : "unknown pixels", number)};
  }
  if (std::max(picture.width, picture.height) > JPEG_MAX_DIMENSION) {
    return {ACL_ERROR_INVALID_PARAM,
            fmt::format("a picture of {} x {} for the JPEG encoder; sides go up to {}",
                        picture.width, picture.height, JPEG_MAX_DIMENSION)};
  }
  return check_picture(picture, "input picture of the JPEG encoder", false);
}

size_t max_jpeg_bytes(const Picture& picture) {
  const FormatInfo& format = format_info(picture.format);
  const int32_t unit_x = DCTSIZE << format.chroma_shift_x;
  const int32_t unit_y = DCTSIZE << format.chroma_shift_y;
  // Two bytes a sample, and room for the headers.
  const size_t luma = static_cast<size_t>(up(picture.width, unit_x)) * up(picture.height, unit_y);
  const int shift = format.chroma_shift_x + format.chroma_shift_y;
  const size_t chroma = format.model == ColourModel::kGray ? 0 : 2 * (luma >> shift);
  return 2 * (luma + chroma) + 2048;
}

Result<size_t> encode_jpeg(const Picture& picture, int quality, std::span<uint8_t> out) {
  POACL_RETURN_IF_ERROR(check_jpeg_source(picture));
  POACL_RETURN_IF_ERROR(check_picture(picture, "input picture of the JPEG encoder"));
  if (quality < 0 || quality > 100) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("JPEG level {}; pass 1 to 100, or 0 for the best", quality));
  }
  SourceRows rows(picture);
  POACL_RETURN_IF_ERROR(rows.allocate());
  JpegWriter writer;
  POACL_RETURN_IF_ERROR(writer.open(out));
  Status status = writer.run([&writer, &rows, &picture, quality] {
    encode(writer.info(), rows, picture, quality == 0 ? 100 : quality);
  });
  if (status.ok() && writer.written() > out.size()) status = writer.no_room();
  if (!status.ok()) {
    return Status(status.code(),
                  fmt::format("{} x {} pixels of {}, level {}: {}; {} bytes are always enough",
                              picture.width, picture.height, format_info(picture.format).name,
                              quality, status.message(), max_jpeg_bytes(picture)));
  }
  return writer.written();
}

}  // namespace poacl::media
