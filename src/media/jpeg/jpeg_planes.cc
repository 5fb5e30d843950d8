#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#include "acl/acl_base.h"
#include "media/jpeg/jpeg_paths.h"

namespace poacl::media {
namespace {

constexpr int kMaxRows = MAX_SAMP_FACTOR * DCTSIZE;

// Rows of one plane that one call of the library fills.
struct PlaneRows {
  uint8_t* scratch = nullptr;
  int64_t stride = 0;  // whole blocks
  int32_t rows = 0;
  JSAMPROW pointers[kMaxRows] = {};
};

class PlaneDecoder {
 public:
  PlaneDecoder(jpeg_decompress_struct& file, const JpegInfo& info, const Picture& out)
      : file_(file),
        out_(out),
        luma_(plane(out, 0)),
        turn_(turn_of_orientation(info.orientation)),
        writer_(out, turn_, jpeg_chroma_shift_x(info.sampling),
                jpeg_chroma_shift_y(info.sampling)) {}

  Status allocate();
  void decode();  // guarded

 private:
  bool luma_has_room(int32_t row) const;
  bool point_luma(int32_t row);
  SampleStrip strip_of(int index, int32_t row) const;

  jpeg_decompress_struct& file_;
  const Picture& out_;
  const Plane luma_;
  const Turn turn_;
  PictureWriter writer_;
  PlaneRows planes_[3];
  std::unique_ptr<uint8_t[]> scratch_;
};

Status PlaneDecoder::allocate() {
  size_t bytes = 0;
  for (int i = 0; i < file_.num_components; ++i) {
    const jpeg_component_info& component = file_.comp_info[i];
    planes_[i].stride = int64_t{component.width_in_blocks} * DCTSIZE;
    planes_[i].rows = component.v_samp_factor * DCTSIZE;
    bytes += static_cast<size_t>(planes_[i].stride) * planes_[i].rows;
  }
  scratch_.reset(new (std::nothrow) uint8_t[bytes]);
  if (scratch_ == nullptr) return {ACL_ERROR_BAD_ALLOC, "no memory for rows of a JPEG file"};
  uint8_t* next = scratch_.get();
  for (int i = 0; i < file_.num_components; ++i) {
    planes_[i].scratch = next;
    next += planes_[i].stride * planes_[i].rows;
    for (int r = 0; r < planes_[i].rows; ++r) {
      planes_[i].pointers[r] = planes_[i].scratch + r * planes_[i].stride;
    }
  }
  return writer_.allocate();
}

bool PlaneDecoder::luma_has_room(int32_t row) const {
  const int64_t offset = row * luma_.stride;
  return planes_[0].stride <= luma_.stride &&
         offset + planes_[0].stride <= static_cast<int64_t>(out_.size);
}

// Luma goes straight to its place if no row is turned and all of this strip have room for whole
// blocks; rows below the picture go to scratch.
bool PlaneDecoder::point_luma(int32_t row) {
  if (turn_.mirror_x || turn_.mirror_y || turn_.exchange) return false;
  const int32_t used = std::min(planes_[0].rows, writer_.height() - row);
  const bool direct = luma_has_room(row + used - 1);
  for (int32_t r = 0; r < planes_[0].rows; ++r) {
    planes_[0].pointers[r] = direct && r < used ? luma_.data + (row + r) * luma_.stride
                                                : planes_[0].scratch + r * planes_[0].stride;
  }
  return direct;
}

SampleStrip PlaneDecoder::strip_of(int index, int32_t row) const {
  return {planes_[index].scratch, nullptr, planes_[index].stride, row, planes_[index].rows};
}

void PlaneDecoder::decode() {
  file_.raw_data_out = TRUE;
  file_.do_fancy_upsampling = FALSE;
  jpeg_start_decompress(&file_);
  JSAMPARRAY arrays[3] = {planes_[0].pointers, planes_[1].pointers, planes_[2].pointers};
  const bool colour = file_.num_components == 3;
  int32_t chroma_row = 0;
  for (int32_t row = 0; row < writer_.height(); row += planes_[0].rows) {
    const bool direct = point_luma(row);
    if (jpeg_read_raw_data(&file_, arrays, static_cast<JDIMENSION>(planes_[0].rows)) == 0) break;
    if (!direct) writer_.luma(strip_of(0, row));
    if (!colour) continue;
    SampleStrip chroma = strip_of(1, chroma_row);
    chroma.second = planes_[2].scratch;
    writer_.chroma(chroma);
    chroma_row += planes_[1].rows;
  }
  if (!colour && out_.format != PixelFormat::kYuv400) writer_.neutral_chroma();
}

}  // namespace

Status decode_jpeg_planes(JpegReader& reader, const JpegInfo& info, const Picture& out) {
  PlaneDecoder decoder(reader.info(), info, out);
  POACL_RETURN_IF_ERROR(decoder.allocate());
  return reader.run([&decoder] { decoder.decode(); });
}

}  // namespace poacl::media
