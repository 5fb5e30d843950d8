// Where the elements of a padded dimension come from. Negative pads take elements away first; what
// is left is what the modes repeat.
#pragma once

#include <cstdint>
#include <string_view>

namespace poacl {

enum class PadMode : int { kConstant, kReflect, kEdge, kWrap };

inline PadMode pad_mode_named(std::string_view name) {
  return name == "reflect" ? PadMode::kReflect
         : name == "edge"  ? PadMode::kEdge
         : name == "wrap"  ? PadMode::kWrap
                           : PadMode::kConstant;
}

inline constexpr int64_t kPadValue = -1;

// Input coordinate of output coordinate `at` in a dimension of `extent`; kPadValue for the
// constant.
inline int64_t pad_source(PadMode mode, int64_t at, int64_t before, int64_t after, int64_t extent) {
  const int64_t first = before < 0 ? -before : 0;
  const int64_t kept = extent - first + (after < 0 ? after : 0);
  int64_t i = at - (before > 0 ? before : 0);
  if (i >= 0 && i < kept) return first + i;
  switch (mode) {
    case PadMode::kEdge:
      return first + (i < 0 ? 0 : kept - 1);
    case PadMode::kReflect: {
      if (kept == 1) return first;
      const int64_t period = 2 * (kept - 1);
      i = (i % period + period) % period;
      return first + (i < kept ? i : period - i);
    }
    case PadMode::kWrap:
      return first + (i % kept + kept) % kept;
    default:
      return kPadValue;
  }
}

}  // namespace poacl
