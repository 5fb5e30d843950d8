#include "media/vpc/border.h"

#include <gtest/gtest.h>

#include "acl/acl_base.h"
#include "media/vpc/border_index.h"
#include "media/vpc/lane.h"
#include "media/vpc/picture_test_util.h"
#include "media/vpc/reference_test_util.h"

namespace poacl::media {
namespace {

std::string drawn(BorderType type, const std::string& line, int reach) {
  std::string text;
  const int n = static_cast<int>(line.size());
  for (int i = -reach; i < n + reach; ++i) {
    text += line[static_cast<size_t>(border_index(type, i, n))];
  }
  return text;
}

TEST(BorderIndex, DrawsThePatternsOfTheSpecification) {
  EXPECT_EQ(drawn(BorderType::kReplicate, "abc", 3), "aaaabcccc");
  EXPECT_EQ(drawn(BorderType::kReflect, "abc", 3), "cbaabccba");
  EXPECT_EQ(drawn(BorderType::kReflect101, "abcd", 3), "dcbabcdcba");
}

TEST(BorderIndex, BordersWiderThanTheLine) {
  EXPECT_EQ(drawn(BorderType::kReflect, "ab", 5), "aabbaabbaabb");
  EXPECT_EQ(drawn(BorderType::kReflect101, "abc", 5), "babcbabcbabcb");
}

TEST(BorderType, WhatIsRefused) {
  for (int64_t type = 0; type < 4; ++type) EXPECT_TRUE(check_border_type(type, false).ok());
  for (int64_t type = 0; type < 2; ++type) EXPECT_TRUE(check_border_type(type, true).ok());
  for (const int64_t type : {2, 3, 5, -1}) {
    EXPECT_EQ(check_border_type(type, true).code(), ACL_ERROR_INVALID_PARAM);
  }
  EXPECT_EQ(check_border_type(5, false).code(), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(check_border_type(4, false).code(), ACL_ERROR_FEATURE_UNSUPPORTED);
  EXPECT_EQ(check_border_type(4, true).code(), ACL_ERROR_FEATURE_UNSUPPORTED);
}

// Every sample of the destination from the definition.
void expect_bordered(const TestPicture& target, const Channels& inner, const Rect& paste,
                     const Border& border, const std::array<uint8_t, 4>& colour, double tolerance) {
  for (const auto& [c, channel] : inner) {
    const ComponentArea all = component_area(target.picture, c, whole(target.picture));
    const ComponentArea area = component_area(target.picture, c, paste);
    for (int y = 0; y < all.height; ++y) {
      for (int x = 0; x < all.width; ++x) {
        const int in_x = x - area.left;
        const int in_y = y - area.top;
        const bool inside = in_x >= 0 && in_x < area.width && in_y >= 0 && in_y < area.height;
        double wanted = colour[component_index(c)];
        if (inside || border.type != BorderType::kConstant) {
          wanted = channel.at(border_index(border.type, in_x, area.width),
                              border_index(border.type, in_y, area.height));
        }
        ASSERT_NEAR(target.at(c, x, y), wanted, tolerance)
            << format_info(target.picture.format).name << " " << c << " " << x << " " << y;
      }
    }
  }
}

TEST(MakeBorder, EveryFormatTypeAndOddBorders) {
  std::mt19937 random(6);
  for (const FormatInfo& format : pixel_formats()) {
    for (int type = 0; type < 4; ++type) {
      const int left = static_cast<int>(random() % 20);
      const int top = static_cast<int>(random() % 50);
      const int width = 1 + static_cast<int>(random() % 40);
      const int height = 1 + static_cast<int>(random() % 9);
      TestPicture source(format.format, width, height, random, 5);
      TestPicture target(format.format, left + width + static_cast<int>(random() % 20),
                         top + height + static_cast<int>(random() % 20), random, 3, 1);
      const Rect paste = {left, top, width, height};
      const Border border = {static_cast<BorderType>(type), {10, 200, 30, 77}};
      SerialFor serial;
      const std::vector<uint8_t> before = target.bytes();
      const TransformJob job = {source.picture, target.picture, {whole(source.picture), paste}};
      ASSERT_TRUE(make_border(job, border, {}, serial).ok());
      expect_bordered(target, read_area(source, whole(source.picture)), paste, border, border.value,
                      0);
      expect_only_area_changed(target, whole(target.picture), before, std::string(format.name));
    }
  }
}

// The example of the specification.
TEST(MakeBorder, TwoPixelsAroundFullHd) {
  std::mt19937 random(7);
  TestPicture source(PixelFormat::kYuvSemi420, 1920, 1080, random);
  TestPicture target(PixelFormat::kYuvSemi420, 1924, 1084, random);
  const Rect paste = {2, 2, 1920, 1080};
  SerialFor serial;
  const TransformJob job = {source.picture, target.picture, {whole(source.picture), paste}};
  ASSERT_TRUE(make_border(job, {BorderType::kConstant, {0, 128, 128}}, {}, serial).ok());
  EXPECT_EQ(target.at('Y', 0, 0), 0);
  EXPECT_EQ(target.at('Y', 1923, 1083), 0);
  EXPECT_EQ(target.at('U', 0, 0), 128);
  EXPECT_EQ(target.at('U', 961, 541), 128);
  EXPECT_EQ(target.at('Y', 2, 2), source.at('Y', 0, 0));
  EXPECT_EQ(target.at('Y', 1921, 1081), source.at('Y', 1919, 1079));
  EXPECT_EQ(target.at('V', 1, 1), source.at('V', 0, 0));
  EXPECT_EQ(target.at('V', 960, 540), source.at('V', 959, 539));
}

// A constant is R, G, B as soon as one side is.
TEST(MakeBorder, ColourOfTheConstant) {
  std::mt19937 random(8);
  const Border red = {BorderType::kConstant, {255, 0, 0, 9}};
  const auto corner = [&](PixelFormat from, PixelFormat to) {
    TestPicture source(from, 4, 4, random);
    TestPicture target(to, 8, 8, random);
    SerialFor serial;
    const TransformJob job = {
        source.picture, target.picture, {whole(source.picture), {2, 2, 4, 4}}};
    EXPECT_TRUE(make_border(job, red, {}, serial).ok());
    std::vector<int> values;
    for (const char c : components_of(format_info(to))) values.push_back(target.at(c, 0, 0));
    return values;
  };
  using V = std::vector<int>;
  EXPECT_EQ(corner(PixelFormat::kYuvSemi420, PixelFormat::kYuvPlanar444), (V{255, 0, 0}));
  EXPECT_EQ(corner(PixelFormat::kYuvSemi420, PixelFormat::kBgra8888), (V{255, 0, 0, 9}));
  EXPECT_EQ(corner(PixelFormat::kRgb888, PixelFormat::kYuvSemi420), (V{76, 85, 255}));
  EXPECT_EQ(corner(PixelFormat::kRgb888, PixelFormat::kYuv400), (V{76}));
  EXPECT_EQ(corner(PixelFormat::kRgb888, PixelFormat::kBgrPlanar), (V{255, 0, 0}));
}

TEST(MakeBorder, AfterCropAndResizeInABatch) {
  std::mt19937 random(9);
  TestPicture source(PixelFormat::kYuvSemi420, 64, 48, random);
  TestPicture first(PixelFormat::kRgb888, 40, 40, random);
  TestPicture second(PixelFormat::kYuvSemi420, 32, 32, random);
  TestPicture inner(PixelFormat::kRgb888, 20, 30, random);
  const Rect crop = {3, 5, 51, 37};
  const Rect paste = {7, 1, 20, 30};
  const std::vector<TransformJob> jobs = {
      {source.picture, first.picture, {crop, paste}},
      {source.picture, second.picture, {crop, {4, 4, 20, 20}}},
  };
  const std::vector<Border> borders = {{BorderType::kReplicate, {}},
                                       {BorderType::kConstant, {1, 2, 3}}};
  SerialFor serial;
  ASSERT_TRUE(make_border(jobs, borders, {}, serial).ok());
  ASSERT_TRUE(
      transform(source.picture, inner.picture, {crop, whole(inner.picture)}, {}, serial).ok());
  expect_bordered(first, read_area(inner, whole(inner.picture)), paste, borders[0], {}, 0);
  EXPECT_EQ(second.at('Y', 31, 31), 1);
  EXPECT_EQ(second.at('U', 15, 15), 2);
  EXPECT_EQ(second.at('V', 1, 1), 3);
}

}  // namespace
}  // namespace poacl::media
