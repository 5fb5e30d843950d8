// For tests of media code: buffers with guards around them, the shared pictures.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "media/picture.h"
#include "media/picture_rules.h"

namespace poacl::media {

// A picture whose buffer of exactly the bytes its rows take stands between guards. Strides that are
// too small are raised to the least that is possible.
class GuardedPicture {
 public:
  GuardedPicture(PixelFormat format, int32_t width, int32_t height, int32_t width_stride = 0,
                 int32_t height_stride = 0) {
    view_.format = format;
    view_.width = width;
    view_.height = height;
    view_.width_stride =
        std::max(width_stride, static_cast<int32_t>(min_width_stride(format_info(format), width)));
    view_.height_stride = std::max(height, height_stride);
    view_.size = static_cast<size_t>(touched_bytes(view_));
    bytes_.assign(view_.size + 2 * kGuard, kFill);
    view_.data = bytes_.data() + kGuard;
  }

  const Picture& view() const { return view_; }
  Picture& view() { return view_; }

  uint8_t sample(int index, int32_t x, int32_t y, int component) const {
    const Plane p = plane(view_, index);
    return p.data[y * p.stride + int64_t{x} * p.components + component];
  }

  void expect_guards() const {
    for (size_t i = 0; i < kGuard; ++i) {
      ASSERT_EQ(bytes_[i], kFill) << "byte " << kGuard - i << " before the picture";
      ASSERT_EQ(bytes_[kGuard + view_.size + i], kFill) << "byte " << i << " after the picture";
    }
  }

 private:
  static constexpr size_t kGuard = 256;
  static constexpr uint8_t kFill = 0xA5;
  Picture view_;
  std::vector<uint8_t> bytes_;
};

inline std::filesystem::path shared_data() {
  const char* other = std::getenv("POACL_DATA");
  return other ? other : POACL_SHARED_DATA;
}

inline std::vector<uint8_t> read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// All files below a folder of the shared data, sorted; empty when it is not there.
inline std::vector<std::filesystem::path> shared_files(const std::string& folder,
                                                       const std::string& extension) {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path root = shared_data() / folder;
  if (!std::filesystem::exists(root)) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string suffix = entry.path().extension().string();
    if (entry.is_regular_file() && (suffix == extension || extension.empty())) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace poacl::media
