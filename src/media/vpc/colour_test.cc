#include <gtest/gtest.h>

#include "media/vpc/interpolation.h"
#include "media/vpc/picture_test_util.h"
#include "media/vpc/reference_test_util.h"
#include "media/vpc/transform.h"

namespace poacl::media {
namespace {

// The printed tables of the specification, to the digits it has.
struct Printed {
  CscMatrix matrix;
  double y0, y, v_red, u_green, v_green, u_blue;
  double luma[3], u[3], v[3];
};

constexpr Printed kPrinted[] = {
    {CscMatrix::kBt601Wide,
     0,
     1,
     1.402,
     -0.344,
     -0.714,
     1.772,
     {.299, .587, .114},
     {-.1687, -.3313, .5},
     {.5, -.4187, -.0813}},
    {CscMatrix::kBt601Narrow,
     16,
     1.16438,
     1.59602,
     -0.39176,
     -0.81297,
     2.01723,
     {.25679, .50413, .09791},
     {-.1482, -.29099, .43922},
     {.43922, -.36779, -.07143}},
    {CscMatrix::kBt709Wide,
     0,
     1,
     1.57480,
     -0.18732,
     -0.46812,
     1.85560,
     {.21260, .71520, .07220},
     {-.11457, -.38543, .5},
     {.5, -.45415, -.04585}},
    {CscMatrix::kBt709Narrow,
     16,
     1.16438,
     1.79274,
     -0.21325,
     -0.53291,
     2.11240,
     {.18259, .61423, .06201},
     {-.10064, -.33857, .43922},
     {.43922, -.39894, -.04027}},
    {CscMatrix::kBt2020Wide,
     0,
     1,
     1.47460,
     -0.16455,
     -0.57135,
     1.88140,
     {.26270, .67800, .05930},
     {-.13963, -.36037, .5},
     {.5, -.45979, -.04021}},
    {CscMatrix::kBt2020Narrow,
     16,
     1.16438,
     1.67868,
     -0.18733,
     -0.65042,
     2.14177,
     {.22564, .58228, .05093},
     {-.12266, -.31656, .43922},
     {.43922, -.40389, -.03533}},
};

TEST(Csc, AreThePrintedMatrices) {
  for (const Printed& p : kPrinted) {
    const Csc& m = csc(p.matrix);
    const double digits = 6e-4;
    EXPECT_EQ(m.to_rgb_offset, (Csc::Row{p.y0, 128, 128}));
    EXPECT_EQ(m.to_yuv_offset, m.to_rgb_offset);
    const Csc::Row rgb[] = {{p.y, 0, p.v_red}, {p.y, p.u_green, p.v_green}, {p.y, p.u_blue, 0}};
    for (size_t i = 0; i < 3; ++i) {
      for (size_t k = 0; k < 3; ++k) EXPECT_NEAR(m.to_rgb[i][k], rgb[i][k], digits);
      EXPECT_NEAR(m.to_yuv[0][i], p.luma[i], digits);
      EXPECT_NEAR(m.to_yuv[1][i], p.u[i], digits);
      EXPECT_NEAR(m.to_yuv[2][i], p.v[i], digits);
    }
  }
}

TEST(Csc, WhiteIsWhite) {
  for (const Printed& p : kPrinted) {
    const Csc& m = csc(p.matrix);
    const double luma =
        m.to_yuv_offset[0] + 255 * (m.to_yuv[0][0] + m.to_yuv[0][1] + m.to_yuv[0][2]);
    EXPECT_NEAR(luma, p.y0 == 0 ? 255 : 235, 1e-9);
  }
}

TEST(Csc, NumbersThatAreNone) {
  EXPECT_EQ(find_csc(0), &csc(CscMatrix::kBt601Wide));
  EXPECT_EQ(find_csc(5), &csc(CscMatrix::kBt2020Narrow));
  for (const int64_t number : {-1, 6, 100}) EXPECT_EQ(find_csc(number), nullptr);
}

// Sides of the test pictures: so many values of the second and third component, 0 and 255 included.
constexpr int kValues = 69;

uint8_t value_of(int i) {
  return static_cast<uint8_t>(i * 255 / (kValues - 1));
}

void sweep_colours(PixelFormat from, PixelFormat to, const Csc& matrix) {
  std::mt19937 random(4);
  TestPicture source(from, kValues, kValues, random);
  TestPicture target(to, kValues, kValues, random);
  const std::string names = components_of(format_info(from));
  for (int first = 0; first < 256; first += 15) {
    for (int y = 0; y < kValues; ++y) {
      for (int x = 0; x < kValues; ++x) {
        source.at(names[0], x, y) = static_cast<uint8_t>(first);
        source.at(names[1], x, y) = value_of(x);
        source.at(names[2], x, y) = value_of(y);
      }
    }
    const Rect all = whole(source.picture);
    const Channels wanted = convert_reference(read_area(source, all), format_info(from),
                                              format_info(to), kValues, kValues, matrix, 0);
    for (const Isa isa : tested_isas()) {
      SerialFor serial;
      TransformOptions options;
      options.csc = &matrix;
      options.isa = isa;
      ASSERT_TRUE(transform(source.picture, target.picture, {all, all}, options, serial).ok());
      ASSERT_LE(largest_difference(target, all, wanted), 0.6) << isa_name(isa) << " " << first;
    }
  }
}

TEST(Colour, EveryMatrixOverTheWholeRangeToRgb) {
  for (int i = 0; i < 6; ++i) {
    sweep_colours(PixelFormat::kYuvPacked444, PixelFormat::kRgb888, *find_csc(i));
  }
}

TEST(Colour, EveryMatrixOverTheWholeRangeToYuv) {
  for (int i = 0; i < 6; ++i) {
    sweep_colours(PixelFormat::kRgb888, PixelFormat::kYuvPacked444, *find_csc(i));
  }
}

// A user's matrix need not look like a colour space.
TEST(Colour, AnyMatrix) {
  Csc odd;
  odd.to_rgb = {{{1, 0.5, 1.4}, {0.9, -7, -0.7}, {1.1, 30, -0.25}}};
  odd.to_rgb_offset = {-40, 100, 140};
  odd.to_yuv = {{{1.5, -0.5, 2}, {-3, 0.25, 0.5}, {0.5, -0.4, 12}}};
  odd.to_yuv_offset = {-20, 300, 128};
  sweep_colours(PixelFormat::kYuvPacked444, PixelFormat::kRgb888, odd);
  sweep_colours(PixelFormat::kRgb888, PixelFormat::kYuvPacked444, odd);
}

TEST(Colour, ConvertedThereAndBackAgainIsNearlyTheSame) {
  std::mt19937 random(5);
  TestPicture rgb(PixelFormat::kRgb888, 61, 33, random);
  TestPicture yuv(PixelFormat::kYuvSemi444, 61, 33, random);
  TestPicture back(PixelFormat::kRgb888, 61, 33, random);
  const Rect all = whole(rgb.picture);
  SerialFor serial;
  for (const CscMatrix matrix : {CscMatrix::kBt601Wide, CscMatrix::kBt709Wide}) {
    TransformOptions options;
    options.csc = &csc(matrix);
    ASSERT_TRUE(transform(rgb.picture, yuv.picture, {all, all}, options, serial).ok());
    ASSERT_TRUE(transform(yuv.picture, back.picture, {all, all}, options, serial).ok());
    EXPECT_LE(largest_difference(back, all, read_area(rgb, all)), 2.0);
  }
}

TEST(Interpolation, ValuesOfEveryChip) {
  using I = Interpolation;
  const auto v1 = v1_interpolation;
  for (const SocFamily old : {SocFamily::k310, SocFamily::k910}) {
    EXPECT_EQ(v1_default_interpolation(old), I::kBilinearTopLeft);
    EXPECT_EQ(v1(0, old), I::kBilinearTopLeft);
    EXPECT_EQ(v1(1, old), I::kBilinear);
    EXPECT_EQ(v1(2, old), I::kNearest);
    EXPECT_EQ(v1(3, old), I::kBilinearTopLeft);
    EXPECT_EQ(v1(4, old), I::kNearest);
    EXPECT_EQ(v1(5, old), std::nullopt);
  }
  EXPECT_EQ(v1_default_interpolation(SocFamily::k310P), I::kBilinear);
  EXPECT_EQ(v1(0, SocFamily::k310P), I::kBilinear);
  EXPECT_EQ(v1(1, SocFamily::k310P), I::kBilinear);
  EXPECT_EQ(v1(2, SocFamily::k310P), I::kNearest);
  for (const uint32_t value : {3, 4, 5}) EXPECT_EQ(v1(value, SocFamily::k310P), std::nullopt);
  for (const SocFamily newest : {SocFamily::k310B, SocFamily::k910B}) {
    EXPECT_EQ(v1_default_interpolation(newest), I::kBilinear);
    for (const uint32_t value : {0, 1, 3, 5}) EXPECT_EQ(v1(value, newest), I::kBilinear);
    for (const uint32_t value : {2, 4}) EXPECT_EQ(v1(value, newest), I::kNearest);
  }
  for (const SocFamily any : {SocFamily::k310, SocFamily::k310P, SocFamily::k910B}) {
    EXPECT_EQ(v1(6, any), std::nullopt);
    EXPECT_EQ(v1(0xFFFFFFFF, any), std::nullopt);
  }
}

}  // namespace
}  // namespace poacl::media
