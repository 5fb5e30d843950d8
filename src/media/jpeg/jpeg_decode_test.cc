// What comes out of sound files: every sampling, output, turn, stride and odd size.
#include "media/jpeg/jpeg_decode.h"

#include "acl/acl_base.h"
#include "media/jpeg/jpeg_test_util.h"

namespace poacl::media {
namespace {

using F = PixelFormat;
using S = JpegSampling;

constexpr S kSamplings[] = {S::k444, S::k422, S::k420, S::k440, S::k400};
constexpr PictureSize kSizes[] = {{1, 1},   {2, 2},   {7, 5},   {8, 8},    {16, 16},
                                  {17, 33}, {31, 18}, {64, 48}, {129, 40}, {301, 223}};

JpegRecipe recipe_of(S sampling, PictureSize size, int orientation = 0) {
  JpegRecipe recipe = {.width = size.width, .height = size.height, .sampling = sampling};
  if (sampling == S::k400) recipe.colour = JpegColour::kGray;
  recipe.orientation = orientation;
  return recipe;
}

std::vector<F> yuv_outputs(const JpegInfo& info) {
  std::vector<F> outputs;
  for (const FormatInfo& format : pixel_formats()) {
    if (format.model != ColourModel::kRgb && check_jpeg_output(info, format.format).ok()) {
      outputs.push_back(format.format);
    }
  }
  return outputs;
}

std::string describe(const JpegInfo& info, const Picture& out) {
  return std::string(jpeg_sampling_name(info.sampling)) + " " + std::to_string(info.width) + "x" +
         std::to_string(info.height) + " orientation " + std::to_string(info.orientation) + " to " +
         std::string(format_info(out.format).name) + " " + std::to_string(out.width) + "x" +
         std::to_string(out.height) + " strides " + std::to_string(out.width_stride) + "x" +
         std::to_string(out.height_stride);
}

void decode_and_compare(const std::vector<uint8_t>& jpeg, const RawPlanes& raw, F format,
                        PictureSize size, int32_t width_stride = 0, int32_t height_stride = 0) {
  const JpegInfo info = *read_jpeg_info(jpeg);
  GuardedPicture out(format, size.width, size.height, width_stride, height_stride);
  SCOPED_TRACE(describe(info, out.view()));
  const Status status = decode_jpeg(jpeg, {.lenient = true}, out.view());
  ASSERT_TRUE(status.ok()) << status.message();
  out.expect_guards();
  expect_planes(out, raw, info.sampling, info.orientation);
}

TEST(JpegDecode, EverySamplingSizeAndOutput) {
  for (const S sampling : kSamplings) {
    for (const PictureSize size : kSizes) {
      const auto jpeg = make_jpeg(recipe_of(sampling, size));
      const RawPlanes raw = raw_planes(jpeg);
      const JpegInfo info = *read_jpeg_info(jpeg);
      for (const F format : yuv_outputs(info)) {
        // Tight, odd, and the chip's strides; none has room for whole blocks but the last.
        decode_and_compare(jpeg, raw, format, size);
        decode_and_compare(jpeg, raw, format, size, size.width + 3, size.height + 5);
        decode_and_compare(jpeg, raw, format, size, (size.width + 63) / 64 * 64,
                           (size.height + 15) / 16 * 16);
        if (HasFailure()) return;
      }
    }
  }
}

TEST(JpegDecode, EveryOrientation) {
  for (const S sampling : kSamplings) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      for (const PictureSize size : {PictureSize{1, 1}, {8, 24}, {35, 70}, {130, 97}}) {
        const auto jpeg = make_jpeg(recipe_of(sampling, size, orientation));
        const RawPlanes raw = raw_planes(jpeg);
        const JpegInfo info = *read_jpeg_info(jpeg);
        PictureSize turned = size;
        if (orientation >= 5) std::swap(turned.width, turned.height);
        for (const F format : yuv_outputs(info)) {
          decode_and_compare(jpeg, raw, format, turned, turned.width + 1, turned.height + 2);
          if (HasFailure()) return;
        }
      }
    }
  }
}

