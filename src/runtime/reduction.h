// Two arrays in device memory made into one, on a stream; and hints about cached memory.
#pragma once

#include <cstddef>
#include <cstdint>

#include "acl/acl_base.h"
#include "base/status.h"

namespace poacl::runtime {

class Stream;

// aclrtReduceKind, by number.
inline constexpr int kReduceSum = 10;
inline constexpr int kReduceMax = 11;
inline constexpr int kReduceMin = 12;
inline constexpr int kReduceEqual = 13;

// dst[i] = dst[i] <kind> src[i]. The arrays may be one and the same.
struct Reduction {
  void* dst = nullptr;
  const void* src = nullptr;
  size_t bytes = 0;  // of either array
  int kind = kReduceSum;
  aclDataType type = ACL_FLOAT;
};

// Queued behind the stream's work. Types: int8, int16, int32, uint32, float16, float, bfloat16.
// Sums of integers wrap around, those of the short floats are rounded once; where one value is no
// number, so is the result. 100000 for an unknown kind or type, 207000 for kReduceEqual, 107000
// for bytes that are no whole number of values, and for memory that is not a device's.
Status reduce_async(const Reduction& request, Stream& stream);

// Queued behind the stream's work; nothing to do, since this machine's caches agree with its
// memory. 107000 for memory that is not a device's.
Status cache_hint_async(const void* address, size_t bytes, Stream& stream);

}  // namespace poacl::runtime
