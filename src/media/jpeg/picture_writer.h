// Writes strips of a decoded picture into its place: turned as EXIF says, chroma brought to the
// output's sampling and interleaved.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/status.h"
#include "media/picture.h"

namespace poacl::media {

// What becomes of stored rows and columns: mirrored first, then exchanged.
struct Turn {
  bool mirror_x = false;
  bool mirror_y = false;
  bool exchange = false;
};
Turn turn_of_orientation(int orientation);

// Rows of one or two planes as they were stored.
struct SampleStrip {
  const uint8_t* first = nullptr;
  const uint8_t* second = nullptr;  // null: one plane
  int64_t stride = 0;               // of both
  int32_t row = 0;                  // where the strip begins in its plane
  int32_t rows = 0;
};

class PictureWriter {
 public:
  // `out` has been checked. The stored picture has out's sides, exchanged if the turn does that;
  // its chroma has 1 / 2^shift of them, rounded up.
  PictureWriter(const Picture& out, const Turn& turn, int chroma_shift_x, int chroma_shift_y);

  // 200000.
  Status allocate();

  // Sides of the stored picture that are used: luma, and chroma as it comes in.
  int32_t width() const { return width_; }
  int32_t height() const { return height_; }
  int32_t chroma_width() const { return chroma_width_; }

  // A strip has at least the used width; rows below the used height are left out. Chroma is U and
  // V; its strips begin at even rows.
  void luma(const SampleStrip& strip) const;
  void chroma(const SampleStrip& strip);
  // Whole pixels of `bytes` bytes each, for RGB formats.
  void pixels(const SampleStrip& strip, int bytes) const;
  // Chroma of a gray picture.
  void neutral_chroma() const;

 private:
  void put(const Plane& plane, const SampleStrip& strip, int32_t width, int32_t height) const;
  void put_exchanged(const Plane& plane, const SampleStrip& strip, int32_t width,
                     int32_t height) const;

  Picture out_;
  Turn turn_;
  int32_t width_;
  int32_t height_;
  int32_t chroma_width_;  // as it comes in
  int32_t chroma_height_;
  int shift_x_;  // of the chroma that comes in
  int shift_y_;
  int wanted_shift_x_ = 0;  // of the output, in stored directions
  int wanted_shift_y_ = 0;
  std::unique_ptr<uint8_t[]> rows_;  // one row of each plane, fitted and mirrored
  int64_t row_bytes_ = 0;
};

}  // namespace poacl::media
