#include "base/cpu_vnni.h"

#include "base/isa.h"

namespace poacl {

bool cpu_has_vnni() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  return detected_isa() >= Isa::kAvx512 && __builtin_cpu_supports("avx512vnni") &&
         __builtin_cpu_supports("avx512vbmi");
#else
  return false;
#endif
}

}  // namespace poacl
