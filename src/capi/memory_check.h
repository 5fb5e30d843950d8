// Whether memory that a program names can be touched.
#pragma once

#include <cstddef>

#include "base/status.h"

namespace poacl::capi {

// 100000 with the numbers when [address, address + bytes) leaves the block of aclrtMalloc or
// aclrtMallocHost it lies in, or is memory of neither that is not mapped. `what` begins the
// sentence ("input 0 (data)").
Status check_memory(const void* address, size_t bytes, const char* what);

}  // namespace poacl::capi
