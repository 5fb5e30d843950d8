// For files of one instruction set each.
#pragma once

#include <cstdint>

namespace poacl::media {
namespace {

// body(i) for vectors that begin at i and together cover [0, n), n being at least one vector. The
// last one overlaps the one before it, so that no row needs a scalar tail.
template <typename F>
void cover(int64_t n, int vector, F&& body) {
  for (int64_t i = 0; i + vector < n; i += vector) body(i);
  body(n - vector);
}

}  // namespace
}  // namespace poacl::media
