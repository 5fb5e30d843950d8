// A file that appears complete or not at all.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/status.h"

namespace poacl::om {

struct ByteRange {
  const void* data;
  size_t size;
};

// Writes the ranges to a temporary file in the same folder and renames it to `path`. On failure
// nothing is left behind, an older file of that name stays, and the error (145002) names the path
// and the system's reason.
Status write_file_atomically(const std::string& path, std::span<const ByteRange> ranges);

}  // namespace poacl::om
