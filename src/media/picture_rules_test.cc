#include "media/picture_rules.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace poacl::media {
namespace {

constexpr int kNv12 = 1;
constexpr int kRgb = 12;

const MediaRules& r310() {
  return media_rules(SocFamily::k310);
}
const MediaRules& r310p() {
  return media_rules(SocFamily::k310P);
}
const MediaRules& r910b() {
  return media_rules(SocFamily::k910B);
}

uint8_t* some_address() {
  static std::array<uint8_t, 1> byte;
  return byte.data();
}

PictureNumbers numbers(int format, int width, int height, int width_stride, int height_stride,
                       size_t size) {
  return {format, width, height, width_stride, height_stride, some_address(), size};
}

std::string refusal(const PictureNumbers& given, const Rulebook& book,
                    PictureUse use = PictureUse::kVpcInput) {
  const Result<Picture> result = check_picture_numbers(given, use, "input picture", book);
  if (result.ok()) return "";
  EXPECT_EQ(result.status().code(), 100000);
  return std::string(result.status().message());
}

::testing::AssertionResult says(const std::string& text, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    if (text.find(part) == std::string::npos) {
      return ::testing::AssertionFailure() << "\"" << text << "\" lacks \"" << part << "\"";
    }
  }
  return ::testing::AssertionSuccess();
}

TEST(PictureRules, SmallestWidthStridesFollowTheFormatTable) {
  const auto least = [](int format, int width) {
    return min_width_stride(*find_format(format), width);
  };
  for (const int format :
       {0, 1, 2, 3, 4, 5, 6, 20, 21, 22, 55, 56, 57, 65, 66, 69, 70, 1000, 1001}) {
    EXPECT_EQ(least(format, 100), 100) << format;
  }
  for (const int format : {7, 8, 9, 10}) EXPECT_EQ(least(format, 100), 200) << format;
  for (const int format : {11, 12, 13}) EXPECT_EQ(least(format, 100), 300) << format;
  for (const int format : {14, 15, 16, 17}) EXPECT_EQ(least(format, 100), 400) << format;
  // The last chroma sample of an odd row needs its place.
  EXPECT_EQ(least(kNv12, 7), 8);
  EXPECT_EQ(least(7, 7), 16);
  EXPECT_EQ(least(55, 7), 7);
  EXPECT_EQ(least(1000, 7), 7);
}

TEST(PictureRules, SizesFollowTheFormatTable) {
  // Format, numerator and denominator of stride * rows (64 x 48).
  constexpr int kFactors[][3] = {
      {0, 1, 1},  {1, 3, 2},  {2, 3, 2},  {3, 2, 1},    {4, 2, 1},   {5, 3, 1},  {6, 3, 1},
      {7, 1, 1},  {10, 1, 1}, {11, 1, 1}, {12, 1, 1},   {13, 1, 1},  {14, 1, 1}, {17, 1, 1},
      {20, 3, 2}, {21, 2, 1}, {22, 3, 1}, {55, 3, 2},   {56, 2, 1},  {57, 3, 1}, {65, 2, 1},
      {66, 2, 1}, {69, 3, 1}, {70, 3, 1}, {1000, 2, 1}, {1001, 2, 1}};
  for (const auto& [format, up, down] : kFactors) {
    EXPECT_EQ(strided_bytes(*find_format(format), 64, 48), 64 * 48 * up / down) << format;
  }
}

TEST(PictureRules, WhatASampleComputesIsTaken) {
  for (const SocFamily family : {SocFamily::k310, SocFamily::k310P, SocFamily::k910B}) {
    const Rulebook strict{media_rules(family), true};
    // align16(w), align2(h), * 3 / 2.
    EXPECT_EQ(refusal(numbers(kNv12, 1000, 562, 1008, 562, 1008 * 562 * 3 / 2), strict), "");
  }
  EXPECT_EQ(chip_width_stride(*find_format(kRgb), 100, r310p()), 336);
  EXPECT_EQ(chip_width_stride(*find_format(kRgb), 100, r910b()), 300);
  EXPECT_EQ(chip_width_stride(*find_format(kNv12), 10, r310p()), 32);
  EXPECT_EQ(chip_height_stride(*find_format(kRgb), 101, r310p()), 102);
  EXPECT_EQ(chip_height_stride(*find_format(kRgb), 101, r910b()), 101);
}