TEST(JpegDecode, OddSizesByMode) {
  for (const S sampling : kSamplings) {
    for (const int orientation : {0, 3, 6}) {
      const auto jpeg = make_jpeg(recipe_of(sampling, {33, 47}, orientation));
      const RawPlanes raw = raw_planes(jpeg);
      const JpegInfo info = *read_jpeg_info(jpeg);
      for (const auto mode :
           {JpegOddSize::kAlignDown, JpegOddSize::kAlignUp, JpegOddSize::kAlignDownCompat}) {
        const PictureSize size = jpeg_decoded_size(info, mode);
        decode_and_compare(jpeg, raw, jpeg_native_format(info), size);
      }
      // Rounded up whatever the sampling, as some programs do.
      const bool turned = info.orientation >= 5;
      decode_and_compare(jpeg, raw, F::kYuvSemi420,
                         turned ? PictureSize{48, 34} : PictureSize{34, 48});
      if (HasFailure()) return;
    }
  }
}

TEST(JpegDecode, WideAndHigh) {
  for (const PictureSize size : {PictureSize{16384, 3}, {3, 16384}, {65500, 1}, {1, 65500}}) {
    for (const int orientation : {0, 7}) {
      const auto jpeg = make_jpeg(recipe_of(S::k422, size, orientation));
      PictureSize turned = size;
      if (orientation >= 5) std::swap(turned.width, turned.height);
      const RawPlanes raw = raw_planes(jpeg);
      decode_and_compare(jpeg, raw, F::kYuvSemi420, turned);
      decode_and_compare(jpeg, raw, F::kYvuSemi422, turned);
    }
  }
}

TEST(JpegDecode, RestartMarkers) {
  for (const int interval : {1, 3, 100}) {
    JpegRecipe recipe = recipe_of(S::k420, {129, 97});
    const RawPlanes without = raw_planes(make_jpeg(recipe));
    recipe.restart_interval = interval;
    const auto jpeg = make_jpeg(recipe);
    decode_and_compare(jpeg, without, F::kYuvSemi420, {129, 97});
  }
}

// 2x1,2x1,2x1 is 4:4:4 as well as 1x1,1x1,1x1.
TEST(JpegDecode, SameRatiosInLargerUnits) {
  struct Row {
    S sampling;
    int h, v;
  };
  for (const Row& row : {Row{S::k444, 2, 1}, Row{S::k444, 1, 3}, Row{S::k422, 2, 1},
                         Row{S::k440, 1, 2}, Row{S::k400, 2, 2}, Row{S::k400, 1, 4}}) {
    for (const int orientation : {0, 3, 5}) {
      JpegRecipe recipe = recipe_of(row.sampling, {75, 61}, orientation);
      recipe.unit_h = row.h;
      recipe.unit_v = row.v;
      const auto jpeg = make_jpeg(recipe);
      const RawPlanes raw = raw_planes(jpeg);
      const JpegInfo info = *read_jpeg_info(jpeg);
      ASSERT_EQ(info.sampling, row.sampling);
      for (const F format : yuv_outputs(info)) {
        decode_and_compare(jpeg, raw, format,
                           orientation == 5 ? PictureSize{61, 75} : PictureSize{75, 61});
      }
    }
  }
}

TEST(JpegDecode, ScansOfOneComponent) {
  JpegRecipe recipe = recipe_of(S::k420, {129, 97});
  const RawPlanes one_scan = raw_planes(make_jpeg(recipe));
  recipe.scan_per_component = true;
  decode_and_compare(make_jpeg(recipe), one_scan, F::kYuvSemi420, {129, 97});
}

// The samples of the whole picture, as the library's own conversion gives them.
std::vector<uint8_t> library_rgb(const std::vector<uint8_t>& jpeg) {
  jpeg_decompress_struct file = {};
  jpeg_error_mgr errors;
  file.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&file);
  jpeg_mem_src(&file, jpeg.data(), jpeg.size());
  jpeg_read_header(&file, TRUE);
  file.out_color_space = JCS_RGB;
  jpeg_start_decompress(&file);
  std::vector<uint8_t> rgb(size_t{3} * file.output_width * file.output_height);
  while (file.output_scanline < file.output_height) {
    JSAMPROW row = rgb.data() + size_t{3} * file.output_width * file.output_scanline;
    jpeg_read_scanlines(&file, &row, 1);
  }
  jpeg_destroy_decompress(&file);
  return rgb;
}

