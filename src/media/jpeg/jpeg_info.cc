#include "media/jpeg/jpeg_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>

#include "acl/acl_base.h"
#include "media/jpeg/exif.h"

namespace poacl::media {
namespace {

enum Marker : uint8_t {
  kTem = 0x01,
  kSof0 = 0xC0,
  kDht = 0xC4,
  kJpg = 0xC8,
  kDac = 0xCC,
  kSof15 = 0xCF,
  kRst0 = 0xD0,
  kRst7 = 0xD7,
  kSoi = 0xD8,
  kEoi = 0xD9,
  kSos = 0xDA,
  kApp0 = 0xE0,
  kApp1 = 0xE1,
  kApp14 = 0xEE,
};

Status not_a_jpeg(std::string sentence) {
  return {ACL_ERROR_INVALID_PARAM, std::move(sentence)};
}

class HeaderReader {
 public:
  explicit HeaderReader(std::span<const uint8_t> data) : data_(data) {}

  Result<JpegInfo> read();

 private:
  bool next_marker(uint8_t& marker);
  bool next_segment(std::span<const uint8_t>& payload);
  Status frame(uint8_t marker, std::span<const uint8_t> payload);
  JpegSampling sampling() const;
  JpegColour colour() const;

  std::span<const uint8_t> data_;
  size_t at_ = 2;
  JpegInfo info_;
  bool frame_seen_ = false;
  bool jfif_ = false;
  int adobe_transform_ = -1;  // -1: no Adobe segment
  struct Component {
    uint8_t id, h, v;
  };
  std::array<Component, 4> components_ = {};
};

// Bytes that belong to no segment are skipped, as every decoder does.
bool HeaderReader::next_marker(uint8_t& marker) {
  while (true) {
    while (at_ < data_.size() && data_[at_] != 0xFF) ++at_;
    while (at_ < data_.size() && data_[at_] == 0xFF) ++at_;
    if (at_ >= data_.size()) return false;
    marker = data_[at_++];
    if (marker != 0) return true;
  }
}

bool HeaderReader::next_segment(std::span<const uint8_t>& payload) {
  if (data_.size() - at_ < 2) return false;
  const size_t length = static_cast<size_t>(data_[at_]) << 8 | data_[at_ + 1];
  if (length < 2 || length > data_.size() - at_) return false;
  payload = data_.subspan(at_ + 2, length - 2);
  at_ += length;
  return true;
}

Status HeaderReader::frame(uint8_t marker, std::span<const uint8_t> payload) {
  if (frame_seen_) return not_a_jpeg("the JPEG file has two frame headers; it is damaged");
  if (payload.size() < 6) {
    return not_a_jpeg(
        fmt::format("the JPEG frame header has {} bytes, at least 6 are needed", payload.size()));
  }
  info_.precision = payload[0];
  info_.precision_at = static_cast<size_t>(payload.data() - data_.data());
  info_.height = payload[1] << 8 | payload[2];
  info_.width = payload[3] << 8 | payload[4];
  info_.components = payload[5];
  const size_t needed = 6 + 3 * static_cast<size_t>(info_.components);
  if (info_.components < 1 || info_.components > 4 || payload.size() < needed) {
    return not_a_jpeg(
        fmt::format("the JPEG frame header names {} components in {} bytes; 1 to 4 of 3 bytes each "
                    "are possible",
                    info_.components, payload.size()));
  }
  if (info_.width == 0 || info_.height == 0) {
    return not_a_jpeg(
        fmt::format("the JPEG frame header says {} x {} pixels", info_.width, info_.height));
  }
  for (int i = 0; i < info_.components; ++i) {
    const uint8_t* c = payload.data() + 6 + 3 * i;
    components_[i] = {c[0], static_cast<uint8_t>(c[1] >> 4), static_cast<uint8_t>(c[1] & 15)};
    if (std::min(components_[i].h, components_[i].v) < 1 ||
        std::max(components_[i].h, components_[i].v) > 4) {
      return not_a_jpeg(
          fmt::format("component {} of the JPEG file is sampled {} x {}; 1 to 4 are "
                      "possible",
                      i, components_[i].h, components_[i].v));
    }
  }
  // The lower four bits: process in 0..3 (baseline, extended, progressive, lossless), 4 for
  // hierarchical frames, 8 for arithmetic coding.
  const int process = marker & 3;
  if (marker & 4) {
    info_.coding = JpegCoding::kHierarchical;
  } else if (process == 3) {
    info_.coding = JpegCoding::kLossless;
  } else if (marker & 8) {
    info_.coding = JpegCoding::kArithmetic;
  }
  info_.progressive = process == 2;
  info_.many_scans = info_.progressive;
  frame_seen_ = true;
  return {};
}

JpegSampling HeaderReader::sampling() const {
  if (info_.components == 1) return JpegSampling::k400;
  const auto [y, u, v] = std::tie(components_[0], components_[1], components_[2]);
  if (info_.components < 3 || u.h != v.h || u.v != v.v || y.h % u.h != 0 || y.v % u.v != 0) {
    return JpegSampling::kOther;
  }
  switch (y.h / u.h * 10 + y.v / u.v) {
    case 11:
      return JpegSampling::k444;
    case 21:
      return JpegSampling::k422;
    case 22:
      return JpegSampling::k420;
    case 12:
      return JpegSampling::k440;
    case 41:
      return JpegSampling::k411;
    default:
      return JpegSampling::kOther;
  }
}

// The rules of libjpeg, which decodes by them.
JpegColour HeaderReader::colour() const {
  if (info_.components == 1) return JpegColour::kGray;
  if (info_.components == 3) {
    if (jfif_) return JpegColour::kYCbCr;
    if (adobe_transform_ >= 0) return adobe_transform_ ? JpegColour::kYCbCr : JpegColour::kRgb;
    const bool rgb =
        components_[0].id == 'R' && components_[1].id == 'G' && components_[2].id == 'B';
    return rgb ? JpegColour::kRgb : JpegColour::kYCbCr;
  }
  if (info_.components == 4) {
    return adobe_transform_ > 0 ? JpegColour::kYcck : JpegColour::kCmyk;
  }
  return JpegColour::kOther;
}

Result<JpegInfo> HeaderReader::read() {
  if (data_.size() < 4 || data_[0] != 0xFF || data_[1] != kSoi) {
    return not_a_jpeg(fmt::format(
        "the {} bytes are no JPEG file: they do not begin with FF D8 FF{}", data_.size(),
        data_.size() < 2 ? std::string()
                         : fmt::format(" but with {:02X} {:02X}", data_[0], data_[1])));
  }
  uint8_t marker = 0;
  while (next_marker(marker)) {
    if (marker == kTem || (marker >= kRst0 && marker <= kRst7)) continue;
    if (marker == kEoi || marker == kSoi) break;
    std::span<const uint8_t> payload;
    if (!next_segment(payload)) break;
    if (marker >= kSof0 && marker <= kSof15 && marker != kDht && marker != kJpg && marker != kDac) {
      POACL_RETURN_IF_ERROR(frame(marker, payload));
    } else if (marker == kSos) {
      if (!payload.empty() && payload[0] < info_.components) info_.many_scans = true;
      break;
    } else if (marker == kApp0) {
      if (payload.size() >= 14 && std::memcmp(payload.data(), "JFIF", 5) == 0) jfif_ = true;
    } else if (marker == kApp14) {
      if (payload.size() >= 12 && std::memcmp(payload.data(), "Adobe", 5) == 0) {
        adobe_transform_ = payload[11];
      }
    } else if (marker == kApp1 && info_.orientation == 1) {
      info_.orientation = std::max(1, exif_orientation(payload));
    }
  }
  if (!frame_seen_) {
    return not_a_jpeg(
        fmt::format("the JPEG file of {} bytes ends, or is damaged, at byte {}, before its frame "
                    "header",
                    data_.size(), at_));
  }
  info_.sampling = sampling();
  info_.colour = colour();
  return info_;
}

}  // namespace

Result<JpegInfo> read_jpeg_info(std::span<const uint8_t> data) {
  return HeaderReader(data).read();
}

}  // namespace poacl::media