TEST(PictureRules, ErrorsTellTheNumbersAndTheRightOnes) {
  const Rulebook book{r310p()};
  EXPECT_TRUE(says(refusal(numbers(kRgb, 100, 50, 200, 50, 100000), book),
                   {"input picture: ", "200", "RGB_888", "width 100", "300", "pass 336"}));
  EXPECT_TRUE(says(refusal(numbers(kNv12, 64, 50, 64, 40, 100000), book),
                   {"height stride 40", "height 50", "pass 50"}));
  EXPECT_TRUE(says(refusal(numbers(kNv12, 64, 64, 64, 64, 6000), book),
                   {"size 6000", "64 x 64", "6144", "pass 6144"}));
  EXPECT_TRUE(says(refusal(numbers(99, 64, 64, 64, 64, 6144), book), {"format 99"}));
  EXPECT_TRUE(says(refusal(numbers(kNv12, 0, 64, 64, 64, 6144), book), {"width 0", "16384"}));
  EXPECT_TRUE(says(refusal(numbers(kNv12, 64, 16385, 64, 16385, 6144), book), {"16385"}));
  PictureNumbers nowhere = numbers(kNv12, 64, 64, 64, 64, 6144);
  nowhere.data = nullptr;
  EXPECT_TRUE(says(refusal(nowhere, book), {"address", "null"}));
  for (const int64_t wild : {int64_t{-1}, int64_t{1} << 31, int64_t{UINT32_MAX}}) {
    PictureNumbers given = numbers(kNv12, 64, 64, 64, 64, 6144);
    given.width_stride = wild;
    EXPECT_NE(refusal(given, book), "") << wild;
    given = numbers(kNv12, 64, 64, 64, 64, 6144);
    given.format = wild;
    EXPECT_NE(refusal(given, book), "") << wild;
  }
}

TEST(PictureRules, TheLastRowMayEndWithThePicture) {
  const Rulebook book{r310p()};
  // 60 of 64 bytes of the last chroma row, and no row of padding.
  EXPECT_EQ(refusal(numbers(kNv12, 60, 40, 64, 40, 64 * 40 + 19 * 64 + 60), book), "");
  EXPECT_NE(refusal(numbers(kNv12, 60, 40, 64, 40, 64 * 40 + 19 * 64 + 59), book), "");
  EXPECT_NE(refusal(numbers(kNv12, 60, 40, 64, 40, 64 * 40 + 19 * 64 + 60), {r310p(), true}), "");
}

