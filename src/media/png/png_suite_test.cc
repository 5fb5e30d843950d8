// Real files against libpng: every picture of the shared PNG folders.
#include "media/media_test_util.h"
#include "media/png/png_decode.h"

#if defined(POACL_HAVE_LIBPNG)
#include <png.h>

#include <csetjmp>

namespace poacl::media {
namespace {

struct LibraryPicture {
  int channels = 0;  // 0: the library refuses the file
  std::vector<uint8_t> bytes;
};

struct Source {
  const std::vector<uint8_t>* bytes;
  size_t at;
};

void read_source(png_structp png, png_bytep to, png_size_t count) {
  auto* source = static_cast<Source*>(png_get_io_ptr(png));
  if (source->bytes->size() - source->at < count) png_error(png, "end of file");
  std::copy_n(source->bytes->data() + source->at, count, to);
  source->at += count;
}

// Plain expansion to 8-bit RGB or RGBA, transparency of palettes only if `alpha`.
bool library_decode(png_structp png, png_infop info, Source& source, bool alpha,
                    LibraryPicture& picture) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_read_fn(png, &source, read_source);
  png_read_info(png, info);
  const int colour = png_get_color_type(png, info);
  png_set_strip_16(png);
  if (colour == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (colour == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(png);
  if (colour == PNG_COLOR_TYPE_PALETTE && png_get_valid(png, info, PNG_INFO_tRNS) && alpha) {
    png_set_tRNS_to_alpha(png);
  }
  if (colour == PNG_COLOR_TYPE_GRAY || colour == PNG_COLOR_TYPE_GRAY_ALPHA) {
    png_set_gray_to_rgb(png);
  }
  if (!alpha) png_set_strip_alpha(png);
  const int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  const size_t row_bytes = png_get_rowbytes(png, info);
  const png_uint_32 height = png_get_image_height(png, info);
  picture.bytes.resize(row_bytes * height);
  for (int pass = 0; pass < passes; ++pass) {
    for (png_uint_32 y = 0; y < height; ++y) {
      png_read_row(png, picture.bytes.data() + y * row_bytes, nullptr);
    }
  }
  picture.channels = png_get_channels(png, info);
  return true;
}

LibraryPicture library_picture(const std::vector<uint8_t>& bytes, bool alpha) {
  LibraryPicture picture;
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr,
                                           [](png_structp, png_const_charp) {});
  png_infop info = png_create_info_struct(png);
  png_set_error_fn(
      png, nullptr, [](png_structp failed, png_const_charp) { png_longjmp(failed, 1); },
      [](png_structp, png_const_charp) {});
  Source source = {&bytes, 0};
  if (!library_decode(png, info, source, alpha, picture)) picture.channels = 0;
  png_destroy_read_struct(&png, &info, nullptr);
  return picture;
}

TEST(PngSuite, EqualsLibpng) {
  const auto files = shared_files("images/png", ".png");
  if (files.empty()) GTEST_SKIP() << "no pictures at " << shared_data() << " (POACL_DATA)";
  int same = 0;
  int refused = 0;
  for (const auto& path : files) {
    SCOPED_TRACE(path.string());
    const auto bytes = read_bytes(path);
    const Result<PngInfo> info = read_png_info(bytes);
    if (!info.ok()) {
      EXPECT_EQ(library_picture(bytes, false).channels, 0) << info.status().message();
      ++refused;
      continue;
    }
    for (const PixelFormat format : {PixelFormat::kRgb888, png_natural_format(*info)}) {
      const int channels = format_info(format).bytes_per_pixel;
      const LibraryPicture expected = library_picture(bytes, channels == 4);
      GuardedPicture out(format, info->width, info->height);
      const Status status = decode_png(bytes, {.lenient = true}, out.view());
      out.expect_guards();
      EXPECT_EQ(status.ok(), expected.channels != 0) << status.message();
      if (!status.ok() || expected.channels == 0) {
        ++refused;
        continue;
      }
      ASSERT_EQ(expected.channels, channels);
      ASSERT_EQ(expected.bytes.size(), out.view().size);
      EXPECT_TRUE(std::equal(expected.bytes.begin(), expected.bytes.end(), out.view().data));
      ++same;
    }
  }
  EXPECT_GT(same, 300);
  EXPECT_GT(refused, 10);
}

}  // namespace
}  // namespace poacl::media
#else
TEST(PngSuite, EqualsLibpng) {
  GTEST_SKIP() << "built without libpng";
}
#endif
