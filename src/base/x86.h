// What is built for x86 processors only.
#pragma once

namespace poacl {

// Stands before the declaration of every function that an ISA file (*_avx2.cc, *_avx512.cc,
// *_vnni.cc, *_bf16.cc) defines and other files name. Builds for other processors leave these files
// out; there the function's address is null, and nothing calls it: no CPU has the instruction set.
#if defined(__x86_64__) || defined(__i386__)
#define POACL_X86
inline constexpr bool kBuiltForX86 = true;
#else
#define POACL_X86 __attribute__((weak, visibility("hidden")))
inline constexpr bool kBuiltForX86 = false;
#endif

}  // namespace poacl
