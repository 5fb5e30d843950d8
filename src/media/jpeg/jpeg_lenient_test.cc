// Files that the chip refuses and lenient decoding takes.
#include "acl/acl_base.h"
#include "media/jpeg/jpeg_decode.h"
#include "media/jpeg/jpeg_test_util.h"

namespace poacl::media {
namespace {

using F = PixelFormat;
using S = JpegSampling;

void expect_refused_unless_lenient(const std::vector<uint8_t>& jpeg, const Picture& out) {
  const Status strict = decode_jpeg(jpeg, {}, out);
  EXPECT_EQ(strict.code(), ACL_ERROR_UNSUPPORTED_JPEG) << strict.message();
  const Status lenient = decode_jpeg(jpeg, {.lenient = true}, out);
  EXPECT_TRUE(lenient.ok()) << lenient.message();
}

TEST(JpegLenient, ProgressiveAndArithmetic) {
  for (const S sampling : {S::k444, S::k422, S::k420, S::k440, S::k400}) {
    for (const int orientation : {0, 6}) {
      JpegRecipe recipe = {.width = 69, .height = 53, .sampling = sampling};
      if (sampling == S::k400) recipe.colour = JpegColour::kGray;
      const RawPlanes baseline = raw_planes(make_jpeg(recipe));
      recipe.orientation = orientation;
      for (const bool progressive : {true, false}) {
        recipe.progressive = progressive;
        recipe.arithmetic = !progressive;
        const auto jpeg = make_jpeg(recipe);
        GuardedPicture out(F::kYuvSemi420, orientation ? 53 : 69, orientation ? 69 : 53);
        expect_refused_unless_lenient(jpeg, out.view());
        out.expect_guards();
        // The same coefficients coded in another way.
        expect_planes(out, baseline, sampling, std::max(orientation, 1));
      }
    }
  }
}

struct Rgb {
  double r, g, b;
};
double luma_of(const Rgb& p) {
  return 0.299 * p.r + 0.587 * p.g + 0.114 * p.b;
}

// What libjpeg-turbo's samples in its own colours are as RGB: the pixels of the whole picture.
std::vector<Rgb> library_pixels(const std::vector<uint8_t>& jpeg, J_COLOR_SPACE space) {
  jpeg_decompress_struct file = {};
  jpeg_error_mgr errors;
  file.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&file);
  jpeg_mem_src(&file, jpeg.data(), jpeg.size());
  jpeg_read_header(&file, TRUE);
  file.out_color_space = space;
  jpeg_start_decompress(&file);
  std::vector<Rgb> pixels;
  std::vector<uint8_t> line(size_t{4} * file.output_width);
  const int bytes = file.output_components;
  while (file.output_scanline < file.output_height) {
    JSAMPROW row = line.data();
    jpeg_read_scanlines(&file, &row, 1);
    for (JDIMENSION x = 0; x < file.output_width; ++x) {
      const uint8_t* p = line.data() + x * bytes;
      if (bytes == 3) {
        pixels.push_back({double(p[0]), double(p[1]), double(p[2])});
      } else {  // Adobe's: 255 is no ink
        pixels.push_back({p[0] * p[3] / 255.0, p[1] * p[3] / 255.0, p[2] * p[3] / 255.0});
      }
    }
  }
  jpeg_destroy_decompress(&file);
  return pixels;
}

void expect_yuv(const GuardedPicture& out, const std::vector<Rgb>& pixels) {
  const Picture& view = out.view();
  for (int y = 0; y < view.height; ++y) {
    for (int x = 0; x < view.width; ++x) {
      const Rgb& p = pixels[static_cast<size_t>(y * view.width + x)];
      ASSERT_NEAR(out.sample(0, x, y, 0), luma_of(p), 1.5) << x << "," << y;
      const double u = std::min(255.0, 128 + (p.b - luma_of(p)) / 1.772);
      const double v = std::min(255.0, 128 + (p.r - luma_of(p)) / 1.402);
      ASSERT_NEAR(out.sample(1, x, y, 0), v, 1.5) << x << "," << y;
      ASSERT_NEAR(out.sample(1, x, y, 1), u, 1.5) << x << "," << y;
    }
  }
}

TEST(JpegLenient, RgbCoded) {
  const auto jpeg =
      make_jpeg({.width = 37, .height = 29, .sampling = S::k444, .colour = JpegColour::kRgb});
  GuardedPicture out(F::kYvuSemi444, 37, 29);
  expect_refused_unless_lenient(jpeg, out.view());
  out.expect_guards();
  const auto pixels = library_pixels(jpeg, JCS_RGB);
  expect_yuv(out, pixels);

  GuardedPicture bgr(F::kBgr888, 37, 29);
  expect_refused_unless_lenient(jpeg, bgr.view());
  for (int i = 0; i < 37 * 29; ++i) {
    ASSERT_EQ(bgr.sample(0, i % 37, i / 37, 0), pixels[i].b);
    ASSERT_EQ(bgr.sample(0, i % 37, i / 37, 2), pixels[i].r);
  }
}

TEST(JpegLenient, FourInks) {
  for (const JpegColour colour : {JpegColour::kCmyk, JpegColour::kYcck}) {
    const auto jpeg = make_jpeg({.width = 37, .height = 29, .sampling = S::k444, .colour = colour});
    GuardedPicture out(F::kYvuSemi444, 37, 29);
    expect_refused_unless_lenient(jpeg, out.view());
    out.expect_guards();
    const auto pixels = library_pixels(jpeg, JCS_CMYK);
    expect_yuv(out, pixels);

    GuardedPicture rgba(F::kRgba8888, 37, 29);
    expect_refused_unless_lenient(jpeg, rgba.view());
    rgba.expect_guards();
    for (int i = 0; i < 37 * 29; ++i) {
      ASSERT_NEAR(rgba.sample(0, i % 37, i / 37, 0), pixels[i].r, 1);
      ASSERT_NEAR(rgba.sample(0, i % 37, i / 37, 1), pixels[i].g, 1);
      ASSERT_NEAR(rgba.sample(0, i % 37, i / 37, 2), pixels[i].b, 1);
      ASSERT_EQ(rgba.sample(0, i % 37, i / 37, 3), 255);
    }
  }
}

TEST(JpegLenient, QuarterWidthChroma) {
  const auto jpeg = make_jpeg({.width = 50, .height = 21, .sampling = S::k411});
  const RawPlanes raw = raw_planes(jpeg);
  GuardedPicture out(F::kYuvSemi420, 50, 21);
  expect_refused_unless_lenient(jpeg, out.view());
  out.expect_guards();
  for (int y = 0; y < 21; ++y) {
    for (int x = 0; x < 50; ++x) ASSERT_EQ(out.sample(0, x, y, 0), raw.planes[0].at(x, y));
  }
  // Chroma repeated by the library, then averaged: two columns of one stored place.
  for (int y = 0; y < 11; ++y) {
    for (int x = 0; x < 25; ++x) {
      const int lower = std::min(2 * y + 1, 20);
      const int sum = raw.planes[1].at(x / 2, 2 * y) + raw.planes[1].at(x / 2, lower);
      ASSERT_EQ(out.sample(1, x, y, 0), (sum + 1) / 2) << x << "," << y;
    }
  }
}

// A file of 12 bits a sample: coefficients of known samples, and a header that says 12.
std::vector<uint8_t> deep_jpeg(int width, int height, bool progressive,
                               std::vector<std::vector<int>>& samples) {
  jpeg_compress_struct file = {};
  jpeg_error_mgr errors;
  file.err = jpeg_std_error(&errors);
  jpeg_create_compress(&file);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&file, &bytes, &size);
  file.image_width = static_cast<JDIMENSION>(width);
  file.image_height = static_cast<JDIMENSION>(height);
  file.input_components = 3;
  file.in_color_space = JCS_YCbCr;
  jpeg_set_defaults(&file);
  // The library's encoder writes coefficients of up to 10 bits; with this step none is larger.
  constexpr int kStep = 17;
  for (JQUANT_TBL* table : {file.quant_tbl_ptrs[0], file.quant_tbl_ptrs[1]}) {
    std::fill_n(table->quantval, 64, static_cast<UINT16>(kStep));
  }
  file.optimize_coding = TRUE;
  if (progressive) jpeg_simple_progression(&file);
  jvirt_barray_ptr coefficients[3];
  samples.resize(3);
  const int units_x = (width + 15) / 16;
  const int units_y = (height + 15) / 16;
  for (int i = 0; i < 3; ++i) {
    const int factor = i == 0 ? 2 : 1;
    const auto j = reinterpret_cast<j_common_ptr>(&file);
    file.comp_info[i].width_in_blocks = static_cast<JDIMENSION>(units_x * factor);
    file.comp_info[i].height_in_blocks = static_cast<JDIMENSION>(units_y * factor);
    coefficients[i] = file.mem->request_virt_barray(
        j, JPOOL_IMAGE, TRUE, static_cast<JDIMENSION>(units_x * factor),
        static_cast<JDIMENSION>(units_y * factor), static_cast<JDIMENSION>(factor));
  }
  jpeg_write_coefficients(&file, coefficients);
  for (int i = 0; i < 3; ++i) {
    const int factor = i == 0 ? 2 : 1;
    const int stride = units_x * factor * 8;
    samples[i].resize(static_cast<size_t>(stride) * units_y * factor * 8);
    for (size_t at = 0; at < samples[i].size(); ++at) {
      const int x = static_cast<int>(at) % stride;
      const int y = static_cast<int>(at) / stride;
      samples[i][at] = (x * 37 + y * 91 + i * 700 + ((x / 5 + y / 3) % 2) * 500) % 4096;
    }
    for (int by = 0; by < units_y * factor; ++by) {
      JBLOCKARRAY line =
          file.mem->access_virt_barray(reinterpret_cast<j_common_ptr>(&file), coefficients[i],
                                       static_cast<JDIMENSION>(by), 1, TRUE);
      for (int bx = 0; bx < units_x * factor; ++bx) {
        for (int v = 0; v < 8; ++v) {
          for (int u = 0; u < 8; ++u) {
            double sum = 0;
            for (int y = 0; y < 8; ++y) {
              for (int x = 0; x < 8; ++x) {
                const int sample =
                    samples[i][static_cast<size_t>((by * 8 + y) * stride + bx * 8 + x)];
                sum += (sample - 2048) * std::cos((2 * x + 1) * u * M_PI / 16) *
                       std::cos((2 * y + 1) * v * M_PI / 16);
              }
            }
            const double scale =
                (u == 0 ? std::sqrt(0.125) : 0.5) * (v == 0 ? std::sqrt(0.125) : 0.5);
            line[0][bx][v * 8 + u] = static_cast<JCOEF>(std::lrint(sum * scale / kStep));
          }
        }
      }
    }
  }
  jpeg_finish_compress(&file);
  jpeg_destroy_compress(&file);
  std::vector<uint8_t> made(bytes, bytes + size);
  std::free(bytes);
  const size_t at = read_jpeg_info(made)->precision_at;
  made[at] = 12;
  if (!progressive) made[at - 3] = 0xC1;  // extended sequential
  return made;
}

