// The machine's ceiling, for shares of it.
#pragma once

#include "base/isa.h"

namespace poacl::bench {

// Fused multiply-adds on independent registers of one core, in GFLOP/s: the best of many short
// measurements, since other programs may be running.
double fma_peak(Isa isa);

}  // namespace poacl::bench
