// Single regions whose result can be told without a reference.
#include <gtest/gtest.h>

#include "media/vpc/picture_test_util.h"
#include "media/vpc/reference_test_util.h"
#include "media/vpc/transform.h"

namespace poacl::media {
namespace {

void fill_component(TestPicture& picture, char c, const Rect& area, uint8_t value) {
  const ComponentArea a = component_area(picture.picture, c, area);
  for (int y = a.top; y < a.top + a.height; ++y) {
    for (int x = a.left; x < a.left + a.width; ++x) picture.at(c, x, y) = value;
  }
}

void run(const TestPicture& source, TestPicture& target, const Rect& crop, const Rect& paste,
         Interpolation method = Interpolation::kBilinear) {
  SerialFor serial;
  TransformOptions options;
  options.method = method;
  ASSERT_TRUE(transform(source.picture, target.picture, {crop, paste}, options, serial).ok());
}

// Left half red, right half blue: the edge must be where luma's is, whatever is done.
class ColouredEdge : public ::testing::Test {
 protected:
  ColouredEdge() {
    for (const char c : {'Y', 'U', 'V'}) {
      fill_component(source_, c, {0, 0, 64, 48}, red_.at(c));
      fill_component(source_, c, {32, 0, 32, 48}, blue_.at(c));
    }
  }
  // Columns of a component that still are red, all rows being equal.
  int red_columns(const TestPicture& picture, char c) {
    const ComponentArea a = component_area(picture.picture, c, whole(picture.picture));
    int columns = 0;
    for (int x = 0; x < a.width; ++x) {
      for (int y = 1; y < a.height; ++y) EXPECT_EQ(picture.at(c, x, y), picture.at(c, x, 0));
      columns += picture.at(c, x, 0) == red_.at(c);
    }
    return columns;
  }