TEST(JpegLenient, TwelveBits) {
  for (const bool progressive : {false, true}) {
    std::vector<std::vector<int>> samples;
    const auto jpeg = deep_jpeg(50, 35, progressive, samples);
    GuardedPicture out(F::kYuvSemi420, 50, 35);
    expect_refused_unless_lenient(jpeg, out.view());
    out.expect_guards();
    for (int y = 0; y < 35; ++y) {
      for (int x = 0; x < 50; ++x) {
        ASSERT_NEAR(out.sample(0, x, y, 0) * 16 + 8, samples[0][y * 64 + x], 40) << x << "," << y;
        const size_t chroma = static_cast<size_t>(y / 2 * 32 + x / 2);
        ASSERT_NEAR(out.sample(1, x / 2, y / 2, 0) * 16 + 8, samples[1][chroma], 40);
        ASSERT_NEAR(out.sample(1, x / 2, y / 2, 1) * 16 + 8, samples[2][chroma], 40);
      }
    }
    GuardedPicture rgb(F::kRgb888, 50, 35);
    EXPECT_EQ(decode_jpeg(jpeg, {.lenient = true}, rgb.view()).code(), ACL_ERROR_UNSUPPORTED_JPEG);
  }
}

// Coefficients are kept for the whole picture, so its size is bounded before they are asked for.
TEST(JpegLenient, TooManyCoefficients) {
  auto jpeg = make_jpeg({.sampling = S::k444, .progressive = true});
  const size_t at = read_jpeg_info(jpeg)->precision_at;
  jpeg[at + 1] = jpeg[at + 3] = 0x40;  // 16384 x 16384
  jpeg[at + 2] = jpeg[at + 4] = 0;
  uint8_t byte = 0;  // refused before anything is written
  const Picture out = {F::kYuvSemi444, 16384, 16384, 16384, 16384, &byte, size_t{3} << 28};
  const Status status = decode_jpeg(jpeg, {.lenient = true}, out);
  EXPECT_EQ(status.code(), ACL_ERROR_UNSUPPORTED_JPEG);
  EXPECT_NE(status.message().find("1610612736 bytes"), std::string::npos) << status.message();
}

