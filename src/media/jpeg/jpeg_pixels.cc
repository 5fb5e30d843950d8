#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#include "acl/acl_base.h"
#include "media/jpeg/jpeg_colours.h"
#include "media/jpeg/jpeg_paths.h"

namespace poacl::media {
namespace {

constexpr int32_t kRows = 16;

J_COLOR_SPACE library_space(PixelFormat format) {
  switch (format) {
    case PixelFormat::kBgr888:
      return JCS_EXT_BGR;
    case PixelFormat::kArgb8888:
      return JCS_EXT_ARGB;
    case PixelFormat::kAbgr8888:
      return JCS_EXT_ABGR;
    case PixelFormat::kRgba8888:
      return JCS_EXT_RGBA;
    case PixelFormat::kBgra8888:
      return JCS_EXT_BGRA;
    default:
      return JCS_EXT_RGB;
  }
}

class PixelDecoder {
 public:
  PixelDecoder(jpeg_decompress_struct& file, const JpegInfo& info, const Picture& out)
      : file_(file),
        info_(info),
        out_(out),
        rgb_out_(format_info(out.format).model == ColourModel::kRgb),
        inks_(info.colour == JpegColour::kCmyk || info.colour == JpegColour::kYcck),
        writer_(out, turn_of_orientation(info.orientation), 0, 0) {}

  Status allocate();
  void decode();  // guarded

 private:
  void read_rows(int32_t row, int32_t rows);
  void widen(uint8_t* line, int bytes) const;
  void write_rgb(int32_t row, int32_t rows);
  void write_planes(int32_t row, int32_t rows);

  jpeg_decompress_struct& file_;
  const JpegInfo& info_;
  const Picture& out_;
  const bool rgb_out_;
  const bool inks_;
  PictureWriter writer_;
  std::unique_ptr<uint8_t[]> scratch_;
  uint8_t* read_ = nullptr;   // kRows rows as the library gives them, up to 4 bytes a pixel
  uint8_t* mixed_ = nullptr;  // kRows rows of the output's pixels, made from inks
  uint8_t* planes_[3] = {};   // kRows rows each
  int64_t room_ = 0;          // pixels of a row
  int64_t read_stride_ = 0;
};

Status PixelDecoder::allocate() {
  room_ = int64_t{info_.width} + 1;
  read_stride_ = room_ * 4;
  const int64_t bytes = kRows * room_ * (4 + 4 + 3);
  scratch_.reset(new (std::nothrow) uint8_t[static_cast<size_t>(bytes)]);
  if (scratch_ == nullptr) return {ACL_ERROR_BAD_ALLOC, "no memory for rows of a JPEG file"};
  read_ = scratch_.get();
  mixed_ = read_ + kRows * read_stride_;
  for (int i = 0; i < 3; ++i) planes_[i] = mixed_ + kRows * room_ * (4 + i);
  return writer_.allocate();
}

// The odd side that the output rounds up repeats the last column.
void PixelDecoder::widen(uint8_t* line, int bytes) const {
  uint8_t* end = line + int64_t{info_.width} * bytes;
  for (int i = 0; i < bytes; ++i) end[i] = end[i - bytes];
}

void PixelDecoder::read_rows(int32_t row, int32_t rows) {
  const int bytes = file_.output_components;
  for (int32_t r = 0; r < rows; ++r) {
    uint8_t* line = read_ + r * read_stride_;
    if (row + r < info_.height) {
      JSAMPROW pointer = line;
      jpeg_read_scanlines(&file_, &pointer, 1);
      widen(line, bytes);
    } else {  // an odd height rounded up: never the first row of a strip
      std::memcpy(line, line - read_stride_, static_cast<size_t>(room_ * bytes));
    }
  }
}

void PixelDecoder::write_rgb(int32_t row, int32_t rows) {
  const FormatInfo& format = format_info(out_.format);
  const int bytes = format.bytes_per_pixel;
  if (!inks_) return writer_.pixels({read_, nullptr, read_stride_, row, rows}, bytes);
  const int64_t stride = room_ * 4;
  uint8_t* rgb = planes_[0];  // not needed otherwise, one row after the other
  for (int32_t r = 0; r < rows; ++r) {
    cmyk_to_rgb(read_ + r * read_stride_, file_.saw_Adobe_marker, rgb, static_cast<int32_t>(room_));
    uint8_t* pixel = mixed_ + r * stride;
    for (int64_t i = 0; i < room_; ++i) {
      for (int c = 0; c < bytes; ++c) {
        const char sample = format.planes[0].samples[c];
        *pixel++ = sample == 'A'   ? 255
                   : sample == 'R' ? rgb[3 * i]
                   : sample == 'G' ? rgb[3 * i + 1]
                                   : rgb[3 * i + 2];
      }
    }
  }
  writer_.pixels({mixed_, nullptr, stride, row, rows}, bytes);
}

void PixelDecoder::write_planes(int32_t row, int32_t rows) {
  const auto pixels = static_cast<int32_t>(room_);
  for (int32_t r = 0; r < rows; ++r) {
    const uint8_t* line = read_ + r * read_stride_;
    uint8_t* y = planes_[0] + r * room_;
    uint8_t* u = planes_[1] + r * room_;
    uint8_t* v = planes_[2] + r * room_;
    if (inks_) {
      cmyk_to_rgb(line, file_.saw_Adobe_marker, mixed_, pixels);
      rgb_to_planes(mixed_, y, u, v, pixels);
    } else if (file_.out_color_space == JCS_RGB) {
      rgb_to_planes(line, y, u, v, pixels);
    } else {
      ycc_to_planes(line, y, u, v, pixels);
    }
  }
  writer_.luma({planes_[0], nullptr, room_, row, rows});
  writer_.chroma({planes_[1], planes_[2], room_, row, rows});
}

void PixelDecoder::decode() {
  if (inks_) {
    file_.out_color_space = JCS_CMYK;
  } else if (rgb_out_) {
    file_.out_color_space = library_space(out_.format);
  } else {
    file_.out_color_space = info_.colour == JpegColour::kRgb ? JCS_RGB : JCS_YCbCr;
  }
  jpeg_start_decompress(&file_);
  for (int32_t row = 0; row < writer_.height(); row += kRows) {
    const int32_t rows = std::min(kRows, writer_.height() - row);
    read_rows(row, rows);
    rgb_out_ ? write_rgb(row, rows) : write_planes(row, rows);
  }
}

}  // namespace

Status decode_jpeg_pixels(JpegReader& reader, const JpegInfo& info, const Picture& out) {
  PixelDecoder decoder(reader.info(), info, out);
  POACL_RETURN_IF_ERROR(decoder.allocate());
  return reader.run([&decoder] { decoder.decode(); });
}

}  // namespace poacl::media
