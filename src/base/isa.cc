#include "base/isa.h"

#include <array>
#include <atomic>
#include <cstdlib>
#include <string>

#include "base/log.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

namespace poacl {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"generic", "avx2", "avx512"};

Isa detect() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("avx");
  // F16C has no name in every compiler's table: leaf 1, ECX bit 29.
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  const bool f16c = __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0 && (ecx & (1u << 29)) != 0;
  if (!avx2 || !f16c) return Isa::kGeneric;
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  return avx512 ? Isa::kAvx512 : Isa::kAvx2;
#else
  return Isa::kGeneric;
#endif
}

Isa choose() noexcept {
  const Isa best = detected_isa();
  const char* wanted = std::getenv("POACL_ISA");
  if (wanted == nullptr || *wanted == '\0') return best;
  const auto isa = isa_from_name(wanted);
  if (!isa) {
    log(LogLevel::kWarning, "ASCENDCL",
        "POACL_ISA={} is not an instruction set; use generic, avx2 or avx512. Using {}.", wanted,
        isa_name(best));
    return best;
  }
  if (static_cast<int>(*isa) > static_cast<int>(best)) {
    log(LogLevel::kWarning, "ASCENDCL",
        "POACL_ISA={} asks for more than this CPU offers. Using {}.", wanted, isa_name(best));
    return best;
  }
  return *isa;
}

constexpr int kNotFound = -1;
constinit std::atomic<int> detected{kNotFound};
constinit std::atomic<int> active{kNotFound};

Isa kept(std::atomic<int>& word, Isa (*find)() noexcept) noexcept {
  int value = word.load(std::memory_order_relaxed);
  if (value == kNotFound) {
    value = static_cast<int>(find());
    word.store(value, std::memory_order_relaxed);
  }
  return static_cast<Isa>(value);
}

}  // namespace

std::string_view isa_name(Isa isa) noexcept {
  return kNames[static_cast<size_t>(isa)];
}

std::optional<Isa> isa_from_name(std::string_view name) noexcept {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Isa>(i);
  }
  return std::nullopt;
}

Isa detected_isa() noexcept {
  // Without a guard: a child forked while another thread holds a static's guard would wait for it
  // for ever. Threads that race here find the same.
  return kept(detected, detect);
}

bool cpu_has_vnni() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  return detected_isa() >= Isa::kAvx512 && __builtin_cpu_supports("avx512vnni") &&
         __builtin_cpu_supports("avx512vbmi");
#else
  return false;
#endif
}

bool cpu_has_avx512_bf16() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  return detected_isa() == Isa::kAvx512 && __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

Isa active_isa() noexcept {
  return kept(active, choose);
}

}  // namespace poacl
