// Colour space conversion between YUV and RGB (spec: vpc section 5), exact ITU coefficients.
#pragma once

#include <array>
#include <cstdint>

namespace poacl::media {

// The numbers are those of acldvppCscMatrix and hi_csc_matrix; 100 (user) has no constant here.
enum class CscMatrix : int32_t {
  kBt601Wide = 0,  // what is used when nothing was set
  kBt601Narrow = 1,
  kBt709Wide = 2,
  kBt709Narrow = 3,
  kBt2020Wide = 4,
  kBt2020Narrow = 5,
};

// Both directions; samples are 0..255, results are rounded to nearest and clamped to 0..255.
struct Csc {
  using Row = std::array<double, 3>;
  // (R, G, B) = to_rgb * ((Y, U, V) - to_rgb_offset)
  std::array<Row, 3> to_rgb = {};
  Row to_rgb_offset = {};
  // (Y, U, V) = to_yuv * (R, G, B) + to_yuv_offset
  std::array<Row, 3> to_yuv = {};
  Row to_yuv_offset = {};
};

const Csc& csc(CscMatrix matrix) noexcept;

// Null for a number that is no matrix of the table (100 is not).
const Csc* find_csc(int64_t number) noexcept;

}  // namespace poacl::media
