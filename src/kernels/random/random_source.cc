#include "kernels/random/random_source.h"

#include <atomic>
#include <cmath>
#include <random>

namespace poacl {
namespace {

uint64_t process_key() {
  static const uint64_t key = [] {
    std::random_device device;
    return static_cast<uint64_t>(device()) << 32 | device();
  }();
  return key;
}

}  // namespace

RandomStream::RandomStream(const RandomSeed& seed) {
  if (seed.seed != 0 || seed.seed2 != 0) {
    key_ = static_cast<uint64_t>(seed.seed);
    run_ = static_cast<uint64_t>(seed.seed2);
    return;
  }
  static std::atomic<uint64_t> runs{0};
  key_ = process_key();
  run_ = runs.fetch_add(1, std::memory_order_relaxed);
}

double RandomStream::normal(int64_t index) const {
  const Pair numbers = pair(index);
  // Box and Muller; 1 - u is never zero.
  const double radius = std::sqrt(-2.0 * std::log(1.0 - numbers.first));
  return radius * std::cos(6.283185307179586 * numbers.second);
}

}  // namespace poacl
