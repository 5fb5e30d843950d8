#include "media/decode_target.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace poacl::media {
namespace {

constexpr int64_t kUnknown = 10000;

JpegInfo jpeg(int width, int height, JpegSampling sampling, int orientation = 1) {
  JpegInfo info;
  info.width = width;
  info.height = height;
  info.components = sampling == JpegSampling::k400 ? 1 : 3;
  info.sampling = sampling;
  info.colour = sampling == JpegSampling::k400 ? JpegColour::kGray : JpegColour::kYCbCr;
  info.orientation = orientation;
  return info;
}

PngInfo png(int width, int height, PngColour colour) {
  PngInfo info;
  info.width = width;
  info.height = height;
  info.colour = colour;
  info.channels = colour == PngColour::kRgba ? 4 : 3;
  return info;
}

PictureNumbers asked(int64_t format, int64_t width_stride, int64_t height_stride, size_t size) {
  static std::array<uint8_t, 1> somewhere;
  return {format, 0, 0, width_stride, height_stride, somewhere.data(), size};
}

const Rulebook kBook{media_rules(SocFamily::k310P)};
const Rulebook kStrict{media_rules(SocFamily::k310P), true};

Picture target(const JpegInfo& info, const PictureNumbers& numbers,
               JpegOddSize odd = JpegOddSize::kAlignDownCompat, const Rulebook& book = kBook) {
  const Result<Picture> result = jpeg_target(info, numbers, odd, book);
  EXPECT_TRUE(result.ok()) << result.status().message();
  return result.ok() ? *result : Picture();
}

std::string refusal(const JpegInfo& info, const PictureNumbers& numbers,
                    const Rulebook& book = kBook) {
  const Result<Picture> result = jpeg_target(info, numbers, JpegOddSize::kAlignDownCompat, book);
  return result.ok() ? "" : std::string(result.status().message());
}

TEST(DecodeTarget, StridesOfZeroBecomeThoseOfTheChip) {
  const Picture picture = target(jpeg(100, 50, JpegSampling::k420), asked(1, 0, 0, 128 * 64 * 2));
  EXPECT_EQ(picture.width, 100);
  EXPECT_EQ(picture.height, 50);
  EXPECT_EQ(picture.width_stride, 128);
  EXPECT_EQ(picture.height_stride, 64);
  const Rulebook old{media_rules(SocFamily::k310)};
  EXPECT_EQ(target(jpeg(130, 50, JpegSampling::k420), asked(1, 0, 0, 1 << 20),
                   JpegOddSize::kAlignDown, old)
                .width_stride,
            256);
}

TEST(DecodeTarget, GivenStridesAreTaken) {
  // The guide's: 16 and 2, with a buffer that fits exactly.
  const Picture picture =
      target(jpeg(1000, 562, JpegSampling::k420), asked(1, 1008, 562, size_t{1008} * 562 * 3 / 2));
  EXPECT_EQ(picture.width_stride, 1008);
  EXPECT_EQ(picture.height_stride, 562);
  const std::string narrow =
      refusal(jpeg(1000, 562, JpegSampling::k420), asked(1, 900, 0, 1 << 24));
  EXPECT_NE(narrow.find("900"), std::string::npos);
  EXPECT_NE(narrow.find("pass 1024"), std::string::npos);
  EXPECT_NE(refusal(jpeg(1000, 562, JpegSampling::k420), asked(1, 0, 500, 1 << 24)), "");
}

TEST(DecodeTarget, AStrideThatDoesNotFitIsLowered) {
  // A buffer for strides that are multiples of 64, a descriptor with one of 128.
  const JpegInfo info = jpeg(700, 480, JpegSampling::k420);
  const Picture picture = target(info, asked(1, 768, 480, size_t{704} * 480 * 3 / 2));
  EXPECT_EQ(picture.width_stride, 704);
  EXPECT_EQ(picture.height_stride, 480);
  EXPECT_NE(refusal(info, asked(1, 768, 480, size_t{640} * 480 * 3 / 2)), "");
  EXPECT_NE(refusal(info, asked(1, 768, 480, size_t{704} * 480 * 3 / 2), kStrict), "");
}

TEST(DecodeTarget, OddSizesAndRotation) {
  const JpegInfo odd = jpeg(101, 51, JpegSampling::k422);
  EXPECT_EQ(target(odd, asked(3, 0, 0, 1 << 20), JpegOddSize::kAlignDown).width, 100);
  EXPECT_EQ(target(odd, asked(3, 0, 0, 1 << 20), JpegOddSize::kAlignDown).height, 51);
  EXPECT_EQ(target(odd, asked(3, 0, 0, 1 << 20), JpegOddSize::kAlignUp).width, 102);
  EXPECT_EQ(target(odd, asked(3, 0, 0, 1 << 20), JpegOddSize::kAlignDownCompat).height, 50);
  const Picture turned = target(jpeg(100, 50, JpegSampling::k420, 6), asked(1, 0, 0, 1 << 20));
  EXPECT_EQ(turned.width, 50);
  EXPECT_EQ(turned.height, 100);
  EXPECT_EQ(turned.width_stride, 64);
}

TEST(DecodeTarget, FormatsOfTheFile) {
  const auto native = [](JpegSampling sampling) {
    return static_cast<int>(target(jpeg(64, 64, sampling), asked(kUnknown, 0, 0, 1 << 20)).format);
  };
  EXPECT_EQ(native(JpegSampling::k444), 6);
  EXPECT_EQ(native(JpegSampling::k422), 4);
  EXPECT_EQ(native(JpegSampling::k420), 2);
  EXPECT_EQ(native(JpegSampling::k440), 1001);
  EXPECT_NE(refusal(jpeg(64, 64, JpegSampling::k422), asked(5, 0, 0, 1 << 20)), "");
  EXPECT_NE(refusal(jpeg(64, 64, JpegSampling::k422), asked(99, 0, 0, 1 << 20)), "");
}

TEST(DecodeTarget, StrictMediaMindsTheChip) {
  const JpegInfo info = jpeg(1000, 562, JpegSampling::k420);
  EXPECT_NE(refusal(info, asked(1, 1008, 562, 1 << 24), kStrict).find("pass 1024 x 576"),
            std::string::npos);
  EXPECT_EQ(refusal(info, asked(1, 1024, 576, 1 << 24), kStrict), "");
  EXPECT_NE(refusal(jpeg(30, 64, JpegSampling::k420), asked(1, 0, 0, 1 << 24), kStrict), "");
  PictureNumbers sized = asked(1, 0, 0, 1 << 24);
  sized.width = 640;
  sized.height = 480;
  EXPECT_EQ(refusal(info, sized), "");
  EXPECT_NE(refusal(info, sized, kStrict).find("1000 x 562"), std::string::npos);
}

TEST(DecodeTarget, PredictedBytes) {
  const MediaRules& rules = media_rules(SocFamily::k310P);
  const auto bytes = [&rules](const JpegInfo& info, int64_t format) {
    return *jpeg_decoded_bytes(info, format, rules);
  };
  EXPECT_EQ(bytes(jpeg(100, 50, JpegSampling::k420), 1), 128u * 64 * 3 / 2);
  EXPECT_EQ(bytes(jpeg(100, 50, JpegSampling::k422), 3), 128u * 64 * 2);
  EXPECT_EQ(bytes(jpeg(100, 50, JpegSampling::k440), 1000), 128u * 64 * 2);
  EXPECT_EQ(bytes(jpeg(100, 50, JpegSampling::k444), kUnknown), 128u * 64 * 3);
  EXPECT_EQ(bytes(jpeg(100, 50, JpegSampling::k400), 1), 128u * 64 * 3 / 2);
  EXPECT_FALSE(jpeg_decoded_bytes(jpeg(65535, 65535, JpegSampling::k444), kUnknown, rules).ok());
  EXPECT_EQ(*png_decoded_bytes(png(100, 50, PngColour::kRgb), 12, {}), 128u * 3 * 64);
  EXPECT_EQ(*png_decoded_bytes(png(100, 50, PngColour::kRgba), kUnknown, {}), 128u * 4 * 64);
  EXPECT_FALSE(png_decoded_bytes(png(1 << 30, 1 << 30, PngColour::kRgb), 12, {}).ok());
}

TEST(DecodeTarget, PngWithNothingButMemory) {
  const Result<Picture> picture =
      png_target(png(100, 50, PngColour::kRgb), asked(12, 0, 0, 128 * 3 * 64), {}, kBook);
  ASSERT_TRUE(picture.ok()) << picture.status().message();
  EXPECT_EQ(picture->width_stride, 128 * 3);
  EXPECT_EQ(picture->height_stride, 64);
  EXPECT_FALSE(png_target(png(100, 50, PngColour::kRgb), asked(16, 0, 0, 1 << 20), {}, kBook).ok());
  EXPECT_FALSE(png_target(png(100, 50, PngColour::kRgb), asked(12, 0, 0, 10000), {}, kBook).ok());
}

TEST(DecodeTarget, EncodedBytesLeaveRoom) {
  Picture picture;
  picture.format = PixelFormat::kYuvSemi420;
  picture.width = 1920;
  picture.height = 1080;
  picture.width_stride = 1920;
  picture.height_stride = 1080;
  EXPECT_GE(jpeg_encoded_bytes(picture), 1920u * 1088 * 3 / 2 + 65536);
}

}  // namespace
}  // namespace poacl::media
