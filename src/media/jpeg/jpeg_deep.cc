// Debian's libjpeg-turbo handles 8 bits a sample only. Its entropy decoders do not depend on the
// depth, though: told that the file has 8 bits they deliver the coefficients of a 12-bit one, and
// only the way from those to samples has to be done here.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <new>

#include "acl/acl_base.h"
#include "media/jpeg/jpeg_paths.h"

namespace poacl::media {
namespace {

constexpr int kDepth = 12;
constexpr int kMiddle = 1 << (kDepth - 1);
constexpr int kLargest = (1 << kDepth) - 1;

using Basis = std::array<std::array<float, DCTSIZE>, DCTSIZE>;  // [sample][frequency]

const Basis& basis() {
  static const Basis table = [] {
    Basis made;
    for (int x = 0; x < DCTSIZE; ++x) {
      for (int u = 0; u < DCTSIZE; ++u) {
        const double scale = u == 0 ? std::sqrt(0.125) : 0.5;
        made[x][u] = static_cast<float>(scale * std::cos((2 * x + 1) * u * M_PI / 16));
      }
    }
    return made;
  }();
  return table;
}

// One block to the upper 8 bits of its samples.
void block_to_samples(const JCOEF* block, const UINT16* steps, uint8_t* out, int64_t stride) {
  const Basis& cosine = basis();
  float half[DCTSIZE][DCTSIZE];  // [y][u]
  for (int u = 0; u < DCTSIZE; ++u) {
    float column[DCTSIZE];
    for (int v = 0; v < DCTSIZE; ++v) {
      column[v] = static_cast<float>(block[v * DCTSIZE + u]) * steps[v * DCTSIZE + u];
    }
    for (int y = 0; y < DCTSIZE; ++y) {
      float sum = 0;
      for (int v = 0; v < DCTSIZE; ++v) sum += cosine[y][v] * column[v];
      half[y][u] = sum;
    }
  }
  for (int y = 0; y < DCTSIZE; ++y) {
    for (int x = 0; x < DCTSIZE; ++x) {
      float sum = 0;
      for (int u = 0; u < DCTSIZE; ++u) sum += cosine[x][u] * half[y][u];
      const float sample = std::clamp(sum + kMiddle, 0.0F, static_cast<float>(kLargest));
      out[y * stride + x] = static_cast<uint8_t>(std::lrint(sample) >> (kDepth - 8));
    }
  }
}

class DeepDecoder {
 public:
  DeepDecoder(jpeg_decompress_struct& file, const JpegInfo& info, const Picture& out)
      : file_(file),
        out_(out),
        writer_(out, turn_of_orientation(info.orientation), jpeg_chroma_shift_x(info.sampling),
                jpeg_chroma_shift_y(info.sampling)) {}

  Status allocate();
  void decode();  // guarded

 private:
  SampleStrip strip(int index, uint8_t* scratch, jvirt_barray_ptr coefficients, int32_t row);

  jpeg_decompress_struct& file_;
  const Picture& out_;
  PictureWriter writer_;
  std::unique_ptr<uint8_t[]> scratch_;
  uint8_t* planes_[3] = {};
};

Status DeepDecoder::allocate() {
  size_t bytes = 0;
  size_t offsets[3] = {};
  for (int i = 0; i < file_.num_components; ++i) {
    const jpeg_component_info& component = file_.comp_info[i];
    offsets[i] = bytes;
    bytes += size_t{component.width_in_blocks} * component.v_samp_factor * DCTSIZE2;
  }
  scratch_.reset(new (std::nothrow) uint8_t[bytes]);
  if (scratch_ == nullptr) return {ACL_ERROR_BAD_ALLOC, "no memory for rows of a JPEG file"};
  for (int i = 0; i < 3; ++i) planes_[i] = scratch_.get() + offsets[i];
  return writer_.allocate();
}

// The rows of one plane that belong to the strip of luma row `row`.
SampleStrip DeepDecoder::strip(int index, uint8_t* scratch, jvirt_barray_ptr coefficients,
                               int32_t row) {
  const jpeg_component_info& component = file_.comp_info[index];
  const int64_t stride = int64_t{component.width_in_blocks} * DCTSIZE;
  const int32_t first = row / (file_.comp_info[0].v_samp_factor * DCTSIZE) *
                        component.v_samp_factor;  // row of blocks
  int32_t blocks = 0;
  while (blocks < component.v_samp_factor &&
         first + blocks < static_cast<int32_t>(component.height_in_blocks)) {
    const JBLOCKARRAY line =
        file_.mem->access_virt_barray(reinterpret_cast<j_common_ptr>(&file_), coefficients,
                                      static_cast<JDIMENSION>(first + blocks), 1, FALSE);
    for (JDIMENSION c = 0; c < component.width_in_blocks; ++c) {
      block_to_samples(line[0][c], component.quant_table->quantval,
                       scratch + blocks * DCTSIZE * stride + int64_t{c} * DCTSIZE, stride);
    }
    ++blocks;
  }
  return {scratch, nullptr, stride, first * DCTSIZE, blocks * DCTSIZE};
}

void DeepDecoder::decode() {
  jvirt_barray_ptr* coefficients = jpeg_read_coefficients(&file_);
  const int32_t step = file_.comp_info[0].v_samp_factor * DCTSIZE;
  const bool colour = file_.num_components == 3;
  for (int32_t row = 0; row < writer_.height(); row += step) {
    writer_.luma(strip(0, planes_[0], coefficients[0], row));
    if (!colour) continue;
    SampleStrip chroma = strip(1, planes_[1], coefficients[1], row);
    chroma.second = strip(2, planes_[2], coefficients[2], row).first;
    writer_.chroma(chroma);
  }
  if (!colour && out_.format != PixelFormat::kYuv400) writer_.neutral_chroma();
}

}  // namespace

Status decode_jpeg_deep(std::span<const uint8_t> data, const JpegInfo& info, const Picture& out) {
  const bool planes = info.colour == JpegColour::kGray || info.colour == JpegColour::kYCbCr;
  if (!planes || info.sampling == JpegSampling::k411 || info.sampling == JpegSampling::kOther ||
      format_info(out.format).model == ColourModel::kRgb) {
    return {ACL_ERROR_UNSUPPORTED_JPEG,
            fmt::format("the JPEG file ({} x {}) has 12 bits a sample, is {} and sampled {}; such "
                        "files are decoded only if gray or YCbCr in 4:4:4, 4:2:2, 4:2:0 or 4:4:0, "
                        "and to semi-planar YUV only, not to {}",
                        info.width, info.height, jpeg_colour_name(info.colour),
                        jpeg_sampling_name(info.sampling), format_info(out.format).name)};
  }
  const std::unique_ptr<uint8_t[]> copy(new (std::nothrow) uint8_t[data.size()]);
  if (copy == nullptr) return {ACL_ERROR_BAD_ALLOC, "no memory for a copy of the JPEG file"};
  std::memcpy(copy.get(), data.data(), data.size());
  copy[info.precision_at] = 8;

  JpegReader reader;
  POACL_RETURN_IF_ERROR(reader.open({copy.get(), data.size()}));
  POACL_RETURN_IF_ERROR(check_jpeg_memory(reader.info()));
  POACL_RETURN_IF_ERROR(same_jpeg_header(info, reader.info()));
  DeepDecoder decoder(reader.info(), info, out);
  POACL_RETURN_IF_ERROR(decoder.allocate());
  return reader.run([&decoder] { decoder.decode(); });
}

}  // namespace poacl::media
