// Where the random operators get their numbers from.
#pragma once

#include "kernels/kernel.h"
#include "kernels/random/philox.h"

namespace poacl {

// The attributes seed and seed2: both 0 means "none given".
struct RandomSeed {
  int64_t seed = 0;
  int64_t seed2 = 0;
};

inline RandomSeed read_seed(const AttrMap& attrs) {
  return {attrs.get_int("seed"), attrs.get_int("seed2")};
}

// The stream of one run of one operator: the same at every run when a seed is given, a fresh one
// otherwise. Any element's numbers can be had in any order.
class RandomStream {
 public:
  explicit RandomStream(const RandomSeed& seed);

  // Two independent numbers in [0, 1) for element `index`.
  struct Pair {
    double first, second;
  };
  Pair pair(int64_t index) const {
    const PhiloxBlock block = philox(key_, static_cast<uint64_t>(index), run_);
    return {unit_interval(block[0], block[1]), unit_interval(block[2], block[3])};
  }
  double uniform(int64_t index) const { return pair(index).first; }
  // Mean 0, standard deviation 1.
  double normal(int64_t index) const;

 private:
  uint64_t key_;
  uint64_t run_;
};

}  // namespace poacl
