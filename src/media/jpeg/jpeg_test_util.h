// Files for the JPEG tests, and the plain way to decode them: the library's whole raw planes, every
// output sample computed from its definition.
#pragma once

#include <cmath>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include <jpeglib.h>

#include "media/jpeg/jpeg_info.h"
#include "media/media_test_util.h"

namespace poacl::media {

struct JpegRecipe {
  int width = 64;
  int height = 48;
  JpegSampling sampling = JpegSampling::k420;
  JpegColour colour = JpegColour::kYCbCr;
  bool progressive = false;
  bool arithmetic = false;
  bool scan_per_component = false;
  int restart_interval = 0;
  int quality = 90;
  int orientation = 0;  // 0: no EXIF block
  int unit_h = 1;       // all sampling factors times this: the same ratios in larger units
  int unit_v = 1;
};

struct SamplingFactors {
  int h, v;
};
inline SamplingFactors luma_factors(JpegSampling sampling) {
  switch (sampling) {
    case JpegSampling::k422:
      return {2, 1};
    case JpegSampling::k420:
      return {2, 2};
    case JpegSampling::k440:
      return {1, 2};
    case JpegSampling::k411:
      return {4, 1};
    default:
      return {1, 1};
  }
}

// Slopes, edges and some noise; component c of pixel (x, y).
inline uint8_t test_sample(int x, int y, int c) {
  const uint32_t place = static_cast<uint32_t>(x) * 73856093U ^
                         static_cast<uint32_t>(y) * 19349663U ^
                         static_cast<uint32_t>(c) * 83492791U;
  const uint32_t noise = place * 2654435761U;
  const int slope = c == 0 ? 3 * x + y : c == 1 ? 255 - 2 * y + x : x + 4 * y + c * 40;
  const int edge = (x / 11 + y / 7 + c) % 3 == 0 ? 60 : 0;
  return static_cast<uint8_t>((slope + edge + static_cast<int>(noise >> 28)) & 0xFF);
}

inline std::vector<uint8_t> exif_payload(int orientation, bool big_endian = false) {
  std::vector<uint8_t> p = {'E', 'x', 'i', 'f', 0, 0};
  const auto u16 = [&](int value) {
    const auto high = static_cast<uint8_t>(value >> 8);
    const auto low = static_cast<uint8_t>(value);
    p.insert(p.end(), {big_endian ? high : low, big_endian ? low : high});
  };
  p.insert(p.end(), 2, big_endian ? 'M' : 'I');
  u16(42);
  big_endian ? (u16(0), u16(8)) : (u16(8), u16(0));
  u16(1);  // entries
  u16(0x0112);
  u16(3);
  big_endian ? (u16(0), u16(1)) : (u16(1), u16(0));
  u16(orientation);
  u16(0);
  u16(0), u16(0);  // no further directory
  return p;
}

inline std::vector<uint8_t> make_jpeg(const JpegRecipe& recipe) {
  jpeg_compress_struct file = {};
  jpeg_error_mgr errors;
  file.err = jpeg_std_error(&errors);
  jpeg_create_compress(&file);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&file, &bytes, &size);
  file.image_width = static_cast<JDIMENSION>(recipe.width);
  file.image_height = static_cast<JDIMENSION>(recipe.height);
  const bool gray = recipe.colour == JpegColour::kGray;
  const bool inks = recipe.colour == JpegColour::kCmyk || recipe.colour == JpegColour::kYcck;
  file.input_components = gray ? 1 : inks ? 4 : 3;
  file.in_color_space = gray ? JCS_GRAYSCALE : inks ? JCS_CMYK : JCS_RGB;
  jpeg_set_defaults(&file);
  if (recipe.colour == JpegColour::kRgb) jpeg_set_colorspace(&file, JCS_RGB);
  if (recipe.colour == JpegColour::kYcck) jpeg_set_colorspace(&file, JCS_YCCK);
  jpeg_set_quality(&file, recipe.quality, TRUE);
  const SamplingFactors factors = luma_factors(recipe.sampling);
  for (int i = 0; i < file.num_components; ++i) {
    const bool whole = i == 0 || i == 3;
    file.comp_info[i].h_samp_factor = (whole ? factors.h : 1) * recipe.unit_h;
    file.comp_info[i].v_samp_factor = (whole ? factors.v : 1) * recipe.unit_v;
  }
  file.arith_code = recipe.arithmetic ? TRUE : FALSE;
  file.restart_interval = static_cast<unsigned>(recipe.restart_interval);
  if (recipe.progressive) jpeg_simple_progression(&file);
  std::vector<jpeg_scan_info> scans;
  if (recipe.scan_per_component) {
    for (int i = 0; i < file.num_components; ++i) {
      jpeg_scan_info scan = {};
      scan.comps_in_scan = 1;
      scan.component_index[0] = i;
      scan.Se = 63;
      scans.push_back(scan);
    }
    file.scan_info = scans.data();
    file.num_scans = static_cast<int>(scans.size());
  }
  jpeg_start_compress(&file, TRUE);
  if (recipe.orientation != 0) {
    const std::vector<uint8_t> exif = exif_payload(recipe.orientation, recipe.orientation % 2 == 0);
    jpeg_write_marker(&file, JPEG_APP0 + 1, exif.data(), static_cast<unsigned>(exif.size()));
  }
  std::vector<uint8_t> row(static_cast<size_t>(recipe.width) * file.input_components);
  for (int y = 0; y < recipe.height; ++y) {
    for (size_t i = 0; i < row.size(); ++i) {
      const int c = static_cast<int>(i) % file.input_components;
      row[i] = test_sample(static_cast<int>(i) / file.input_components, y, c);
    }
    JSAMPROW pointer = row.data();
    jpeg_write_scanlines(&file, &pointer, 1);
  }
  jpeg_finish_compress(&file);
  jpeg_destroy_compress(&file);
  std::vector<uint8_t> made(bytes, bytes + size);
  std::free(bytes);
  return made;
}

