#include "media/vpc/pyramid.h"

#include <gtest/gtest.h>

#include "acl/acl_base.h"
#include "media/vpc/border_index.h"
#include "media/vpc/picture_test_util.h"

namespace poacl::media {
namespace {

int sample(const TestPicture& picture, int x, int y, const PyramidFilter& filter) {
  const int width = picture.picture.width;
  const int height = picture.picture.height;
  const bool inside = x >= 0 && x < width && y >= 0 && y < height;
  if (!inside && filter.border == BorderType::kConstant) return filter.border_value;
  return picture.at('Y', border_index(filter.border, x, width),
                    border_index(filter.border, y, height));
}

int filtered(const TestPicture& picture, int x, int y, const PyramidFilter& filter) {
  double sum = 0;
  for (int i = 0; i < 25; ++i) {
    sum += filter.weights[static_cast<size_t>(i)] *
           sample(picture, 2 * x + i % 5 - 2, 2 * y + i / 5 - 2, filter);
  }
  return static_cast<int>(std::clamp(std::floor(sum / filter.divisor + 0.5), 0.0, 255.0));
}

void expect_filtered(const PyramidFilter& filter, std::mt19937& random) {
  for (const auto& [width, height] :
       {std::pair(1, 1), {2, 2}, {3, 1}, {1, 7}, {33, 18}, {100, 41}, {256, 70}}) {
    TestPicture source(PixelFormat::kYuv400, width, height, random, 5);
    TestPicture target(PixelFormat::kYuv400, (width + 1) / 2, (height + 1) / 2, random, 3);
    const std::vector<uint8_t> before = target.bytes();
    SerialFor serial;
    ASSERT_TRUE(check_pyrdown(source.picture, target.picture, filter).ok());
    ASSERT_TRUE(pyrdown(source.picture, target.picture, filter, serial).ok());
    for (int y = 0; y < target.picture.height; ++y) {
      for (int x = 0; x < target.picture.width; ++x) {
        ASSERT_EQ(target.at('Y', x, y), filtered(source, x, y, filter))
            << width << "x" << height << " at " << x << " " << y;
      }
    }
    expect_only_area_changed(target, {0, 0, target.picture.width, target.picture.height}, before,
                             "pyramid");
  }
}

TEST(Pyramid, DefaultFilterWithEveryBorder) {
  std::mt19937 random(10);
  for (const BorderType border :
       {BorderType::kConstant, BorderType::kReplicate, BorderType::kReflect}) {
    PyramidFilter filter;
    filter.border = border;
    filter.border_value = 201;
    expect_filtered(filter, random);
  }
}

TEST(Pyramid, AnyFilter) {
  std::mt19937 random(11);
  for (int round = 0; round < 10; ++round) {
    PyramidFilter filter;
    for (int8_t& weight : filter.weights) weight = static_cast<int8_t>(random());
    filter.divisor = 1 << (random() % 16);
    filter.border = static_cast<BorderType>(random() % 3);
    filter.border_value = static_cast<uint8_t>(random());
    expect_filtered(filter, random);
  }
}

TEST(Pyramid, WhatIsRefused) {
  std::mt19937 random(12);
  TestPicture source(PixelFormat::kYuv400, 21, 10, random);
  TestPicture floor(PixelFormat::kYuv400, 10, 5, random);
  TestPicture ceil(PixelFormat::kYuv400, 11, 5, random);
  TestPicture wrong(PixelFormat::kYuv400, 12, 5, random);
  TestPicture colour(PixelFormat::kYuvSemi420, 10, 5, random);
  EXPECT_TRUE(check_pyrdown(source.picture, floor.picture, {}).ok());
  EXPECT_TRUE(check_pyrdown(source.picture, ceil.picture, {}).ok());
  const Status size = check_pyrdown(source.picture, wrong.picture, {});
  EXPECT_EQ(size.code(), ACL_ERROR_INVALID_PARAM);
  EXPECT_NE(size.message().find("12 x 5 pixels for an input of 21 x 10; it must be 11 x 5"),
            std::string::npos)
      << size.message();
  EXPECT_EQ(check_pyrdown(source.picture, colour.picture, {}).code(), ACL_ERROR_INVALID_PARAM);
  PyramidFilter filter;
  filter.divisor = 0;
  EXPECT_EQ(check_pyrdown(source.picture, ceil.picture, filter).code(), ACL_ERROR_INVALID_PARAM);
  filter.divisor = 1;
  filter.border = BorderType::kReflect101;
  EXPECT_EQ(check_pyrdown(source.picture, ceil.picture, filter).code(), ACL_ERROR_INVALID_PARAM);
}

}  // namespace
}  // namespace poacl::media
