// For tests: scaling and colour conversion in double arithmetic, written from the documented
// formulas without anything of the engine.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include "media/vpc/picture_test_util.h"
#include "media/vpc/transform.h"

namespace poacl::media {

// One component as a picture of its own.
struct Channel {
  int width = 0;
  int height = 0;
  std::vector<double> values;

  double& at(int x, int y) {
    return values[static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(x)];
  }
  double at(int x, int y) const { return const_cast<Channel*>(this)->at(x, y); }
  double clamped(int x, int y) const {
    return at(std::clamp(x, 0, width - 1), std::clamp(y, 0, height - 1));
  }
};

using Channels = std::map<char, Channel>;

inline Channel make_channel(int width, int height) {
  return {width, height,
          std::vector<double>(static_cast<size_t>(width) * static_cast<size_t>(height))};
}

inline Channels read_area(const TestPicture& picture, const Rect& area) {
  Channels channels;
  for (const char c : components_of(format_info(picture.picture.format))) {
    const ComponentArea a = component_area(picture.picture, c, area);
    Channel channel = make_channel(a.width, a.height);
    for (int y = 0; y < a.height; ++y) {
      for (int x = 0; x < a.width; ++x) channel.at(x, y) = picture.at(c, a.left + x, a.top + y);
    }
    channels[c] = channel;
  }
  return channels;
}

inline Channel scale_reference(const Channel& in, int width, int height, Interpolation method) {
  Channel out = make_channel(width, height);
  const double fx = static_cast<double>(in.width) / width;
  const double fy = static_cast<double>(in.height) / height;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      if (method == Interpolation::kNearest) {
        // As OpenCV rounds: a quotient that should be a whole number may fall just below it.
        out.at(x, y) =
            in.clamped(static_cast<int>(x * (1.0 / (static_cast<double>(width) / in.width))),
                       static_cast<int>(y * (1.0 / (static_cast<double>(height) / in.height))));
        continue;
      }
      const double half = method == Interpolation::kBilinear ? 0.5 : 0;
      const double sx = (x + half) * fx - half;
      const double sy = (y + half) * fy - half;
      const int left = static_cast<int>(std::floor(sx));
      const int top = static_cast<int>(std::floor(sy));
      const double ax = sx - left;
      const double ay = sy - top;
      out.at(x, y) =
          (1 - ay) * ((1 - ax) * in.clamped(left, top) + ax * in.clamped(left + 1, top)) +
          ay * ((1 - ax) * in.clamped(left, top + 1) + ax * in.clamped(left + 1, top + 1));
    }
  }
  return out;
}

// Mean of the samples of a finer grid that share a sample of one halved by the shifts.
inline double mean_of(const Channel& fine, int x, int y, int shift_x, int shift_y) {
  double sum = 0;
  int count = 0;
  for (int dy = 0; dy < 1 << shift_y; ++dy) {
    for (int dx = 0; dx < 1 << shift_x; ++dx) {
      sum += fine.clamped((x << shift_x) + dx, (y << shift_y) + dy);
      ++count;
    }
  }
  return sum / count;
}

// What `format` should hold of a width x height picture given as channels of `from`.
inline Channels convert_reference(const Channels& in, const FormatInfo& from, const FormatInfo& to,
                                  int width, int height, const Csc& csc, uint8_t alpha) {
  Channels out;
  // A sample of `in` at a pixel.
  const auto at_pixel = [&](char c, int x, int y) {
    if (!in.contains(c)) return 128.0;
    return in.at(c).at(x >> shift_x_of(from, c), y >> shift_y_of(from, c));
  };
  const auto clamp = [](double value) { return std::clamp(value, 0.0, 255.0); };
  for (const char c : components_of(to)) {
    const int sx = shift_x_of(to, c);
    const int sy = shift_y_of(to, c);
    Channel channel = make_channel((width + sx) >> sx, (height + sy) >> sy);
    for (int y = 0; y < channel.height; ++y) {
      for (int x = 0; x < channel.width; ++x) {
        double& value = channel.at(x, y);
        if (c == 'A') {
          value = in.contains('A') ? in.at('A').at(x, y) : alpha;
        } else if (to.model == ColourModel::kRgb && from.model == ColourModel::kRgb) {
          value = in.at(c).at(x, y);
        } else if (to.model == ColourModel::kRgb) {
          const auto& row = csc.to_rgb[std::string("RGB").find(c)];
          value = 0;
          for (size_t i = 0; i < 3; ++i) {
            value += row[i] * (at_pixel("YUV"[i], x, y) - csc.to_rgb_offset[i]);
          }
          value = clamp(value);
        } else if (from.model == ColourModel::kRgb) {
          const size_t k = std::string("YUV").find(c);
          value = csc.to_yuv_offset[k];
          for (size_t i = 0; i < 3; ++i) {
            value += csc.to_yuv[k][i] * mean_of(in.at("RGB"[i]), x, y, sx, sy);
          }
          value = clamp(value);
        } else if (!in.contains(c)) {
          value = 128;
        } else if (c == 'Y') {
          value = in.at('Y').at(x, y);
        } else {
          const int down_x = std::max(sx - shift_x_of(from, c), 0);
          const int down_y = std::max(sy - shift_y_of(from, c), 0);
          const int up_x = std::max(shift_x_of(from, c) - sx, 0);
          const int up_y = std::max(shift_y_of(from, c) - sy, 0);
          value = mean_of(in.at(c), x >> up_x, y >> up_y, down_x, down_y);
        }
      }
    }
    out[c] = channel;
  }
  return out;
}

// Largest difference between an area of a picture and what it should hold.
inline double largest_difference(const TestPicture& picture, const Rect& area,
                                 const Channels& wanted) {
  double largest = 0;
  for (const auto& [c, channel] : wanted) {
    const ComponentArea a = component_area(picture.picture, c, area);
    EXPECT_EQ(a.width, channel.width);
    EXPECT_EQ(a.height, channel.height);
    for (int y = 0; y < a.height; ++y) {
      for (int x = 0; x < a.width; ++x) {
        const double found = picture.at(c, a.left + x, a.top + y);
        largest = std::max(largest, std::abs(found - channel.at(x, y)));
      }
    }
  }
  return largest;
}

}  // namespace poacl::media