TEST(JpegDecode, RgbOutputsAreTheLibrarysConversion) {
  for (const S sampling : kSamplings) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      const PictureSize size = {37, 21};
      const auto jpeg = make_jpeg(recipe_of(sampling, size, orientation));
      const std::vector<uint8_t> rgb = library_rgb(jpeg);
      PictureSize turned = size;
      if (orientation >= 5) std::swap(turned.width, turned.height);
      for (int number = 12; number <= 17; ++number) {
        const FormatInfo& format = *find_format(number);
        GuardedPicture out(format.format, turned.width, turned.height,
                           turned.width * format.bytes_per_pixel + 5);
        SCOPED_TRACE(format.name);
        ASSERT_TRUE(decode_jpeg(jpeg, {}, out.view()).ok());
        out.expect_guards();
        for (int y = 0; y < turned.height; ++y) {
          for (int x = 0; x < turned.width; ++x) {
            const Position p = stored_position(orientation, x, y, size.width, size.height);
            for (int c = 0; c < format.bytes_per_pixel; ++c) {
              const size_t at = 3 * static_cast<size_t>(p.y * size.width + p.x);
              const char name = format.planes[0].samples[c];
              const int expected = name == 'A' ? 255
                                               : rgb[at + (name == 'R'   ? 0
                                                           : name == 'G' ? 1
                                                                         : 2)];
              ASSERT_EQ(out.sample(0, x, y, c), expected) << x << "," << y << " " << name;
            }
          }
        }
      }
    }
  }
}

TEST(JpegDecode, RgbOfRoundedSizes) {
  const auto jpeg = make_jpeg(recipe_of(S::k420, {37, 21}));
  const std::vector<uint8_t> rgb = library_rgb(jpeg);
  for (const PictureSize size : {PictureSize{36, 20}, {38, 22}}) {
    GuardedPicture out(F::kBgr888, size.width, size.height);
    ASSERT_TRUE(decode_jpeg(jpeg, {}, out.view()).ok());
    out.expect_guards();
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        const size_t at = 3 * static_cast<size_t>(std::min(y, 20) * 37 + std::min(x, 36));
        ASSERT_EQ(out.sample(0, x, y, 0), rgb[at + 2]) << x << "," << y;
      }
    }
  }
}

TEST(JpegDecode, TargetsThatCannotTakeThePicture) {
  const auto jpeg = make_jpeg(recipe_of(S::k420, {64, 47}));
  const auto expect_refused = [&](const Picture& picture, const char* said) {
    const Status status = decode_jpeg(jpeg, {}, picture);
    EXPECT_EQ(status.code(), ACL_ERROR_INVALID_PARAM) << said;
    EXPECT_NE(status.message().find(said), std::string::npos) << status.message();
  };
  GuardedPicture good(F::kYuvSemi420, 64, 46);
  ASSERT_TRUE(decode_jpeg(jpeg, {}, good.view()).ok());
  Picture bad = good.view();
  bad.size -= 1;
  expect_refused(bad, "4415 bytes for 64 x 46");
  bad = good.view();
  bad.data = nullptr;
  expect_refused(bad, "null");
  bad = good.view();
  bad.width_stride = 63;
  expect_refused(bad, "width stride 63");
  bad = good.view();
  bad.height_stride = 45;
  expect_refused(bad, "height stride 45");
  bad = good.view();
  bad.width = 63;
  expect_refused(bad, "pass 64 x 46 to 48");
  bad = good.view();
  bad.height = 0;
  expect_refused(bad, "64 x 0");
  bad = good.view();
  bad.format = F::kYuvSemi444;
  expect_refused(bad, "YUV_SEMIPLANAR_444");
  bad.format = F::kUnknown;
  expect_refused(bad, "no pixel format");
  bad.format = static_cast<F>(-5);
  expect_refused(bad, "-5");
}

TEST(JpegDecode, SharedPictures) {
  const auto files = shared_files("images/jpeg", "");
  if (files.empty()) GTEST_SKIP() << "no pictures at " << shared_data() << " (POACL_DATA)";
  int decoded = 0;
  for (const auto& path : files) {
    if (path.extension() != ".jpg" && path.extension() != ".jpeg") continue;
    SCOPED_TRACE(path.string());
    const std::vector<uint8_t> jpeg = read_bytes(path);
    const Result<JpegInfo> info = read_jpeg_info(jpeg);
    if (!info.ok() || !check_jpeg_coding(*info).ok()) continue;
    PictureSize size = {info->width, info->height};
    if (info->orientation >= 5) std::swap(size.width, size.height);
    const RawPlanes raw = raw_planes(jpeg);
    GuardedPicture out(jpeg_native_format(*info), size.width, size.height);
    const Status status = decode_jpeg(jpeg, {}, out.view());
    ASSERT_EQ(status.ok(), !raw.failed) << status.message();
    out.expect_guards();
    if (raw.failed) continue;
    expect_planes(out, raw, info->sampling, info->orientation);
    ++decoded;
    if (HasFailure()) return;
  }
  EXPECT_GT(decoded, 70);
}

}  // namespace
}  // namespace poacl::media
