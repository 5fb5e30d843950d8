#include "media/jpeg/jpeg_encode.h"

#include "acl/acl_base.h"
#include "media/jpeg/jpeg_test_util.h"

namespace poacl::media {
namespace {

using F = PixelFormat;

constexpr PictureSize kSizes[] = {{1, 1}, {2, 2}, {7, 5}, {16, 16}, {17, 33}, {64, 48}, {130, 71}};

bool packed422(F format) {
  return format >= F::kYuyv422 && format <= F::kVyuy422;
}

// The samples of a picture as its format defines them: component 'Y', 'U' or 'V' at a place of its
// own plane.
uint8_t sample_of(const GuardedPicture& picture, char name, int x, int y) {
  const FormatInfo& info = format_info(picture.view().format);
  if (packed422(info.format)) {
    const auto& names = info.planes[0].samples;
    for (int i = 0; i < 4; ++i) {
      if (names[i] != name) continue;
      if (name != 'Y') return picture.sample(0, x, y, i);
      return picture.sample(0, x / 2, y, x % 2 == 0 ? i : i + 2);
    }
  }
  if (name == 'Y') return picture.sample(0, x, y, 0);
  return picture.sample(1, x, y, info.planes[1].samples[0] == name ? 0 : 1);
}

GuardedPicture make_picture(F format, PictureSize size, int32_t width_stride = 0,
                            int32_t height_stride = 0, bool noise = false) {
  GuardedPicture picture(format, size.width, size.height, width_stride, height_stride);
  const FormatInfo& info = format_info(format);
  uint32_t state = 1;
  for (int i = 0; i < info.plane_count; ++i) {
    const Plane p = plane(picture.view(), i);
    for (int y = 0; y < p.height; ++y) {
      for (int x = 0; x < p.width * p.components; ++x) {
        state = state * 1664525U + 1013904223U;
        p.data[y * p.stride + x] = noise ? static_cast<uint8_t>((state >> 31) * 255)
                                         : test_sample(x / p.components, y, i + x % p.components);
      }
    }
  }
  return picture;
}

// The same file by the library's plain interface: whole planes, edges repeated.
std::vector<uint8_t> library_file(const GuardedPicture& picture, int quality) {
  const Picture& view = picture.view();
  const FormatInfo& info = format_info(view.format);
  const int count = info.model == ColourModel::kGray ? 1 : 3;
  const int step = DCTSIZE << info.chroma_shift_y;
  const int luma_width = (view.width + 15) / 16 * 16;
  const int luma_height = (view.height + step - 1) / step * step;
  std::vector<std::vector<uint8_t>> planes(3);
  std::vector<std::vector<JSAMPROW>> rows(3);
  for (int i = 0; i < count; ++i) {
    const int shift_x = i == 0 ? 0 : info.chroma_shift_x;
    const int shift_y = i == 0 ? 0 : info.chroma_shift_y;
    const int used_width = (view.width + shift_x) >> shift_x;
    const int used_height = (view.height + shift_y) >> shift_y;
    const int width = luma_width >> shift_x;
    const int height = luma_height >> shift_y;
    planes[i].resize(static_cast<size_t>(width) * height);
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        planes[i][static_cast<size_t>(y) * width + x] =
            sample_of(picture, "YUV"[i], std::min(x, used_width - 1), std::min(y, used_height - 1));
      }
      rows[i].push_back(planes[i].data() + static_cast<size_t>(y) * width);
    }
  }
  jpeg_compress_struct file = {};
  jpeg_error_mgr errors;
  file.err = jpeg_std_error(&errors);
  jpeg_create_compress(&file);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&file, &bytes, &size);
  file.image_width = static_cast<JDIMENSION>(view.width);
  file.image_height = static_cast<JDIMENSION>(view.height);
  file.input_components = count;
  file.in_color_space = count == 1 ? JCS_GRAYSCALE : JCS_YCbCr;
  jpeg_set_defaults(&file);
  jpeg_set_quality(&file, quality, TRUE);
  file.comp_info[0].h_samp_factor = 1 + info.chroma_shift_x;
  file.comp_info[0].v_samp_factor = 1 + info.chroma_shift_y;
  file.raw_data_in = TRUE;
  jpeg_start_compress(&file, TRUE);
  for (int y = 0; y < luma_height; y += step) {
    JSAMPARRAY arrays[3] = {rows[0].data() + y,
                            count == 1 ? nullptr : rows[1].data() + (y >> info.chroma_shift_y),
                            count == 1 ? nullptr : rows[2].data() + (y >> info.chroma_shift_y)};
    jpeg_write_raw_data(&file, arrays, static_cast<JDIMENSION>(step));
  }
  jpeg_finish_compress(&file);
  jpeg_destroy_compress(&file);
  std::vector<uint8_t> made(bytes, bytes + size);
  std::free(bytes);
  return made;
}

