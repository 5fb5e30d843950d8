// For tests: pictures with guarded memory, and where each of their samples lies.
#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "base/isa.h"
#include "media/picture.h"

namespace poacl::media {

// Every instruction set this machine has.
inline std::vector<Isa> tested_isas() {
  std::vector<Isa> all;
  for (int i = 0; i <= static_cast<int>(detected_isa()); ++i) all.push_back(static_cast<Isa>(i));
  return all;
}

// Bytes from data to a sample, straight from the format table.
inline size_t sample_place(const Picture& picture, char component, int x, int y) {
  const FormatInfo& info = format_info(picture.format);
  for (int p = 0; p < info.plane_count; ++p) {
    const PlaneLayout& layout = info.planes[static_cast<size_t>(p)];
    const Plane rows = plane(picture, p);
    const bool pairs = info.plane_count == 1 && layout.shift_x == 1;
    int seen = 0;
    for (int i = 0; i < layout.components; ++i) {
      if (layout.samples[static_cast<size_t>(i)] != component) continue;
      // Packed 4:2:2 has two lumas in one position; x counts pixels there, chroma samples else.
      if (pairs && component == 'Y') {
        if (seen++ != x % 2) continue;
        return static_cast<size_t>(rows.data - picture.data + y * rows.stride + x / 2 * 4 + i);
      }
      return static_cast<size_t>(rows.data - picture.data + y * rows.stride +
                                 int64_t{x} * layout.components + i);
    }
  }
  ADD_FAILURE() << info.name << " has no " << component;
  return 0;
}

inline std::string components_of(const FormatInfo& info) {
  std::string all;
  for (const char c : std::string("YUVRGBA")) {
    for (int p = 0; p < info.plane_count; ++p) {
      const auto& samples = info.planes[static_cast<size_t>(p)].samples;
      if (std::string(samples.data(), 4).find(c) != std::string::npos &&
          all.find(c) == std::string::npos) {
        all += c;
      }
    }
  }
  return all;
}

inline int shift_x_of(const FormatInfo& info, char c) {
  return c == 'U' || c == 'V' ? info.chroma_shift_x : 0;
}
inline int shift_y_of(const FormatInfo& info, char c) {
  return c == 'U' || c == 'V' ? info.chroma_shift_y : 0;
}

// Bytes of a row of the first plane at the least, so that no plane's rows overlap.
inline int smallest_stride(const FormatInfo& info, int width) {
  const int even = width + (info.chroma_shift_x != 0 ? width % 2 : 0);
  return even * info.bytes_per_pixel;
}

// Memory between two pages that nobody may touch, directly before the one behind it or directly
// after the one before it: an access too far ends the test.
class GuardedMemory {
 public:
  GuardedMemory(size_t size, bool at_end) : size_(size) {
    constexpr size_t kPage = 4096;
    const size_t inner = (size + kPage - 1) / kPage * kPage;
    mapped_ = inner + 2 * kPage;
    mapping_ = static_cast<uint8_t*>(
        mmap(nullptr, mapped_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (mapping_ == MAP_FAILED || mprotect(mapping_ + kPage, inner, PROT_READ | PROT_WRITE) != 0) {
      throw std::bad_alloc();
    }
    data_ = mapping_ + kPage + (at_end ? inner - size : 0);
  }
  ~GuardedMemory() { munmap(mapping_, mapped_); }
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;

  uint8_t* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  size_t size_;
  size_t mapped_;
  uint8_t* mapping_;
  uint8_t* data_;
};

// Random contents; the memory ends with the last byte of the last row.
class TestPicture {
 public:
  TestPicture(PixelFormat format, int width, int height, std::mt19937& random, int extra_stride = 0,
              int extra_rows = 0)
      : picture(describe(format, width, height, extra_stride, extra_rows)),
        memory_(picture.size, random() % 4 != 0) {
    picture.data = memory_.data();
    for (size_t i = 0; i < picture.size; ++i) picture.data[i] = static_cast<uint8_t>(random());
  }

  uint8_t& at(char component, int x, int y) const {
    return picture.data[sample_place(picture, component, x, y)];
  }
  std::vector<uint8_t> bytes() const { return {picture.data, picture.data + picture.size}; }
  void set_bytes(const std::vector<uint8_t>& bytes) const {
    std::copy(bytes.begin(), bytes.end(), picture.data);
  }

  Picture picture;

 private:
  static Picture describe(PixelFormat format, int width, int height, int extra_stride,
                          int extra_rows) {
    Picture result;
    result.format = format;
    result.width = width;
    result.height = height;
    result.width_stride = smallest_stride(format_info(format), width) + extra_stride;
    result.height_stride = height + extra_rows;
    result.size = static_cast<size_t>(touched_bytes(result));
    return result;
  }

  GuardedMemory memory_;
};

// Positions of a component's own picture that belong to an area.
struct ComponentArea {
  int left, top, width, height;
};

inline ComponentArea component_area(const Picture& picture, char component, const Rect& area) {
  const FormatInfo& info = format_info(picture.format);
  const int sx = shift_x_of(info, component);
  const int sy = shift_y_of(info, component);
  return {area.left >> sx, area.top >> sy, (area.width + sx) >> sx, (area.height + sy) >> sy};
}

// Every byte that is not a sample of the area is as it was.
inline void expect_only_area_changed(const TestPicture& picture, const Rect& area,
                                     const std::vector<uint8_t>& before, const std::string& what) {
  std::vector<bool> mine(before.size());
  for (const char c : components_of(format_info(picture.picture.format))) {
    const ComponentArea a = component_area(picture.picture, c, area);
    for (int y = a.top; y < a.top + a.height; ++y) {
      for (int x = a.left; x < a.left + a.width; ++x) {
        mine[sample_place(picture.picture, c, x, y)] = true;
      }
    }
  }
  for (size_t i = 0; i < before.size(); ++i) {
    if (mine[i] || picture.picture.data[i] == before[i]) continue;
    ADD_FAILURE() << what << ": byte " << i << " of " << before.size() << " was written";
    return;
  }
}

}  // namespace poacl::media
