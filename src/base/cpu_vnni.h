// Whether the CPU has the eight-bit dot products and byte permutations of AVX-512.
#pragma once

namespace poacl {

// AVX-512 VNNI and VBMI, on top of what Isa::kAvx512 means.
bool cpu_has_vnni() noexcept;

}  // namespace poacl