TEST(JpegLenient, SharedPictures) {
  const auto files = shared_files("images/jpeg", ".jpg");
  if (files.empty()) GTEST_SKIP() << "no pictures at " << shared_data() << " (POACL_DATA)";
  int refused = 0;
  int lenient = 0;
  for (const auto& path : files) {
    SCOPED_TRACE(path.string());
    const auto jpeg = read_bytes(path);
    const Result<JpegInfo> info = read_jpeg_info(jpeg);
    if (!info.ok() || check_jpeg_coding(*info).ok()) continue;
    ++refused;
    PictureSize size = {info->width, info->height};
    if (info->orientation >= 5) std::swap(size.width, size.height);
    GuardedPicture out(jpeg_native_format(*info), size.width, size.height);
    EXPECT_EQ(decode_jpeg(jpeg, {}, out.view()).code(), ACL_ERROR_UNSUPPORTED_JPEG);
    const Status status = decode_jpeg(jpeg, {.lenient = true}, out.view());
    EXPECT_EQ(status.ok(), jpeg_decodable(*info)) << status.message();
    out.expect_guards();
    lenient += status.ok() ? 1 : 0;
  }
  EXPECT_GE(refused, 8);
  EXPECT_GE(lenient, 7);
}

}  // namespace
}  // namespace poacl::media
