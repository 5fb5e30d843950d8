// An AIPP configuration file (--insert_op_conf): protobuf text with one block `aipp_op { ... }` for
// each input that gets pictures (spec: aipp sections 1 and 2).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "kernels/aipp/aipp_picture.h"

namespace poacl {

enum class AippMode : int32_t { kStatic = 1, kDynamic = 2 };

// One block, its fields checked one by one. Fields whose switch is off are 0, a matrix and biases
// that were left out have their defaults.
struct AippOp {
  AippMode mode = AippMode::kStatic;
  int64_t input_rank = 0;  // index of the model's input
  std::string input_name;  // instead of the index; empty: the index counts
  int64_t max_src_image_size = 0;
  // Of the source, size 0: the model's; of the crop, size 0: what the model wants.
  aipp::Picture picture;
};

struct AippConfig {
  std::string source;       // what sentences call it: the path
  std::vector<AippOp> ops;  // one or more; all by rank or all by name, no two of the same input
};

// Errors carry an E-code as tag: E13001 for a file that cannot be read, E13018 for text that does
// not parse (with line and column), E10052 for values out of range or against each other.
Result<AippConfig> read_aipp_config(const std::string& path);
Result<AippConfig> parse_aipp_config(std::string_view text, std::string source);

}  // namespace poacl
