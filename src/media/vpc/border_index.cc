#include "media/vpc/border_index.h"

#include <algorithm>

namespace poacl::media {

int32_t border_index(BorderType type, int32_t i, int32_t n) noexcept {
  if (i >= 0 && i < n) return i;
  if (type == BorderType::kReplicate || n == 1) return std::clamp(i, 0, n - 1);
  // Mirrored again and again: the pattern repeats.
  const bool edge_once = type == BorderType::kReflect101;
  const int32_t period = edge_once ? 2 * n - 2 : 2 * n;
  int32_t place = i % period;
  if (place < 0) place += period;
  if (place < n) return place;
  return edge_once ? period - place : period - 1 - place;
}

}  // namespace poacl::media
