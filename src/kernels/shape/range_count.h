// How many elements Range makes; shared by shape inference and the kernel.
#pragma once

#include <cmath>

#include "base/half.h"
#include "base/tensor.h"

namespace poacl {

inline constexpr int64_t kRangeUnsupported = -2;

// ceil((limit - start) / delta), 0 when that is negative; -1 when delta is 0 or the result is not
// finite, kRangeUnsupported for types other than
// the real ones and the integers up to int64.
inline int64_t range_count(const Tensor& start, const Tensor& limit, const Tensor& delta) {
  const auto finish = [](double count) -> int64_t {
    if (!(std::fabs(count) < 9e18)) return -1;
    return count <= 0 ? 0 : static_cast<int64_t>(count);
  };
  const auto integral = [&](auto a, auto b, auto d) -> int64_t {
    if (d == 0) return -1;
    // In double first: the exact difference of two int64 may overflow.
    const double estimate =
        (static_cast<double>(b) - static_cast<double>(a)) / static_cast<double>(d);
    if (!(std::fabs(estimate) < 1e15)) return estimate < 0 ? 0 : -1;
    const __int128 distance = static_cast<__int128>(b) - a;
    const __int128 step = d;
    if ((distance > 0) != (step > 0) || distance == 0) return 0;
    const __int128 size = distance < 0 ? -distance : distance;
    const __int128 stride = step < 0 ? -step : step;
    return static_cast<int64_t>((size + stride - 1) / stride);
  };
  const auto of_reals = [&](float (*widen)(uint16_t)) {
    const double first = static_cast<double>(widen(start.as<uint16_t>()[0]));
    const double last = static_cast<double>(widen(limit.as<uint16_t>()[0]));
    return finish(std::ceil((last - first) / static_cast<double>(widen(delta.as<uint16_t>()[0]))));
  };
  switch (start.dtype) {
    case DataType::kFloat:
      return finish(std::ceil(
          (static_cast<double>(limit.as<float>()[0]) - static_cast<double>(start.as<float>()[0])) /
          static_cast<double>(delta.as<float>()[0])));
    case DataType::kDouble:
      return finish(
          std::ceil((limit.as<double>()[0] - start.as<double>()[0]) / delta.as<double>()[0]));
    case DataType::kFloat16:
      return of_reals(half_to_float);
    case DataType::kBfloat16:
      return of_reals(bfloat16_to_float);
    case DataType::kInt8:
      return integral(start.as<int8_t>()[0], limit.as<int8_t>()[0], delta.as<int8_t>()[0]);
    case DataType::kUint8:
      return integral(start.as<uint8_t>()[0], limit.as<uint8_t>()[0], delta.as<uint8_t>()[0]);
    case DataType::kUint16:
      return integral(start.as<uint16_t>()[0], limit.as<uint16_t>()[0], delta.as<uint16_t>()[0]);
    case DataType::kUint32:
      return integral(start.as<uint32_t>()[0], limit.as<uint32_t>()[0], delta.as<uint32_t>()[0]);
    case DataType::kInt16:
      return integral(start.as<int16_t>()[0], limit.as<int16_t>()[0], delta.as<int16_t>()[0]);
    case DataType::kInt32:
      return integral(start.as<int32_t>()[0], limit.as<int32_t>()[0], delta.as<int32_t>()[0]);
    case DataType::kInt64:
      return integral(start.as<int64_t>()[0], limit.as<int64_t>()[0], delta.as<int64_t>()[0]);
    default:
      return kRangeUnsupported;
  }
}

}  // namespace poacl
