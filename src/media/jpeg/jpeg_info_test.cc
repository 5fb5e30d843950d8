#include "media/jpeg/jpeg_info.h"

#include "acl/acl_base.h"
#include "media/jpeg/exif.h"
#include "media/jpeg/jpeg_test_util.h"

namespace poacl::media {
namespace {

using F = PixelFormat;
using S = JpegSampling;

JpegInfo info_of(const JpegRecipe& recipe) {
  const Result<JpegInfo> info = read_jpeg_info(make_jpeg(recipe));
  EXPECT_TRUE(info.ok()) << info.status().message();
  return info.ok() ? *info : JpegInfo();
}

TEST(JpegInfo, SizesAndSamplings) {
  for (const S sampling : {S::k444, S::k422, S::k420, S::k440, S::k411}) {
    const JpegInfo info = info_of({.width = 37, .height = 21, .sampling = sampling});
    EXPECT_EQ(info.width, 37);
    EXPECT_EQ(info.height, 21);
    EXPECT_EQ(info.components, 3);
    EXPECT_EQ(info.precision, 8);
    EXPECT_EQ(info.sampling, sampling);
    EXPECT_EQ(info.colour, JpegColour::kYCbCr);
    EXPECT_FALSE(info.progressive);
    EXPECT_FALSE(info.many_scans);
    EXPECT_EQ(info.orientation, 1);
    EXPECT_EQ(check_jpeg_coding(info).ok(), sampling != S::k411);
  }
  const JpegInfo gray = info_of({.colour = JpegColour::kGray});
  EXPECT_EQ(gray.components, 1);
  EXPECT_EQ(gray.sampling, S::k400);
  EXPECT_EQ(gray.colour, JpegColour::kGray);
}

TEST(JpegInfo, NumbersAreThoseOfTheHeader) {
  EXPECT_EQ(static_cast<int>(S::k400), 3);
  EXPECT_EQ(static_cast<int>(S::k440), 4);
  EXPECT_EQ(static_cast<int>(S::kOther), 1000);
}

TEST(JpegInfo, WhatTheChipRefuses) {
  struct Case {
    JpegRecipe recipe;
    const char* said;
  };
  const Case cases[] = {
      {{.progressive = true}, "progressive"},
      {{.arithmetic = true}, "arithmetic-coded"},
      {{.sampling = S::k444, .colour = JpegColour::kRgb}, "RGB-coded"},
      {{.sampling = S::k444, .colour = JpegColour::kCmyk}, "CMYK-coded"},
      {{.sampling = S::k444, .colour = JpegColour::kYcck}, "YCCK-coded"},
      {{.sampling = S::k411}, "sampled 4:1:1"},
  };
  for (const Case& c : cases) {
    const JpegInfo info = info_of(c.recipe);
    const Status status = check_jpeg_coding(info);
    EXPECT_EQ(status.code(), ACL_ERROR_UNSUPPORTED_JPEG) << c.said;
    EXPECT_NE(status.message().find(c.said), std::string::npos) << status.message();
    EXPECT_NE(status.message().find("POACL_LENIENT_MEDIA=1"), std::string::npos);
    EXPECT_TRUE(jpeg_decodable(info)) << c.said;
  }
}

TEST(JpegInfo, WhatNothingDecodes) {
  const std::vector<uint8_t> good = make_jpeg({});
  const Result<JpegInfo> info = read_jpeg_info(good);
  ASSERT_TRUE(info.ok());
  ASSERT_EQ(good[info->precision_at], 8);
  const auto changed = [&](size_t at, uint8_t value) {
    std::vector<uint8_t> bytes = good;
    bytes[at] = value;
    return *read_jpeg_info(bytes);
  };
  const size_t marker = info->precision_at - 3;
  EXPECT_EQ(changed(marker, 0xC3).coding, JpegCoding::kLossless);
  EXPECT_EQ(changed(marker, 0xC5).coding, JpegCoding::kHierarchical);
  EXPECT_EQ(changed(marker, 0xCB).coding, JpegCoding::kLossless);
  EXPECT_FALSE(jpeg_decodable(changed(marker, 0xC3)));
  EXPECT_FALSE(jpeg_decodable(changed(info->precision_at, 16)));
  EXPECT_TRUE(jpeg_decodable(changed(info->precision_at, 12)));
  EXPECT_EQ(check_jpeg_coding(changed(info->precision_at, 12)).code(), ACL_ERROR_UNSUPPORTED_JPEG);
}

TEST(JpegInfo, ScansOfOneComponentAreMany) {
  EXPECT_TRUE(info_of({.scan_per_component = true}).many_scans);
  EXPECT_TRUE(check_jpeg_coding(info_of({.scan_per_component = true})).ok());
}

TEST(JpegInfo, Orientation) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    EXPECT_EQ(info_of({.orientation = orientation}).orientation, orientation);
    EXPECT_EQ(exif_orientation(exif_payload(orientation, false)), orientation);
    EXPECT_EQ(exif_orientation(exif_payload(orientation, true)), orientation);
  }
  EXPECT_EQ(info_of({.orientation = 9}).orientation, 1);
  EXPECT_EQ(exif_orientation({}), 0);
  std::vector<uint8_t> payload = exif_payload(6);
  for (size_t size = 0; size < payload.size() - 4; ++size) {
    EXPECT_EQ(exif_orientation({payload.data(), size}), 0) << size;
  }
  payload[6 + 4] = 0xF0;  // the directory lies far outside
  EXPECT_EQ(exif_orientation(payload), 0);
}

