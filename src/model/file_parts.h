// Sizes of the parts of a model file (aclmdlQueryExeOMDesc).
#pragma once

#include <string>

#include "base/status.h"
#include "model/model.h"

namespace poacl::model {

struct FileParts {
  Sizes memory;       // what loading needs on this machine
  size_t graph = 0;   // partitions of the file
  size_t packed = 0;  // constants in the form kernels want
};

// Codes as for query_size_file.
Result<FileParts> query_parts(const std::string& path, int workers);

}  // namespace poacl::model