TEST(PictureRules, OnlyStrictMediaMindsTheChip) {
  struct Case {
    const MediaRules& rules;
    PictureUse use;
    PictureNumbers given;
    const char* part;
  };
  const size_t much = size_t{1} << 30;
  const auto in = PictureUse::kVpcInput;
  const auto out = PictureUse::kVpcOutput;
  const auto jpeg = PictureUse::kJpegEncode;
  const Case cases[] = {
      {r310p(), in, numbers(kNv12, 100, 50, 100, 50, much), "pass 112"},
      {r310p(), in, numbers(kNv12, 99, 50, 112, 50, much), "pass 98 x 50"},
      {r310p(), in, numbers(kNv12, 96, 50, 96, 51, much), "pass 50"},
      {r310p(), in, numbers(kNv12, 8, 6, 32, 6, much), "10 x 6"},
      {r310p(), in, numbers(kNv12, 8194, 64, 8208, 64, much), "8192"},
      {r310p(), in, numbers(kRgb, 4098, 64, 12336, 64, much), "4096"},
      {r310p(), in, numbers(55, 64, 64, 64, 64, much), "YUV_PLANAR_420"},
      {r310p(), out, numbers(5, 64, 64, 64, 64, much), "YUV_SEMIPLANAR_444"},
      {r310p(), out, numbers(kNv12, 4112, 64, 4112, 64, much), "4096"},
      {r310(), out, numbers(kRgb, 64, 64, 192, 64, much), "RGB_888"},
      {r310(), in, numbers(0, 4112, 64, 4112, 64, much), "4096"},
      {r910b(), out, numbers(kNv12, 64, 8194, 64, 8194, much), "8192"},
      {r310p(), jpeg, numbers(kNv12, 30, 64, 32, 64, much), "32 x 32"},
      {r310p(), jpeg, numbers(kRgb, 64, 64, 192, 64, much), "RGB_888"},
      {r310p(), jpeg, numbers(7, 100, 64, 200, 64, much), "pass 208"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(refusal(c.given, {c.rules, false}, c.use), "") << c.part;
    EXPECT_TRUE(says(refusal(c.given, {c.rules, true}, c.use), {c.part, "POACL_STRICT_MEDIA"}));
  }
  // What the chips do take.
  EXPECT_EQ(refusal(numbers(kNv12, 8192, 64, 8192, 64, much), {r310(), true}), "");
  EXPECT_EQ(refusal(numbers(kRgb, 101, 51, 303, 51, much), {r910b(), true}), "");
  EXPECT_EQ(refusal(numbers(7, 100, 64, 208, 64, much), {r310p(), true}, jpeg), "");
}

Picture plain(int width, int height) {
  Picture picture;
  picture.format = PixelFormat::kYuv400;
  picture.width = width;
  picture.height = height;
  picture.width_stride = width;
  picture.height_stride = height;
  picture.data = some_address();
  return picture;
}

std::string area_refusal(const AreaNumbers& area, const Rulebook& book,
                         AreaUse use = AreaUse::kCrop) {
  const Result<Rect> rect = check_area_numbers(area, plain(100, 80), use, "crop area", book);
  return rect.ok() ? "" : std::string(rect.status().message());
}

TEST(PictureRules, Areas) {
  const Rulebook book{r310p()};
  const Result<Rect> rect =
      check_area_numbers({50, 99, 40, 79}, plain(100, 80), AreaUse::kCrop, "crop area", book);
  ASSERT_TRUE(rect.ok());
  EXPECT_EQ(rect->left, 50);
  EXPECT_EQ(rect->top, 40);
  EXPECT_EQ(rect->width, 50);
  EXPECT_EQ(rect->height, 40);
  EXPECT_TRUE(says(area_refusal({50, 100, 40, 79}, book), {"right 100", "100 x 80", "99"}));
  EXPECT_TRUE(says(area_refusal({50, 99, 40, 80}, book), {"bottom 80", "79"}));
  EXPECT_TRUE(says(area_refusal({50, 49, 40, 79}, book), {"left 50, right 49"}));
  EXPECT_TRUE(says(area_refusal({50, 99, 40, 39}, book), {"top 40, bottom 39"}));
  EXPECT_NE(area_refusal({0, UINT32_MAX, 0, 10}, book), "");
  EXPECT_EQ(area_refusal({3, 3, 7, 7}, book), "");
}

TEST(PictureRules, AreasOfTheChips) {
  EXPECT_EQ(area_refusal({3, 40, 7, 40}, {r310(), false}), "");
  EXPECT_TRUE(says(area_refusal({3, 40, 7, 40}, {r310(), true}), {"pass 2, 39, 6, 39"}));
  EXPECT_EQ(area_refusal({3, 40, 7, 40}, {r310p(), true}), "");
  EXPECT_TRUE(says(area_refusal({24, 60, 0, 40}, {r310p(), true}, AreaUse::kPaste), {"pass 16"}));
  EXPECT_EQ(area_refusal({24, 60, 0, 40}, {r910b(), true}, AreaUse::kPaste), "");
  EXPECT_TRUE(says(area_refusal({0, 8, 0, 40}, {r310p(), true}), {"9 x 41", "10 x 6"}));
}

TEST(PictureRules, ScalingOfTheChips) {
  const Rect large{0, 0, 3300, 3300};
  const Rect small{0, 0, 100, 100};
  EXPECT_TRUE(check_scaling(large, small, "crop area", {r310p(), false}).ok());
  EXPECT_FALSE(check_scaling(large, small, "crop area", {r310p(), true}).ok());
  EXPECT_FALSE(check_scaling(small, large, "crop area", {r310p(), true}).ok());
  EXPECT_TRUE(check_scaling(large, small, "crop area", {r910b(), true}).ok());
  EXPECT_TRUE(check_scaling({0, 0, 3200, 1600}, {0, 0, 100, 100}, "", {r310(), true}).ok());
}

TEST(PictureRules, InputAndOutputAreApart) {
  std::array<uint8_t, 4096> memory{};
  Picture first = plain(32, 32);
  Picture second = plain(32, 32);
  first.data = memory.data();
  second.data = memory.data() + 1024;
  EXPECT_TRUE(check_apart(first, second, "output picture").ok());
  EXPECT_TRUE(check_apart(second, first, "output picture").ok());
  second.data = memory.data() + 1023;
  EXPECT_FALSE(check_apart(first, second, "output picture").ok());
  EXPECT_FALSE(check_apart(second, first, "output picture").ok());
}

}  // namespace
}  // namespace poacl::media
