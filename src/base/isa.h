// Instruction sets that kernels are built for, best last; which one this process uses.
#pragma once

#include <optional>
#include <string_view>

namespace poacl {

enum class Isa : int { kGeneric = 0, kAvx2 = 1, kAvx512 = 2 };

// "generic", "avx2", "avx512".
std::string_view isa_name(Isa isa) noexcept;
std::optional<Isa> isa_from_name(std::string_view name) noexcept;

// The best one this CPU and operating system support (AVX2 means AVX2+FMA+F16C; AVX-512 means
// F, BW, DQ, VL on top of that).
Isa detected_isa() noexcept;

// AVX-512 with products of bfloat16 pairs, on top of kAvx512.
bool cpu_has_avx512_bf16() noexcept;

// AVX-512 with eight-bit dot products and byte permutations (VNNI, VBMI), on top of kAvx512.
bool cpu_has_vnni() noexcept;

// detected_isa(), lowered by POACL_ISA when that names a lesser one. A name that is unknown or
// that the CPU lacks is ignored with a warning in the log. Read once per process.
Isa active_isa() noexcept;

}  // namespace poacl