std::vector<uint8_t> encode(const Picture& picture, int quality) {
  std::vector<uint8_t> out(max_jpeg_bytes(picture));
  const Result<size_t> size = encode_jpeg(picture, quality, out);
  EXPECT_TRUE(size.ok()) << size.status().message();
  out.resize(size.ok() ? *size : 0);
  return out;
}

TEST(JpegEncode, EveryFormatSizeAndStride) {
  for (int number = 0; number <= 10; ++number) {
    const auto format = static_cast<F>(number);
    for (const PictureSize size : kSizes) {
      const int32_t tight = static_cast<int32_t>(min_width_stride(format_info(format), size.width));
      for (const int32_t stride : {tight, tight + 1, (tight + 15) / 16 * 16}) {
        SCOPED_TRACE(std::string(format_info(format).name) + " " + std::to_string(size.width) +
                     "x" + std::to_string(size.height) + " stride " + std::to_string(stride));
        const GuardedPicture picture = make_picture(format, size, stride, size.height + 3);
        ASSERT_EQ(encode(picture.view(), 85), library_file(picture, 85));
      }
    }
  }
}

// A buffer of its own for the picture, so that a sanitizer sees reads past its end.
TEST(JpegEncode, ReadsNothingPastThePicture) {
  for (int number = 0; number <= 10; ++number) {
    const GuardedPicture picture = make_picture(static_cast<F>(number), {37, 21});
    const std::vector<uint8_t> exact(picture.view().data,
                                     picture.view().data + picture.view().size);
    Picture view = picture.view();
    view.data = const_cast<uint8_t*>(exact.data());
    EXPECT_EQ(encode(view, 85), encode(picture.view(), 85));
  }
}

TEST(JpegEncode, FileIsBaselineOfTheRightSampling) {
  struct Row {
    F format;
    JpegSampling sampling;
  };
  const Row rows[] = {{F::kYuv400, JpegSampling::k400},     {F::kYuvSemi420, JpegSampling::k420},
                      {F::kYvuSemi420, JpegSampling::k420}, {F::kYuvSemi422, JpegSampling::k422},
                      {F::kYvuSemi444, JpegSampling::k444}, {F::kYuyv422, JpegSampling::k422},
                      {F::kUyvy422, JpegSampling::k422},    {F::kYvyu422, JpegSampling::k422},
                      {F::kVyuy422, JpegSampling::k422}};
  for (const Row& row : rows) {
    const auto file = encode(make_picture(row.format, {64, 48}).view(), 90);
    const JpegInfo info = *read_jpeg_info(file);
    EXPECT_EQ(info.sampling, row.sampling) << format_info(row.format).name;
    EXPECT_TRUE(check_jpeg_coding(info).ok());
    EXPECT_EQ(file[0], 0xFF);
    EXPECT_EQ(file[1], 0xD8);
    EXPECT_EQ(file[file.size() - 2], 0xFF);
    EXPECT_EQ(file[file.size() - 1], 0xD9);
  }
}

double psnr(const GuardedPicture& picture, const std::vector<uint8_t>& file) {
  const RawPlanes raw = raw_planes(file);
  double squares = 0;
  const Picture& view = picture.view();
  for (int y = 0; y < view.height; ++y) {
    for (int x = 0; x < view.width; ++x) {
      const double difference = picture.sample(0, x, y, 0) - raw.planes[0].at(x, y);
      squares += difference * difference;
    }
  }
  return 10 * std::log10(255.0 * 255.0 * view.width * view.height / squares);
}

