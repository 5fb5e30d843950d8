// What an .om of ours holds, and its writer and reader (spec: om-format).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/tensor.h"
#include "graph/graph.h"

namespace poacl {

struct OmInfo {
  std::string model_name;
  std::string soc_version;  // as given to atc
  std::string atc_cmdline;
  std::string atc_version;
  std::string packed_isa;    // isa_name() the packed constants are for
  int64_t framework = -1;    // 5 = ONNX
  uint64_t memory_size = 0;  // workspace bytes on the building machine
  uint64_t weight_size = 0;
  std::string input_format;  // label of 4-D inputs, "NCHW"
};

struct OmPacked {
  std::string key;
  ConstBuffer bytes;
};

struct OmModel {
  OmInfo info;
  Graph graph;  // optimised; dims are -1 where only run time tells
  std::vector<OmPacked> packed;
};

// Writes to a temporary file beside `path` and renames; nothing is left behind on failure.
Status write_om(const OmModel& model, const std::string& path);

// Reads from memory that `owner` keeps alive: constants and packed bytes alias it, nothing large
// is copied. Any damage gives 145006 or 145000 with a sentence; a genuine NPU file is recognised,
// described and refused.
Result<OmModel> read_om(std::shared_ptr<const void> owner, const void* data, size_t size,
                        std::string_view file_name);

// Maps and reads a file. 145002 when it cannot be opened.
Result<OmModel> read_om_file(const std::string& path);

}  // namespace poacl
