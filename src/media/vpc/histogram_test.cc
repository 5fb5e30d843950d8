#include "media/vpc/histogram.h"

#include <gtest/gtest.h>

#include "acl/acl_base.h"
#include "media/vpc/picture_test_util.h"

namespace poacl::media {
namespace {

class TwoWorkers final : public ParallelFor {
 public:
  int width() const noexcept override { return 2; }
  void run(int64_t chunks, void (*fn)(void*, int64_t, int), void* ctx) override {
    for (int64_t i = 0; i < chunks; ++i) fn(ctx, i, static_cast<int>(i % 2));
  }
};

size_t table_of(char component) {
  const size_t yuv = std::string("YUV").find(component);
  return yuv != std::string::npos ? yuv : std::string("RGB").find(component);
}

TEST(Histogram, CountsOfEveryFormat) {
  std::mt19937 random(13);
  for (const FormatInfo& format : pixel_formats()) {
    for (const auto& [width, height] : {std::pair(1, 1), {7, 5}, {64, 150}}) {
      TestPicture picture(format.format, width, height, random, 7, 2);
      Histogram wanted = {};
      for (const char c : components_of(format)) {
        if (c == 'A') continue;
        const ComponentArea a = component_area(picture.picture, c, {0, 0, width, height});
        for (int y = 0; y < a.height; ++y) {
          for (int x = 0; x < a.width; ++x) ++wanted[table_of(c)][picture.at(c, x, y)];
        }
      }
      Histogram found;
      for (auto& table : found) table.fill(99);
      TwoWorkers workers;
      ASSERT_TRUE(calc_hist(picture.picture, found, workers).ok());
      EXPECT_EQ(found, wanted) << format.name << " " << width << "x" << height;
    }
  }
}

TEST(ApplyTables, EveryComponentByItsOwnTable) {
  std::mt19937 random(14);
  LookupTables tables;
  for (auto& table : tables) {
    for (uint8_t& value : table) value = static_cast<uint8_t>(random());
  }
  for (const FormatInfo& format : pixel_formats()) {
    const int width = 1 + static_cast<int>(random() % 50);
    const int height = 1 + static_cast<int>(random() % 150);
    TestPicture source(format.format, width, height, random, 3, 1);
    TestPicture target(format.format, width, height, random, 9);
    const std::vector<uint8_t> before = target.bytes();
    TwoWorkers workers;
    ASSERT_TRUE(check_apply_tables(source.picture, target.picture).ok());
    apply_tables(source.picture, target.picture, tables, workers);
    for (const char c : components_of(format)) {
      const ComponentArea a = component_area(source.picture, c, {0, 0, width, height});
      for (int y = 0; y < a.height; ++y) {
        for (int x = 0; x < a.width; ++x) {
          const uint8_t in = source.at(c, x, y);
          ASSERT_EQ(target.at(c, x, y), c == 'A' ? in : tables[table_of(c)][in])
              << format.name << " " << c << " " << x << " " << y;
        }
      }
    }
    expect_only_area_changed(target, {0, 0, width, height}, before, std::string(format.name));
  }
}

TEST(ApplyTables, ThePictureItself) {
  std::mt19937 random(15);
  TestPicture picture(PixelFormat::kRgb888, 33, 9, random);
  const std::vector<uint8_t> before = picture.bytes();
  LookupTables inverted;
  for (auto& table : inverted) {
    for (size_t i = 0; i < 256; ++i) table[i] = static_cast<uint8_t>(255 - i);
  }
  SerialFor serial;
  apply_tables(picture.picture, picture.picture, inverted, serial);
  EXPECT_NE(picture.bytes(), before);
  apply_tables(picture.picture, picture.picture, inverted, serial);
  EXPECT_EQ(picture.bytes(), before);
}

TEST(ApplyTables, OtherSizesAndFormatsAreRefused) {
  std::mt19937 random(16);
  TestPicture source(PixelFormat::kYuvSemi420, 16, 8, random);
  TestPicture smaller(PixelFormat::kYuvSemi420, 16, 6, random);
  TestPicture other(PixelFormat::kYvuSemi420, 16, 8, random);
  for (const TestPicture* target : {&smaller, &other}) {
    const Status status = check_apply_tables(source.picture, target->picture);
    EXPECT_EQ(status.code(), ACL_ERROR_INVALID_PARAM);
    EXPECT_NE(status.message().find("16 x 8 pixels of YUV_SEMIPLANAR_420"), std::string::npos);
  }
}

}  // namespace
}  // namespace poacl::media