TEST(JpegEncode, Levels) {
  const GuardedPicture picture = make_picture(F::kYuvSemi420, {130, 72});
  EXPECT_EQ(encode(picture.view(), 0), encode(picture.view(), 100));
  EXPECT_GE(psnr(picture, encode(picture.view(), 100)), 40);
  double last = 0;
  for (const int level : {1, 10, 30, 50, 75, 90, 100}) {
    const double now = psnr(picture, encode(picture.view(), level));
    EXPECT_GT(now, last) << level;
    last = now;
  }
  std::vector<uint8_t> out(100000);
  for (const int level : {-1, 101, 1000000}) {
    const Status status = encode_jpeg(picture.view(), level, out).status();
    EXPECT_EQ(status.code(), ACL_ERROR_INVALID_PARAM);
    EXPECT_NE(status.message().find(std::to_string(level)), std::string::npos);
  }
}

TEST(JpegEncode, CapacityIsKept) {
  const GuardedPicture picture = make_picture(F::kYuvSemi420, {130, 72});
  const auto whole = encode(picture.view(), 90);
  for (const size_t capacity : {size_t{0}, size_t{1}, size_t{100}, size_t{700}, whole.size() / 2,
                                whole.size() - 1, whole.size(), whole.size() + 1}) {
    std::vector<uint8_t> out(capacity + 64, 0xA5);
    const Result<size_t> size = encode_jpeg(picture.view(), 90, {out.data(), capacity});
    for (size_t i = capacity; i < out.size(); ++i) ASSERT_EQ(out[i], 0xA5) << capacity;
    if (capacity >= whole.size()) {
      ASSERT_TRUE(size.ok()) << size.status().message();
      EXPECT_EQ(*size, whole.size());
      EXPECT_TRUE(std::equal(whole.begin(), whole.end(), out.begin()));
    } else {
      EXPECT_EQ(size.status().code(), ACL_ERROR_INVALID_PARAM);
      EXPECT_NE(size.status().message().find(std::to_string(capacity) + " bytes"),
                std::string::npos);
      EXPECT_NE(size.status().message().find(std::to_string(max_jpeg_bytes(picture.view()))),
                std::string::npos);
    }
  }
}

// Samples of 0 and 255 without order: nothing takes more bits.
TEST(JpegEncode, BoundHoldsForNoise) {
  for (int number = 0; number <= 10; ++number) {
    for (const PictureSize size : {PictureSize{1, 1}, {17, 9}, {128, 128}}) {
      const GuardedPicture picture = make_picture(static_cast<F>(number), size, 0, 0, true);
      const auto file = encode(picture.view(), 100);
      EXPECT_GT(file.size(), 0u) << number;
      EXPECT_LE(file.size(), max_jpeg_bytes(picture.view()));
    }
  }
}

TEST(JpegEncode, WideAndHigh) {
  for (const PictureSize size : {PictureSize{65500, 1}, {1, 65500}, {16384, 17}}) {
    const GuardedPicture picture = make_picture(F::kYvuSemi420, size);
    EXPECT_EQ(encode(picture.view(), 50), library_file(picture, 50));
  }
}

TEST(JpegEncode, PicturesThatAreRefused) {
  GuardedPicture good = make_picture(F::kYuvSemi420, {64, 48});
  std::vector<uint8_t> out(100000);
  const auto expect_refused = [&](const Picture& picture, const char* said) {
    const Status status = encode_jpeg(picture, 90, out).status();
    EXPECT_EQ(status.code(), ACL_ERROR_INVALID_PARAM) << said;
    EXPECT_NE(status.message().find(said), std::string::npos) << status.message();
  };
  for (const FormatInfo& format : pixel_formats()) {
    if (static_cast<int>(format.format) <= 10) continue;
    Picture other = make_picture(format.format, {64, 48}).view();
    expect_refused(other, "does not take");
  }
  Picture bad = good.view();
  bad.size -= 1;
  expect_refused(bad, "4607 bytes");
  bad = good.view();
  bad.width_stride = 60;
  expect_refused(bad, "width stride 60");
  bad = good.view();
  bad.width = 0;
  expect_refused(bad, "0 x 48");
  bad = good.view();
  bad.width = bad.width_stride = 65501;
  expect_refused(bad, "65501");
  bad = good.view();
  bad.data = nullptr;
  expect_refused(bad, "null");
  bad.format = F::kUnknown;
  expect_refused(bad, "10000");
}

}  // namespace
}  // namespace poacl::media
