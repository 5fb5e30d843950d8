#include "frontend/nearest_name.h"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

namespace poacl {
namespace {

// Names longer than this are not compared: the cost is quadratic and files come from strangers.
constexpr size_t kLongest = 256;
// Nor are more candidates than this.
constexpr size_t kMostCandidates = 10000;

char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

size_t edits(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), previous(b.size() + 1), current(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + change});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1])) {
        current[j] = std::min(current[j], before[j - 2] + 1);
      }
    }
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[b.size()];
}

}  // namespace

std::optional<std::string> nearest_name(std::string_view wanted,
                                        std::span<const std::string> candidates) {
  if (wanted.empty() || wanted.size() > kLongest) return std::nullopt;
  std::optional<std::string> best;
  std::pair<size_t, size_t> best_cost;
  for (const std::string& candidate :
       candidates.first(std::min(candidates.size(), kMostCandidates))) {
    if (candidate.size() > kLongest) continue;
    const size_t distance = edits(wanted, candidate);
    if (distance > std::max(wanted.size(), candidate.size()) / 3) continue;
    const size_t longer = std::max(wanted.size(), candidate.size());
    const std::pair cost(distance, longer - std::min(wanted.size(), candidate.size()));
    if (!best || cost < best_cost) {
      best = candidate;
      best_cost = cost;
    }
  }
  return best;
}

}  // namespace poacl
