// What AIPP does to one picture, and what pictures look like in memory (spec: aipp sections 3 to
// 5). The numbers of Format are those of configuration files and of aclAippInputFormat.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/status.h"
#include "base/tensor.h"

namespace poacl::aipp {

enum class Format : int32_t {
  kUndefined = 0,
  kYuv420sp = 1,  // Y plane, then U V pairs of 2x2 pixels
  kXrgb8888 = 2,
  kRgb888 = 3,
  kYuv400 = 4,  // Y alone
  kArgb8888 = 7,
  kYuyv = 8,      // Y0 U Y1 V
  kYuv422sp = 9,  // Y plane, then U V pairs of 2x1 pixels
  kAyuv444 = 10,
};

inline constexpr int32_t kMostSide = 4096;  // width and height of a source picture
inline constexpr int32_t kMostPadding = 32;
inline constexpr int32_t kMostStart = 4095;  // crop start
inline constexpr int kChannels = 4;          // most that a format has

// A plain struct of numbers, so that kernels may keep it among their parameters.
struct Picture {
  Format format = Format::kUndefined;
  int32_t width = 0;  // of the source
  int32_t height = 0;
  bool rbuv_swap = false;
  bool ax_swap = false;
  bool csc = false;
  bool crop = false;
  bool padding = false;
  int32_t crop_x = 0;
  int32_t crop_y = 0;
  int32_t crop_width = 0;
  int32_t crop_height = 0;
  int32_t left = 0;
  int32_t right = 0;
  int32_t top = 0;
  int32_t bottom = 0;
  float padding_value = 0;
  int32_t matrix[9] = {};
  int32_t output_bias[3] = {};
  int32_t input_bias[3] = {};
  int32_t mean[kChannels] = {};
  // Rounded to half precision before they are used.
  float min[kChannels] = {};
  float var_reci[kChannels] = {1, 1, 1, 1};

  // The part of the source that is used, and the size of what comes out.
  int32_t used_width() const { return crop ? crop_width : width; }
  int32_t used_height() const { return crop ? crop_height : height; }
  int32_t out_width() const { return used_width() + (padding ? left + right : 0); }
  int32_t out_height() const { return used_height() + (padding ? top + bottom : 0); }
};

// "YUV420SP_U8"; "format 12" for what is no usable format.
std::string_view format_name(Format format);
bool is_usable(Format format);
bool is_yuv(Format format);
// Channels after unpacking: 1, 3 or 4; 0 for what is no usable format.
int channel_count(Format format);
// Chroma is shared by two neighbours in a row; widths and crop starts are even then.
bool halves_width(Format format);
// Bytes of one picture: there is no row padding.
int64_t picture_bytes(Format format, int64_t width, int64_t height);

// The bytes of a batch as dimensions: [N, rows, width, bytes of a pixel] (YUV420SP: rows = 1.5 H).
// Width or height -1 leave dimensions open.
Dims stored_dims(Format format, int64_t batch, int64_t width, int64_t height);
// As aclmdlGetInputDims tells: [N, H, W, channels].
Dims picture_dims(Format format, int64_t batch, int64_t width, int64_t height);
// Width and height of pictures whose bytes have these dimensions (-1 where open); 145000 when the
// format has no such pictures.
Status find_size(Format format, const Dims& stored, int64_t* width, int64_t* height);

// Everything that must hold before a picture of known size is computed: usable format, sides,
// evenness, crop inside the source, padding 0 to 32, no colour conversion of YUV400. 145000.
Status check_picture(const Picture& picture);
// Whether a model input of so many channels can be made of it. 145000.
Status check_channels(const Picture& picture, int64_t channels);

// Attributes of an Aipp node, under the names of the configuration's fields. Reading refuses
// numbers outside of the field's range (145000) but checks nothing across fields.
void write_attrs(const Picture& picture, AttrMap* attrs);
Status read_attrs(const AttrMap& attrs, Picture* picture);

}  // namespace poacl::aipp
