// Streams that write a number into device memory, or wait until one stands there.
#pragma once

#include <cstdint>

#include "base/status.h"

namespace poacl::runtime {

class Stream;

// How the 64-bit word is compared with the value, by number as the API has it.
inline constexpr uint32_t kValueAtLeast = 0;  // word >= value
inline constexpr uint32_t kValueEquals = 1;   // word == value
inline constexpr uint32_t kValueAnd = 2;      // (word & value) != 0
inline constexpr uint32_t kValueNor = 3;      // ~(word | value) != 0

// `address`: 8 bytes, aligned to 8, of device or host memory; otherwise 107000.
Status write_value(void* address, uint64_t value, Stream& stream);
// 107000 also for a comparison that does not exist. The word is looked at several thousand times
// a second, whoever writes it.
Status wait_value(void* address, uint64_t value, uint32_t comparison, Stream& stream);

}  // namespace poacl::runtime
