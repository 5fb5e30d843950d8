#include "media/png/png_decode.h"

#include "acl/acl_base.h"
#include "acl/error_codes/rt_error_codes.h"
#include "media/media_test_util.h"
#include "media/png/png_test_util.h"

namespace poacl::media {
namespace {

using F = PixelFormat;
using C = PngColour;

std::vector<PngRecipe> every_kind(int width, int height) {
  std::vector<PngRecipe> recipes;
  for (const C colour : {C::kGray, C::kRgb, C::kPalette, C::kGrayAlpha, C::kRgba}) {
    for (const int depth : {1, 2, 4, 8, 16}) {
      if (depth < 8 && colour != C::kGray && colour != C::kPalette) continue;
      if (depth == 16 && colour == C::kPalette) continue;
      for (const bool interlaced : {false, true}) {
        recipes.push_back({width, height, colour, depth, interlaced, false});
        if (colour != C::kGrayAlpha && colour != C::kRgba) {
          recipes.push_back({width, height, colour, depth, interlaced, true});
        }
      }
    }
  }
  return recipes;
}

std::string describe(const PngRecipe& recipe) {
  return "colour " + std::to_string(static_cast<int>(recipe.colour)) + " depth " +
         std::to_string(recipe.depth) + (recipe.interlaced ? " interlaced" : "") +
         (recipe.transparency ? " tRNS " : " ") + std::to_string(recipe.width) + "x" +
         std::to_string(recipe.height);
}

TEST(PngDecode, EveryKindSizeAndStride) {
  for (const auto& [width, height] :
       {std::pair{1, 1}, {2, 3}, {7, 5}, {9, 8}, {33, 17}, {300, 4}}) {
    for (const PngRecipe& recipe : every_kind(width, height)) {
      SCOPED_TRACE(describe(recipe));
      const auto png = make_png(recipe);
      const Result<PngInfo> info = read_png_info(png);
      ASSERT_TRUE(info.ok()) << info.status().message();
      EXPECT_EQ(info->channels, png_channels(recipe.colour));
      EXPECT_EQ(info->bit_depth, recipe.depth);
      EXPECT_EQ(info->interlaced, recipe.interlaced);
      EXPECT_EQ(info->transparency, recipe.transparency);
      for (const F format : {F::kRgb888, png_natural_format(*info)}) {
        const int bytes = format_info(format).bytes_per_pixel;
        for (const int extra : {0, 1, 84}) {
          GuardedPicture out(format, width, height, width * bytes + extra, height + 2);
          const Status status = decode_png(png, {.lenient = true}, out.view());
          ASSERT_TRUE(status.ok()) << status.message();
          out.expect_guards();
          for (int y = 0; y < height; ++y) {
            for (int x = 0; x < width; ++x) {
              const auto pixel = png_pixel(recipe, x, y);
              for (int c = 0; c < bytes; ++c) {
                ASSERT_EQ(out.sample(0, x, y, c), pixel[c]) << x << "," << y << " " << c;
              }
            }
            // Padding is left alone.
            const uint8_t* row = out.view().data + int64_t{y} * out.view().width_stride;
            for (int i = width * bytes; y + 1 < height && i < out.view().width_stride; ++i) {
              ASSERT_EQ(row[i], 0xA5);
            }
          }
        }
      }
    }
  }
}

TEST(PngDecode, NaturalFormats) {
  const auto natural = [](C colour, bool transparency = false) {
    return png_natural_format(
        *read_png_info(make_png({.colour = colour, .transparency = transparency})));
  };
  EXPECT_EQ(natural(C::kGray), F::kRgb888);
  EXPECT_EQ(natural(C::kGray, true), F::kRgb888);
  EXPECT_EQ(natural(C::kRgb), F::kRgb888);
  EXPECT_EQ(natural(C::kRgb, true), F::kRgb888);
  EXPECT_EQ(natural(C::kGrayAlpha), F::kRgba8888);
  EXPECT_EQ(natural(C::kRgba), F::kRgba8888);
  EXPECT_EQ(natural(C::kPalette), F::kRgb888);
  EXPECT_EQ(natural(C::kPalette, true), F::kRgba8888);
}

TEST(PngDecode, LegalOutputs) {
  for (const C colour : {C::kGray, C::kRgb, C::kGrayAlpha, C::kRgba}) {
    const PngInfo info = *read_png_info(make_png({.colour = colour}));
    const bool alpha = colour == C::kGrayAlpha || colour == C::kRgba;
    EXPECT_TRUE(check_png_output(info, F::kUnknown, {}).ok());
    for (const FormatInfo& format : pixel_formats()) {
      const bool legal = format.format == F::kRgb888 || (alpha && format.format == F::kRgba8888);
      const Status status = check_png_output(info, format.format, {});
      EXPECT_EQ(status.ok(), legal) << format.name;
      if (!legal) {
        EXPECT_EQ(status.code(), ACL_ERROR_INVALID_PARAM);
      }
    }
  }
}

TEST(PngDecode, PaletteOnlyWhenLenient) {
  const auto png = make_png({.colour = C::kPalette});
  GuardedPicture out(F::kRgb888, 16, 16);
  const Status status = decode_png(png, {}, out.view());
  EXPECT_EQ(status.code(), ACL_ERROR_FEATURE_UNSUPPORTED);
  EXPECT_NE(status.message().find("palette"), std::string::npos);
  EXPECT_TRUE(decode_png(png, {.lenient = true}, out.view()).ok());
}

TEST(PngDecode, ChipLimits) {
  PngInfo info;
  for (const auto& [side, fits] : {std::pair{31, false}, {32, true}, {4096, true}, {4097, false}}) {
    info.width = side;
    info.height = 100;
    EXPECT_EQ(check_png_limits(info, 1000).ok(), fits) << side;
    std::swap(info.width, info.height);
    EXPECT_EQ(check_png_limits(info, 1000).ok(), fits) << side;
  }
  info.width = info.height = 100;
  EXPECT_TRUE(check_png_limits(info, 134217728).ok());
  EXPECT_EQ(check_png_limits(info, 134217729).code(), ACL_ERROR_FEATURE_UNSUPPORTED);
}

TEST(PngDecode, TargetsThatCannotTakeThePicture) {
  const auto png = make_png({});
  GuardedPicture good(F::kRgb888, 16, 16);
  const auto expect_refused = [&](const Picture& picture, const char* said) {
    const Status status = decode_png(png, {}, picture);
    EXPECT_EQ(status.code(), ACL_ERROR_INVALID_PARAM) << said;
    EXPECT_NE(status.message().find(said), std::string::npos) << status.message();
  };
  Picture bad = good.view();
  bad.size -= 1;
  expect_refused(bad, "767 bytes");
  bad = good.view();
  bad.width_stride = 47;
  expect_refused(bad, "width stride 47");
  bad = good.view();
  bad.height_stride = 15;
  expect_refused(bad, "height stride 15");
  bad = good.view();
  bad.width = 15;
  expect_refused(bad, "15 x 16");
  bad = good.view();
  bad.data = nullptr;
  expect_refused(bad, "null");
  bad = good.view();
  bad.format = F::kRgba8888;
  expect_refused(bad, "RGBA_8888");
  bad.format = F::kUnknown;
  expect_refused(bad, "no pixel format");
}

TEST(PngDecode, NoPng) {
  const std::string text = "This is a text file and no picture at all, whatever its name says.";
  const std::vector<uint8_t> bytes(text.begin(), text.end());
  EXPECT_EQ(read_png_info(bytes).status().code(), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(read_png_info({}).status().code(), ACL_ERROR_INVALID_PARAM);
  auto png = make_png({});
  for (const auto& [at, value] :
       {std::pair{16, 0xFF}, {24, 3}, {25, 5}, {26, 1}, {27, 1}, {28, 2}}) {
    auto changed = png;
    changed[at] = static_cast<uint8_t>(value);
    EXPECT_EQ(read_png_info(changed).status().code(), ACL_ERROR_INVALID_PARAM) << at;
  }
}

TEST(PngDecode, EveryTruncation) {
  for (const bool interlaced : {false, true}) {
    const auto png = make_png({.width = 13, .height = 11, .interlaced = interlaced});
    GuardedPicture out(F::kRgb888, 13, 11);
    // Pixels end 16 bytes before the end of the file (checksums, IEND).
    for (size_t size = 0; size < png.size() - 20; ++size) {
      const std::vector<uint8_t> cut(png.begin(), png.begin() + static_cast<long>(size));
      const Status status = decode_png(cut, {}, out.view());
      ASSERT_FALSE(status.ok()) << size;
      out.expect_guards();
      ASSERT_TRUE(status.code() == ACL_ERROR_INVALID_PARAM ||
                  status.code() == ACL_ERROR_RT_AICPU_EXCEPTION)
          << status.message();
    }
  }
}

TEST(PngDecode, DamagedPixelsAreAnError) {
  auto png = make_png({.width = 40, .height = 40});
  png[png.size() / 2] ^= 0x10;
  GuardedPicture out(F::kRgb888, 40, 40);
  const Status status = decode_png(png, {}, out.view());
  EXPECT_EQ(status.code(), ACL_ERROR_RT_AICPU_EXCEPTION);
  EXPECT_NE(status.message().find("40 x 40"), std::string::npos) << status.message();
}

TEST(PngDecode, HugeHeader) {
  auto png = make_png({});
  for (int i = 16; i < 24; ++i) png[i] = i % 4 == 0 ? 0x7F : 0xFF;
  const Result<PngInfo> info = read_png_info(png);
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->width, 2147483647);
  std::vector<uint8_t> small(1000);
  const Picture out = {F::kRgb888, 2147483647,   2147483647,  2147483647,
                       2147483647, small.data(), small.size()};
  EXPECT_EQ(decode_png(png, {}, out).code(), ACL_ERROR_INVALID_PARAM);
}

TEST(PngDecode, SharedFuzzFiles) {
  const auto files = shared_files("fuzz/png", "");
  if (files.empty()) GTEST_SKIP() << "no fuzz files at " << shared_data() << " (POACL_DATA)";
  for (const auto& path : files) {
    SCOPED_TRACE(path.string());
    const auto bytes = read_bytes(path);
    const Result<PngInfo> info = read_png_info(bytes);
    if (!info.ok() || int64_t{info->width} * info->height > 40000000) continue;
    GuardedPicture out(png_natural_format(*info), info->width, info->height);
    const Status status = decode_png(bytes, {.lenient = true}, out.view());
    out.expect_guards();
    if (!status.ok()) {
      EXPECT_FALSE(status.message().empty());
    }
  }
}

}  // namespace
}  // namespace poacl::media
