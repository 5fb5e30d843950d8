// Whether memory that a program names can be touched: inside its block, or mapped at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/status.h"

namespace poacl::runtime {

// `code` with the numbers when [address, address + bytes) leaves the device or host block it lies
// in, lies in a freed block, or is memory of neither kind that is not mapped. `what` begins the
// sentence ("source", "input 0 (data)"). Allocates nothing on success and makes no system
// call for blocks of ours. A foreign range costs one; a short one (below 128 KiB) that lies in what
// this thread checked just before costs none, and is taken for mapped still: the C library gives
// the pages of long blocks back as soon as they are freed, those of short ones hardly ever.
// `writes`: memory behind reserved addresses that may only be read is refused too.
Status check_memory(const void* address, size_t bytes, std::string_view what, int32_t code,
                    bool writes = false);

}  // namespace poacl::runtime
