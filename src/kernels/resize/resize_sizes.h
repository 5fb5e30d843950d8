// How large Resize makes each dimension, and by which factor it maps positions; shared by shape
// inference and the kernels.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/half.h"
#include "base/tensor.h"

namespace poacl {

// One dimension of a Resize.
struct ResizeAxis {
  int64_t in = 1;
  int64_t out = 1;
  double scale = 1;   // positions of y are divided by it
  double length = 1;  // in * scale: what `out` was before it was rounded
};

// A constant of a floating-point type as float; empty for others.
inline std::vector<float> resize_floats(const Tensor& tensor) {
  std::vector<float> values;
  if (tensor.dtype == DataType::kFloat) {
    const auto data = tensor.as<float>();
    values.assign(data.begin(), data.end());
  } else if (tensor.dtype == DataType::kDouble) {
    for (const double v : tensor.as<double>()) values.push_back(static_cast<float>(v));
  } else if (tensor.dtype == DataType::kFloat16) {
    for (const uint16_t v : tensor.as<uint16_t>()) values.push_back(half_to_float(v));
  } else if (tensor.dtype == DataType::kBfloat16) {
    for (const uint16_t v : tensor.as<uint16_t>()) values.push_back(bfloat16_to_float(v));
  }
  return values;
}

// By a factor. The product is taken in float, so that 3 * (5 / 3) is 5; -1 when it is no size.
inline ResizeAxis resize_by_scale(int64_t in, float scale) {
  const float length = static_cast<float>(in) * scale;
  if (!(length >= 0.0f && length < 2147483648.0f)) return {in, -1, 1, 1};
  return {in, static_cast<int64_t>(std::floor(length)), static_cast<double>(scale),
          static_cast<double>(in) * static_cast<double>(scale)};
}

// To a size.
inline ResizeAxis resize_to_size(int64_t in, int64_t out) {
  const double scale = in == 0 ? 1.0 : static_cast<double>(out) / static_cast<double>(in);
  return {in, out, scale, static_cast<double>(out)};
}

// To sizes that keep the aspect ratio: the smallest (not_larger) or largest ratio for all axes.
inline std::vector<ResizeAxis> resize_to_fit(const std::vector<int64_t>& in,
                                             const std::vector<int64_t>& sizes, bool not_larger) {
  double scale = 0;
  for (size_t i = 0; i < in.size(); ++i) {
    const double ratio = static_cast<double>(sizes[i]) / static_cast<double>(in[i]);
    scale = i == 0 ? ratio : not_larger ? std::min(scale, ratio) : std::max(scale, ratio);
  }
  std::vector<ResizeAxis> axes;
  for (const int64_t extent : in) {
    const double length = scale * static_cast<double>(extent);
    const bool sane = length >= 0 && length < 2147483648.0;
    axes.push_back({extent, sane ? static_cast<int64_t>(length + 0.5) : -1, scale, length});
  }
  return axes;
}

}  // namespace poacl
