// What the vector headers of all instruction sets share.
#pragma once

#define POACL_INLINE static inline __attribute__((always_inline, unused))

// Before a loop whose trip count is a constant: register tiles need it flat.
#if defined(__clang__)
#define POACL_UNROLL _Pragma("clang loop unroll(full)")
#else
#define POACL_UNROLL _Pragma("GCC unroll 64")
#endif
