// Calls a generic lambda with a value of the C++ type behind a DataType.
#pragma once

#include <cstdint>

#include "base/dtype.h"

namespace poacl {

// Float, double, the integers and bool (as uint8_t); `body` is not called for other types.
template <typename F>
void dispatch_arithmetic(DataType type, F&& body) {
  switch (type) {
    case DataType::kFloat:
      body(float{});
      break;
    case DataType::kDouble:
      body(double{});
      break;
    case DataType::kInt8:
      body(int8_t{});
      break;
    case DataType::kInt16:
      body(int16_t{});
      break;
    case DataType::kInt32:
      body(int32_t{});
      break;
    case DataType::kInt64:
      body(int64_t{});
      break;
    case DataType::kBool:
    case DataType::kUint8:
      body(uint8_t{});
      break;
    case DataType::kUint16:
      body(uint16_t{});
      break;
    case DataType::kUint32:
      body(uint32_t{});
      break;
    case DataType::kUint64:
      body(uint64_t{});
      break;
    default:
      break;
  }
}

inline bool is_arithmetic_type(DataType type) {
  bool known = false;
  dispatch_arithmetic(type, [&](auto) { known = true; });
  return known;
}

// Unsigned integer of `size` bytes (1, 2, 4, 8, 16), for moving elements around.
struct Bytes16 {
  uint64_t low, high;
};
template <typename F>
void dispatch_size(size_t size, F&& body) {
  switch (size) {
    case 1:
      body(uint8_t{});
      break;
    case 2:
      body(uint16_t{});
      break;
    case 4:
      body(uint32_t{});
      break;
    case 8:
      body(uint64_t{});
      break;
    case 16:
      body(Bytes16{});
      break;
    default:
      break;
  }
}

}  // namespace poacl
