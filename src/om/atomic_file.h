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

// Writes the ranges to a temporary file in the same folder, which then becomes `path`. On failure
// nothing is left behind, an older file of that name stays, and the error (145002) names the path
// and the system's reason. Where the file system has files without a name (O_TMPFILE), a process
// that is killed while writing leaves nothing behind either. Writing beyond RLIMIT_FSIZE is such an
// error only if the process ignores SIGXFSZ.
Status write_file_atomically(const std::string& path, std::span<const ByteRange> ranges);

}  // namespace poacl::om