  const std::map<char, uint8_t> red_ = {{'Y', 76}, {'U', 85}, {'V', 255}};
  const std::map<char, uint8_t> blue_ = {{'Y', 29}, {'U', 255}, {'V', 107}};
  std::mt19937 random_{20};
  TestPicture source_{PixelFormat::kYuvSemi420, 64, 48, random_, 16, 2};
};

TEST_F(ColouredEdge, CroppedAtEvenAndOddPlaces) {
  for (const int left : {0, 2, 3, 16, 17, 31}) {
    TestPicture target(PixelFormat::kYuvSemi420, 32, 48, random_);
    run(source_, target, {left, 0, 32, 48}, whole(target.picture));
    EXPECT_EQ(red_columns(target, 'Y'), 32 - left);
    // Chroma starts at floor(left / 2).
    EXPECT_EQ(red_columns(target, 'U'), 16 - left / 2);
    EXPECT_EQ(red_columns(target, 'V'), 16 - left / 2);
  }
}

TEST_F(ColouredEdge, ScaledByEveryMethod) {
  for (const Interpolation method :
       {Interpolation::kBilinear, Interpolation::kBilinearTopLeft, Interpolation::kNearest}) {
    TestPicture half(PixelFormat::kYuvSemi420, 32, 24, random_);
    run(source_, half, whole(source_.picture), whole(half.picture), method);
    EXPECT_EQ(red_columns(half, 'Y'), 16);
    EXPECT_EQ(red_columns(half, 'U'), 8);
    EXPECT_EQ(red_columns(half, 'V'), 8);
  }
}

TEST_F(ColouredEdge, InEveryFormat) {
  for (const FormatInfo& format : pixel_formats()) {
    TestPicture target(format.format, 64, 48, random_);
    run(source_, target, whole(source_.picture), whole(target.picture));
    for (const char c : components_of(format)) {
      if (c == 'A') continue;
      const ComponentArea a = component_area(target.picture, c, whole(target.picture));
      // The step is in the middle; green is the same on both sides, nearly none.
      if (c != 'G') {
        EXPECT_NE(target.at(c, a.width / 2 - 1, 0), target.at(c, a.width / 2, 0));
      }
      EXPECT_EQ(target.at(c, a.width / 2 - 1, a.height - 1), target.at(c, 0, 0)) << format.name;
      EXPECT_EQ(target.at(c, a.width / 2, 0), target.at(c, a.width - 1, 0)) << format.name;
    }
    if (format.model == ColourModel::kRgb) {
      EXPECT_NEAR(target.at('R', 0, 0), 254, 1);
      EXPECT_NEAR(target.at('B', 0, 0), 0, 1);
      EXPECT_NEAR(target.at('R', 63, 47), 0, 1);
      EXPECT_NEAR(target.at('B', 63, 47), 254, 1);
    }
  }
}

TEST_F(ColouredEdge, PastedAtAnOddPlaceTheRestIsKept) {
  TestPicture target(PixelFormat::kYuvSemi420, 99, 77, random_, 3);
  const Rect paste = {33, 7, 41, 19};
  const std::vector<uint8_t> before = target.bytes();
  run(source_, target, {0, 0, 32, 48}, paste);
  expect_only_area_changed(target, paste, before, "paste");
  for (const char c : {'Y', 'U', 'V'}) {
    const ComponentArea a = component_area(target.picture, c, paste);
    EXPECT_EQ(target.at(c, a.left, a.top), red_.at(c));
    EXPECT_EQ(target.at(c, a.left + a.width - 1, a.top + a.height - 1), red_.at(c));
  }
}

// NV12 to gray, the guide's colour conversion: luma itself, nothing behind it.
TEST(Regions, GrayOfNv12IsItsLuma) {
  std::mt19937 random(21);
  TestPicture source(PixelFormat::kYuvSemi420, 322, 244, random);
  TestPicture target(PixelFormat::kYuv400, 322, 244, random);
  run(source, target, whole(source.picture), whole(target.picture));
  for (int y = 0; y < 244; ++y) {
    for (int x = 0; x < 322; ++x) ASSERT_EQ(target.at('Y', x, y), source.at('Y', x, y));
  }
}

TEST(Regions, AlphaGoesAlongOrIsTheOptions) {
  std::mt19937 random(22);
  TestPicture source(PixelFormat::kArgb8888, 20, 10, random);
  TestPicture turned(PixelFormat::kBgra8888, 20, 10, random);
  run(source, turned, whole(source.picture), whole(turned.picture));
  EXPECT_EQ(turned.at('A', 19, 9), source.at('A', 19, 9));
  EXPECT_EQ(turned.at('G', 3, 4), source.at('G', 3, 4));
  TestPicture yuv(PixelFormat::kYuvPlanar422, 20, 10, random);
  TransformOptions options;
  for (const int alpha : {0, 200}) {
    options.alpha = static_cast<uint8_t>(alpha);
    SerialFor serial;
    const Rect all = whole(yuv.picture);
    ASSERT_TRUE(transform(yuv.picture, turned.picture, {all, all}, options, serial).ok());
    EXPECT_EQ(turned.at('A', 0, 0), alpha);
    EXPECT_EQ(turned.at('A', 19, 9), alpha);
  }
}

TEST(Regions, TheLongestSides) {
  std::mt19937 random(23);
  for (const PixelFormat format :
       {PixelFormat::kYuv400, PixelFormat::kYuvSemi420, PixelFormat::kRgb888}) {
    for (const auto& [width, height] : {std::pair(kMaxPictureSide, 1), {1, kMaxPictureSide}}) {
      for (const Interpolation method : {Interpolation::kBilinear, Interpolation::kNearest}) {
        TestPicture large(format, width, height, random);
        TestPicture point(format, 1, 1, random);
        TestPicture again(format, width, height, random);
        const Rect middle = {width / 2 & ~1, height / 2 & ~1, 1, 1};
        run(large, point, middle, whole(point.picture), method);
        run(point, again, whole(point.picture), whole(again.picture), method);
        for (const char c : components_of(format_info(format))) {
          const ComponentArea a = component_area(large.picture, c, middle);
          const ComponentArea last = component_area(again.picture, c, whole(again.picture));
          EXPECT_EQ(point.at(c, 0, 0), large.at(c, a.left, a.top));
          EXPECT_EQ(again.at(c, last.width - 1, last.height - 1), point.at(c, 0, 0));
        }
        TestPicture shrunk(format, std::min(width, 100), std::min(height, 100), random);
        run(large, shrunk, whole(large.picture), whole(shrunk.picture), method);
        Channels wanted = read_area(large, whole(large.picture));
        for (auto& [c, channel] : wanted) {
          const ComponentArea a = component_area(shrunk.picture, c, whole(shrunk.picture));
          channel = scale_reference(channel, a.width, a.height, method);
        }
        EXPECT_LE(largest_difference(shrunk, whole(shrunk.picture), wanted), 1.0);
      }
    }
  }
}

TEST(Regions, HugeStrides) {
  std::mt19937 random(24);
  TestPicture source(PixelFormat::kYuvSemi420, 30, 20, random, 16384 - 30, 500);
  TestPicture target(PixelFormat::kRgb888, 15, 10, random, 16384 - 45, 3);
  const std::vector<uint8_t> before = target.bytes();
  run(source, target, whole(source.picture), whole(target.picture));
  expect_only_area_changed(target, whole(target.picture), before, "huge stride");
}

// Counts who took part; worker numbers and order as a real pool might have them.
class ManyWorkers final : public ParallelFor {
 public:
  int width() const noexcept override { return 5; }
  void run(int64_t chunks, void (*fn)(void*, int64_t, int), void* ctx) override {
    chunks_seen = chunks;
    for (int64_t i = chunks; i-- > 0;) fn(ctx, i, static_cast<int>(i % 5));
  }
  int64_t chunks_seen = 0;
};

TEST(Regions, ABatchIsItsSingleCalls) {
  std::mt19937 random(25);
  TestPicture source(PixelFormat::kYuvSemi420, 640, 360, random);
  TestPicture other(PixelFormat::kRgb888, 333, 201, random);
  std::vector<std::unique_ptr<TestPicture>> batch, single;
  std::vector<TransformJob> jobs;
  TransformOptions options;
  for (int i = 0; i < 8; ++i) {
    const PixelFormat format = i % 2 == 0 ? PixelFormat::kRgb888 : PixelFormat::kYvuSemi420;
    batch.push_back(std::make_unique<TestPicture>(format, 200 + i, 150, random));
    single.push_back(std::make_unique<TestPicture>(format, 200 + i, 150, random));
    single.back()->set_bytes(batch.back()->bytes());
    const TestPicture& from = i % 3 == 0 ? other : source;
    const Region region = {{11 * i, 5 * i, 222, 100}, {i, 2 * i, 180, 60 + 7 * i}};
    jobs.push_back({from.picture, batch.back()->picture, region});
    SerialFor serial;
    ASSERT_TRUE(transform(from.picture, single.back()->picture, region, options, serial).ok());
  }
  ManyWorkers workers;
  ASSERT_TRUE(transform(jobs, options, workers).ok());
  EXPECT_GT(workers.chunks_seen, 1);
  for (size_t i = 0; i < jobs.size(); ++i) {
    EXPECT_TRUE(batch[i]->bytes() == single[i]->bytes()) << i;
  }
  EXPECT_TRUE(transform(std::span<const TransformJob>(), options, workers).ok());
}

TEST(Regions, RowsAreSpreadOverTheWorkers) {
  std::mt19937 random(26);
  TestPicture source(PixelFormat::kYuvSemi420, 641, 479, random);
  TestPicture parallel(PixelFormat::kYuvPlanar420, 1023, 777, random);
  TestPicture serial(PixelFormat::kYuvPlanar420, 1023, 777, random);
  serial.set_bytes(parallel.bytes());
  ManyWorkers workers;
  const Region all = {whole(source.picture), whole(serial.picture)};
  ASSERT_TRUE(transform(source.picture, parallel.picture, all, {}, workers).ok());
  EXPECT_GT(workers.chunks_seen, 5);
  run(source, serial, all.crop, all.paste);
  EXPECT_TRUE(parallel.bytes() == serial.bytes());
}

}  // namespace
}  // namespace poacl::media
