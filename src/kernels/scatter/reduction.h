// What scattering does where an element is put on another.
#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace poacl {

enum class Reduction : int { kNone, kAdd, kMul, kMax, kMin };

inline Reduction reduction_named(std::string_view name) {
  return name == "add"   ? Reduction::kAdd
         : name == "mul" ? Reduction::kMul
         : name == "max" ? Reduction::kMax
         : name == "min" ? Reduction::kMin
                         : Reduction::kNone;
}

// Integers wrap around; a NaN on either side stays one.
template <typename T>
T reduced(Reduction reduction, T old, T fresh) {
  if constexpr (std::is_floating_point_v<T>) {
    if (reduction == Reduction::kMax || reduction == Reduction::kMin) {
      if (std::isnan(old)) return old;
      if (std::isnan(fresh)) return fresh;
    }
  }
  switch (reduction) {
    case Reduction::kAdd:
      if constexpr (std::is_integral_v<T>) {
        return static_cast<T>(static_cast<uint64_t>(old) + static_cast<uint64_t>(fresh));
      } else {
        return old + fresh;
      }
    case Reduction::kMul:
      if constexpr (std::is_integral_v<T>) {
        return static_cast<T>(static_cast<uint64_t>(old) * static_cast<uint64_t>(fresh));
      } else {
        return old * fresh;
      }
    case Reduction::kMax:
      return fresh > old ? fresh : old;
    case Reduction::kMin:
      return fresh < old ? fresh : old;
    default:
      return fresh;
  }
}

}  // namespace poacl