TEST(JpegInfo, NoJpeg) {
  const std::string text = "This is a text file and no picture at all.";
  const std::vector<uint8_t> bytes(text.begin(), text.end());
  const Result<JpegInfo> info = read_jpeg_info(bytes);
  EXPECT_EQ(info.status().code(), ACL_ERROR_INVALID_PARAM);
  EXPECT_NE(info.status().message().find("54 68"), std::string::npos) << info.status().message();
  EXPECT_EQ(read_jpeg_info({}).status().code(), ACL_ERROR_INVALID_PARAM);
}

TEST(JpegInfo, EveryTruncation) {
  const std::vector<uint8_t> good = make_jpeg({.orientation = 6});
  const size_t frame = read_jpeg_info(good)->precision_at;
  for (size_t size = 0; size < good.size(); ++size) {
    const std::vector<uint8_t> cut(good.begin(), good.begin() + static_cast<long>(size));
    const Result<JpegInfo> info = read_jpeg_info(cut);
    if (size < frame + 15) {  // 8 bytes and 3 for each component
      EXPECT_EQ(info.status().code(), ACL_ERROR_INVALID_PARAM) << size;
    } else {
      ASSERT_TRUE(info.ok()) << size;
      EXPECT_EQ(info->width, 64);
    }
  }
}

TEST(JpegInfo, NativeFormats) {
  struct Row {
    S sampling;
    F v_first, u_first;
  };
  const Row rows[] = {{S::k444, F::kYvuSemi444, F::kYuvSemi444},
                      {S::k422, F::kYvuSemi422, F::kYuvSemi422},
                      {S::k420, F::kYvuSemi420, F::kYuvSemi420},
                      {S::k440, F::kYvuSemi440, F::kYuvSemi440},
                      {S::k400, F::kYvuSemi420, F::kYuvSemi420}};
  for (const Row& row : rows) {
    JpegInfo info;
    info.sampling = row.sampling;
    EXPECT_EQ(jpeg_native_format(info), row.v_first);
    EXPECT_EQ(jpeg_native_format(info, false), row.u_first);
  }
}

// The table of the specification, every format against every sampling.
TEST(JpegInfo, LegalOutputs) {
  struct Row {
    S sampling;
    std::vector<F> legal;
  };
  const Row rows[] = {{S::k444, {F::kYuvSemi444, F::kYvuSemi444}},
                      {S::k422, {F::kYuvSemi422, F::kYvuSemi422}},
                      {S::k420, {}},
                      {S::k440, {F::kYuvSemi440, F::kYvuSemi440}},
                      {S::k400, {F::kYuv400}}};
  for (const Row& row : rows) {
    JpegInfo info;
    info.sampling = row.sampling;
    for (const FormatInfo& format : pixel_formats()) {
      const int number = static_cast<int>(format.format);
      const bool everywhere = number == 1 || number == 2 || (number >= 12 && number <= 17);
      const bool legal = everywhere || std::find(row.legal.begin(), row.legal.end(),
                                                 format.format) != row.legal.end();
      const Status status = check_jpeg_output(info, format.format);
      EXPECT_EQ(status.ok(), legal) << format.name << " " << jpeg_sampling_name(row.sampling);
      if (!legal) {
        EXPECT_EQ(status.code(), ACL_ERROR_INVALID_PARAM);
      }
    }
    EXPECT_TRUE(check_jpeg_output(info, F::kUnknown).ok());
    EXPECT_FALSE(check_jpeg_output(info, static_cast<F>(12345)).ok());
  }
}

TEST(JpegInfo, OddSizes) {
  struct Row {
    S sampling;
    PictureSize down, up, compat;
  };
  const Row rows[] = {{S::k444, {7, 5}, {7, 5}, {7, 5}},
                      {S::k422, {6, 5}, {8, 5}, {6, 4}},
                      {S::k420, {6, 4}, {8, 6}, {6, 4}},
                      {S::k440, {7, 4}, {7, 6}, {6, 4}},
                      {S::k400, {7, 5}, {7, 5}, {7, 5}}};
  for (const Row& row : rows) {
    JpegInfo info;
    info.width = 7;
    info.height = 5;
    info.sampling = row.sampling;
    const auto expect = [&](JpegOddSize mode, PictureSize size) {
      info.orientation = 1;
      EXPECT_EQ(jpeg_decoded_size(info, mode).width, size.width);
      EXPECT_EQ(jpeg_decoded_size(info, mode).height, size.height);
      info.orientation = 6;
      EXPECT_EQ(jpeg_decoded_size(info, mode).width, size.height);
      EXPECT_EQ(jpeg_decoded_size(info, mode).height, size.width);
    };
    expect(JpegOddSize::kAlignDown, row.down);
    expect(JpegOddSize::kAlignUp, row.up);
    expect(JpegOddSize::kAlignDownCompat, row.compat);
  }
  JpegInfo dot;
  dot.width = dot.height = 1;
  dot.sampling = S::k420;
  EXPECT_EQ(jpeg_decoded_size(dot, JpegOddSize::kAlignDown).width, 1);
}

}  // namespace
}  // namespace poacl::media