// Whole planes of the file, padded to whole blocks.
struct RawPlanes {
  struct Samples {
    int64_t stride = 0;
    std::vector<uint8_t> bytes;
    uint8_t at(int64_t x, int64_t y) const { return bytes[static_cast<size_t>(y * stride + x)]; }
  };
  std::vector<Samples> planes;
  bool failed = false;  // the library gave up
};

struct TestErrors {
  jpeg_error_mgr manager;
  std::jmp_buf back;
};

inline void attach_quiet(jpeg_decompress_struct& file, TestErrors& errors) {
  file.err = jpeg_std_error(&errors.manager);
  errors.manager.error_exit = [](j_common_ptr library) {
    std::longjmp(reinterpret_cast<TestErrors*>(library->err)->back, 1);
  };
  errors.manager.emit_message = [](j_common_ptr, int) {};
}

inline RawPlanes raw_planes(const std::vector<uint8_t>& jpeg) {
  RawPlanes result;
  jpeg_decompress_struct file = {};
  TestErrors errors;
  attach_quiet(file, errors);
  std::vector<std::vector<JSAMPROW>> rows(4);
  if (setjmp(errors.back) != 0) {
    jpeg_destroy_decompress(&file);
    result.failed = true;
    return result;
  }
  jpeg_create_decompress(&file);
  jpeg_mem_src(&file, jpeg.data(), jpeg.size());
  jpeg_read_header(&file, TRUE);
  file.raw_data_out = TRUE;
  jpeg_start_decompress(&file);
  const int step = file.max_v_samp_factor * DCTSIZE;
  const int calls = (static_cast<int>(file.output_height) + step - 1) / step;
  result.planes.resize(static_cast<size_t>(file.num_components));
  for (int i = 0; i < file.num_components; ++i) {
    RawPlanes::Samples& samples = result.planes[i];
    samples.stride = int64_t{file.comp_info[i].width_in_blocks} * DCTSIZE;
    samples.bytes.resize(
        static_cast<size_t>(samples.stride * calls * file.comp_info[i].v_samp_factor * DCTSIZE));
  }
  for (int call = 0; call < calls; ++call) {
    JSAMPARRAY arrays[4] = {};
    for (int i = 0; i < file.num_components; ++i) {
      const int count = file.comp_info[i].v_samp_factor * DCTSIZE;
      rows[i].resize(static_cast<size_t>(count));
      for (int r = 0; r < count; ++r) {
        rows[i][r] = result.planes[i].bytes.data() + (call * count + r) * result.planes[i].stride;
      }
      arrays[i] = rows[i].data();
    }
    jpeg_read_raw_data(&file, arrays, static_cast<JDIMENSION>(step));
  }
  jpeg_destroy_decompress(&file);
  return result;
}

