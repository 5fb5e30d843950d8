// The register tile of the generic vector kernels, for their plans.
#pragma once

namespace poacl {

// Rows or pixels of a tile, two vectors of eight floats each: as many as leave registers for the
// operands. Arm has 32 registers of four floats, x86 without extensions 16.
#if defined(__aarch64__)
inline constexpr int kGenericTile = 6;
#else
inline constexpr int kGenericTile = 2;
#endif

}  // namespace poacl
