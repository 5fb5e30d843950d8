// Reading memory at an address that Python gave, which may be no address at all.
#pragma once

#include <cstddef>
#include <cstdint>

namespace poacl::python {

// Copies `size` bytes from `address` to `out`; false when any byte of the range cannot be read.
bool read_memory(uintptr_t address, void* out, size_t size);

// Whether the first and the last byte of the range can be read.
bool can_read(uintptr_t address, size_t size);

}  // namespace poacl::python
