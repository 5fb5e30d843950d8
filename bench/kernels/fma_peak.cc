#include "fma_peak.h"

#include <algorithm>
#include <chrono>

namespace poacl::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRounds = 20000;

// The assembler keeps the compiler from folding the chains; twenty cover latency times width.
#define POACL_FMA_CHAINS(reg)                  \
  "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg \
  "2\n\t"                                      \
  "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg \
  "3\n\t"                                      \
  "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg \
  "4\n\t"                                      \
  "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg \
  "5\n\t"                                      \
  "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg \
  "6\n\t"                                      \
  "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg \
  "7\n\t"                                      \
  "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg \
  "8\n\t"                                      \
  "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg \
  "9\n\t"                                      \
  "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg \
  "10\n\t"                                     \
  "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg \
  "11\n\t"                                     \
  "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg \
  "12\n\t"                                     \
  "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg "13\n\t"
constexpr int kChains = 12;

void chains_avx512() {
  for (int i = 0; i < kRounds; ++i) {
    __asm__ volatile(POACL_FMA_CHAINS("zmm")::
                         : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
                           "xmm9", "xmm10", "xmm11", "xmm12", "xmm13");
  }
}

void chains_avx2() {
  for (int i = 0; i < kRounds; ++i) {
    __asm__ volatile(POACL_FMA_CHAINS("ymm")::
                         : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
                           "xmm9", "xmm10", "xmm11", "xmm12", "xmm13");
  }
}

void chains_sse() {
  for (int i = 0; i < kRounds; ++i) {
    __asm__ volatile(
        "mulps %%xmm0, %%xmm2\n\taddps %%xmm0, %%xmm3\n\t"
        "mulps %%xmm0, %%xmm4\n\taddps %%xmm0, %%xmm5\n\t"
        "mulps %%xmm0, %%xmm6\n\taddps %%xmm0, %%xmm7\n\t"
        "mulps %%xmm0, %%xmm8\n\taddps %%xmm0, %%xmm9\n\t"
        "mulps %%xmm0, %%xmm10\n\taddps %%xmm0, %%xmm11\n\t"
        "mulps %%xmm0, %%xmm12\n\taddps %%xmm0, %%xmm13\n\t" ::
            : "xmm0", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
              "xmm11", "xmm12", "xmm13");
  }
}

}  // namespace

double fma_peak(Isa isa) {
  const auto chains = isa == Isa::kAvx512 ? chains_avx512
                      : isa == Isa::kAvx2 ? chains_avx2
                                          : chains_sse;
  const double flops_of_round = isa == Isa::kAvx512 ? kChains * 32.0
                                : isa == Isa::kAvx2 ? kChains * 16.0
                                                    : kChains * 4.0;
  double best = 0;
  for (int i = 0; i < 300; ++i) {
    const auto start = Clock::now();
    chains();
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    best = std::max(best, kRounds * flops_of_round / seconds * 1e-9);
  }
  return best;
}

}  // namespace poacl::bench
