// Damaged and hostile files: no crash, nothing written outside, bounded memory.
#include "acl/acl_base.h"
#include "acl/error_codes/rt_error_codes.h"
#include "media/jpeg/jpeg_decode.h"
#include "media/jpeg/jpeg_test_util.h"

namespace poacl::media {
namespace {

using F = PixelFormat;

TEST(JpegDamage, MissingDataIsGrey) {
  const auto jpeg = make_jpeg({.width = 64, .height = 64, .restart_interval = 4});
  // The start of the last restart interval: everything before it is whole.
  size_t last = 0;
  for (size_t i = 2; i + 1 < jpeg.size(); ++i) {
    if (jpeg[i] == 0xFF && jpeg[i + 1] >= 0xD0 && jpeg[i + 1] <= 0xD7) last = i;
  }
  ASSERT_GT(last, 0u);
  const std::vector<uint8_t> cut(jpeg.begin(), jpeg.begin() + static_cast<long>(last));
  GuardedPicture whole(F::kYuvSemi420, 64, 64);
  GuardedPicture part(F::kYuvSemi420, 64, 64);
  ASSERT_TRUE(decode_jpeg(jpeg, {}, whole.view()).ok());
  ASSERT_TRUE(decode_jpeg(cut, {}, part.view()).ok());
  for (int y = 0; y < 64; ++y) {
    // The library still reads one unit of 16 x 16 from zeros before it sees that nothing is there.
    for (int x = y < 48 ? 0 : 16; x < 64; ++x) {
      ASSERT_EQ(part.sample(0, x, y, 0), y < 48 ? whole.sample(0, x, y, 0) : 128) << x << "," << y;
      ASSERT_EQ(part.sample(1, x / 2, y / 2, 1), y < 48 ? whole.sample(1, x / 2, y / 2, 1) : 128);
    }
  }
}

TEST(JpegDamage, EveryTruncation) {
  for (const int orientation : {0, 5}) {
    const auto jpeg = make_jpeg({.width = 40, .height = 30, .orientation = orientation});
    GuardedPicture out(F::kYuvSemi420, orientation ? 30 : 40, orientation ? 40 : 30);
    int decoded = 0;
    for (size_t size = 0; size < jpeg.size(); ++size) {
      // A vector of its own, so that a sanitizer sees a read past the end.
      const std::vector<uint8_t> cut(jpeg.begin(), jpeg.begin() + static_cast<long>(size));
      const Status status = decode_jpeg(cut, {}, out.view());
      out.expect_guards();
      decoded += status.ok() ? 1 : 0;
      if (!status.ok()) {
        ASSERT_TRUE(status.code() == ACL_ERROR_INVALID_PARAM ||
                    status.code() == ACL_ERROR_RT_AICPU_EXCEPTION)
            << size << ": " << status.message();
      }
    }
    EXPECT_GT(decoded, 100);
  }
}

TEST(JpegDamage, EveryByteChanged) {
  const auto jpeg = make_jpeg({.width = 40, .height = 30, .restart_interval = 2, .orientation = 8});
  for (size_t at = 0; at < jpeg.size(); ++at) {
    for (const uint8_t value : {uint8_t{0x00}, uint8_t{0xFF}, static_cast<uint8_t>(jpeg[at] ^ 1)}) {
      std::vector<uint8_t> bytes = jpeg;
      bytes[at] = value;
      const Result<JpegInfo> info = read_jpeg_info(bytes);
      if (!info.ok() || info->width > 300 || info->height > 300) continue;
      PictureSize size = {info->width, info->height};
      if (info->orientation >= 5) std::swap(size.width, size.height);
      GuardedPicture out(F::kYuvSemi420, size.width, size.height);
      const Status status = decode_jpeg(bytes, {.lenient = true}, out.view());
      out.expect_guards();
      if (!status.ok()) {
        EXPECT_FALSE(status.message().empty());
      }
    }
  }
}

// Nothing of that size may be asked for: the buffer is looked at first.
TEST(JpegDamage, HugeHeader) {
  auto jpeg = make_jpeg({});
  const size_t at = read_jpeg_info(jpeg)->precision_at;
  for (int i = 1; i <= 4; ++i) jpeg[at + i] = 0xFF;
  const Result<JpegInfo> info = read_jpeg_info(jpeg);
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->width, 65535);
  EXPECT_EQ(info->height, 65535);
  std::vector<uint8_t> small(1000);
  Picture out = {F::kYuvSemi420, 65535, 65535, 65536, 65536, small.data(), small.size()};
  const Status status = decode_jpeg(jpeg, {.lenient = true}, out);
  EXPECT_EQ(status.code(), ACL_ERROR_INVALID_PARAM);
  EXPECT_NE(status.message().find("1000 bytes for 65535 x 65535"), std::string::npos)
      << status.message();
  out.size = size_t{1} << 40;  // said to be there; the library takes sides up to 65500
  EXPECT_EQ(decode_jpeg(jpeg, {.lenient = true}, out).code(), ACL_ERROR_UNSUPPORTED_JPEG);
}

// A scan costs work for the whole picture however short it is in the file.
TEST(JpegDamage, EndlessScans) {
  const auto jpeg = make_jpeg({.width = 16, .height = 16, .progressive = true});
  // The last scan, over and over.
  size_t scan = 0;
  for (size_t i = 2; i + 1 < jpeg.size(); ++i) {
    if (jpeg[i] == 0xFF && jpeg[i + 1] == 0xDA) scan = i;
  }
  std::vector<uint8_t> bytes(jpeg.begin(), jpeg.end() - 2);
  for (int i = 0; i < 600; ++i) {
    bytes.insert(bytes.end(), jpeg.begin() + static_cast<long>(scan), jpeg.end() - 2);
  }
  GuardedPicture out(F::kYuvSemi420, 16, 16);
  const Status status = decode_jpeg(bytes, {.lenient = true}, out.view());
  EXPECT_EQ(status.code(), ACL_ERROR_RT_AICPU_EXCEPTION);
  EXPECT_NE(status.message().find("500 scans"), std::string::npos) << status.message();
}

TEST(JpegDamage, SharedFuzzFiles) {
  const auto files = shared_files("fuzz/jpeg", "");
  if (files.empty()) GTEST_SKIP() << "no fuzz files at " << shared_data() << " (POACL_DATA)";
  for (const auto& path : files) {
    SCOPED_TRACE(path.string());
    const auto bytes = read_bytes(path);
    const Result<JpegInfo> info = read_jpeg_info(bytes);
    if (!info.ok()) continue;
    PictureSize size = {info->width, info->height};
    if (info->orientation >= 5) std::swap(size.width, size.height);
    if (int64_t{size.width} * size.height > 40000000) continue;
    for (const F format : {jpeg_native_format(*info), F::kYuvSemi420, F::kRgb888}) {
      GuardedPicture out(format, size.width, size.height);
      const Status status = decode_jpeg(bytes, {.lenient = true}, out.view());
      out.expect_guards();
      if (!status.ok()) {
        EXPECT_FALSE(status.message().empty());
      }
    }
  }
}

}  // namespace
}  // namespace poacl::media
