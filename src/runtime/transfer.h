// Copying and filling memory, now or on a stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "base/status.h"

namespace poacl::runtime {

class Stream;

// aclrtMemcpyKind, by number. Where memory lies is read from the addresses, since programs often
// name the wrong kind. It matters only on a stream: for kHostToHost, and for ordinary host memory.
inline constexpr int kHostToHost = 0;
inline constexpr int kHostToDevice = 1;
inline constexpr int kDeviceToHost = 2;
inline constexpr int kDeviceToDevice = 3;
inline constexpr int kInnerDevice = 6;
inline constexpr int kInterDevice = 7;
inline constexpr int kLastCopyKind = 7;

// A block copy. For rows, `rows` > 1 and the pitches say how far apart they begin.
struct Copy {
  void* dst = nullptr;
  size_t dst_max = 0;  // bytes the caller says may be written
  const void* src = nullptr;
  size_t count = 0;  // bytes of a row
  size_t rows = 1;
  size_t dst_pitch = 0;
  size_t src_pitch = 0;
};

struct Fill {
  void* dst = nullptr;
  size_t dst_max = 0;
  uint32_t value = 0;  // its low byte, unless `words`
  size_t count = 0;    // bytes
  bool words = false;  // the whole 32-bit value again and again; dst and count are multiples of 4
};

// 107000 for a range that leaves its block, a freed block or an address that is not mapped,
// with the numbers.
Status copy(const Copy& request);
Status fill(const Fill& request);

// Queued behind the stream's work. Memory that is not from acl.rt.malloc or malloc_host may be
// changed by the caller at once, so it is copied before this returns, after the stream's work; a
// kind that takes it for device memory gives 107000 where host and device are two machines.
Status copy_async(const Copy& request, int kind, Stream& stream);
Status fill_async(const Fill& request, Stream& stream);

// A copy whose addresses are found when its turn comes: what `resolve` returns is copied.
Status copy_later(std::function<Result<Copy>()> resolve, const char* api, Stream& stream);

}  // namespace poacl::runtime