// Where the sample at (x, y) of a turned plane was stored in a plane of width x height: the
// definition of EXIF's orientations.
struct Position {
  int x, y;
};
inline Position stored_position(int orientation, int x, int y, int width, int height) {
  switch (orientation) {
    case 2:
      return {width - 1 - x, y};
    case 3:
      return {width - 1 - x, height - 1 - y};
    case 4:
      return {x, height - 1 - y};
    case 5:
      return {y, x};
    case 6:
      return {y, height - 1 - x};
    case 7:
      return {width - 1 - y, height - 1 - x};
    case 8:
      return {width - 1 - y, x};
    default:
      return {x, y};
  }
}

// One axis of the way from stored to wanted chroma: the stored places that make up place `at`.
inline std::vector<int> chroma_places(int at, int stored_shift, int wanted_shift, int stored_size) {
  if (wanted_shift < stored_shift) return {at / 2};
  if (wanted_shift == stored_shift) return {at};
  if (2 * at + 1 < stored_size) return {2 * at, 2 * at + 1};
  return {2 * at};
}

// Compares a decoded semi-planar (or gray) picture, sample for sample, with its definition.
inline void expect_planes(const GuardedPicture& out, const RawPlanes& raw, JpegSampling sampling,
                          int orientation) {
  const Picture& view = out.view();
  const bool exchange = orientation >= 5;
  const int width = exchange ? view.height : view.width;
  const int height = exchange ? view.width : view.height;
  for (int y = 0; y < view.height; ++y) {
    for (int x = 0; x < view.width; ++x) {
      const Position p = stored_position(orientation, x, y, width, height);
      ASSERT_EQ(out.sample(0, x, y, 0), raw.planes[0].at(p.x, p.y)) << "luma " << x << "," << y;
    }
  }
  const FormatInfo& info = format_info(view.format);
  if (info.plane_count == 1) return;
  const SamplingFactors factors = luma_factors(sampling);
  const int shift_x = factors.h - 1;
  const int shift_y = factors.v - 1;
  const int wanted_x = exchange ? info.chroma_shift_y : info.chroma_shift_x;
  const int wanted_y = exchange ? info.chroma_shift_x : info.chroma_shift_y;
  const auto part = [](int size, int shift) { return (size + (1 << shift) - 1) >> shift; };
  const Plane chroma = plane(view, 1);
  for (int y = 0; y < chroma.height; ++y) {
    for (int x = 0; x < chroma.width; ++x) {
      const Position p =
          stored_position(orientation, x, y, part(width, wanted_x), part(height, wanted_y));
      for (int c = 0; c < 2; ++c) {
        int expected = 0x80;
        if (raw.planes.size() > 1) {
          const RawPlanes::Samples& source = raw.planes[info.planes[1].samples[c] == 'U' ? 1 : 2];
          int sum = 0;
          int count = 0;
          for (const int cy : chroma_places(p.y, shift_y, wanted_y, part(height, shift_y))) {
            for (const int cx : chroma_places(p.x, shift_x, wanted_x, part(width, shift_x))) {
              sum += source.at(cx, cy);
              ++count;
            }
          }
          expected = (sum + count / 2) / count;
        }
        ASSERT_EQ(out.sample(1, x, y, c), expected) << "chroma " << c << " at " << x << "," << y;
      }
    }
  }
}

}  // namespace poacl::media
