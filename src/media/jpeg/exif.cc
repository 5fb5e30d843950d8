#include "media/jpeg/exif.h"

#include <cstddef>
#include <cstring>

namespace poacl::media {
namespace {

constexpr char kSignature[] = {'E', 'x', 'i', 'f', 0, 0};
constexpr uint16_t kOrientationTag = 0x0112;
constexpr uint16_t kShort = 3;
constexpr size_t kEntryBytes = 12;

// A TIFF block: numbers in its byte order. Reading past the end gives 0.
struct Tiff {
  std::span<const uint8_t> bytes;
  bool big_endian = false;

  uint16_t u16(size_t at) const {
    if (at > bytes.size() || bytes.size() - at < 2) return 0;
    const int first = bytes[at];
    const int second = bytes[at + 1];
    return static_cast<uint16_t>(big_endian ? first << 8 | second : second << 8 | first);
  }
  uint32_t u32(size_t at) const {
    const uint32_t first = u16(at);
    const uint32_t second = u16(at + 2);
    return big_endian ? first << 16 | second : second << 16 | first;
  }
};

}  // namespace

int exif_orientation(std::span<const uint8_t> payload) noexcept {
  if (payload.size() < sizeof(kSignature) + 8 ||
      std::memcmp(payload.data(), kSignature, sizeof(kSignature)) != 0) {
    return 0;
  }
  Tiff tiff{payload.subspan(sizeof(kSignature))};
  if (tiff.bytes[0] != tiff.bytes[1] || (tiff.bytes[0] != 'I' && tiff.bytes[0] != 'M')) return 0;
  tiff.big_endian = tiff.bytes[0] == 'M';
  if (tiff.u16(2) != 42) return 0;
  const size_t directory = tiff.u32(4);
  const int entries = tiff.u16(directory);
  for (int i = 0; i < entries; ++i) {
    const size_t entry = directory + 2 + static_cast<size_t>(i) * kEntryBytes;
    if (entry + kEntryBytes > tiff.bytes.size()) return 0;
    if (tiff.u16(entry) != kOrientationTag) continue;
    const int value = tiff.u16(entry + 8);
    const bool sound = tiff.u16(entry + 2) == kShort && tiff.u32(entry + 4) == 1;
    return sound && value >= 1 && value <= 8 ? value : 0;
  }
  return 0;
}

}  // namespace poacl::media
