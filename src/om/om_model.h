// What an .om of ours holds, and its writer and reader (spec: om-format).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/tensor.h"
#include "graph/graph.h"
#include "om/om_gears.h"

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

// What an open dimension may be at execution, both ends included.
struct DimRange {
  int64_t min = 0;
  int64_t max = -1;  // -1: no bound
};

struct OmModel {
  OmInfo info;
  // Optimised; dims are -1 where only run time tells. With gears: a copy of the largest gear's.
  Graph graph;
  OmGears gears;
  // By input and dimension; empty, or an empty entry, where nothing is said.
  std::vector<std::vector<DimRange>> input_ranges;
  std::vector<OmPacked> packed;
};

// Where the constants of a graph are stored.
enum class WeightFiles {
  kInside,    // in the .om
  kEach,      // weight/weight_<hash> beside it, a file for each
  kTogether,  // weight/<name of the .om>_weight_combined
};

// The folder beside an .om that its files of weights are in.
std::string weight_folder(const std::string& om_path);

// Gives the bytes of a file of weights by its name.
using WeightOpener = std::function<Result<ConstBuffer>(const std::string& file)>;

// Maps files of a folder. 145002 for one that cannot be opened.
WeightOpener weights_in(std::string folder);

// Writes to a temporary file beside `path` and renames; nothing is left behind on failure, but
// files of weights. With those, packed constants are not stored.
Status write_om(const OmModel& model, const std::string& path,
                WeightFiles files = WeightFiles::kInside);

// Reads from memory that `owner` keeps alive: constants and packed bytes alias it, nothing large
// is copied. Any damage gives 145006 or 145000 with a sentence; a genuine NPU file is recognised,
// described and refused. `open` gives weights that are in files of their own.
Result<OmModel> read_om(std::shared_ptr<const void> owner, const void* data, size_t size,
                        std::string_view file_name, const WeightOpener& open = {});

// Maps and reads a file. 145002 when it cannot be opened. Without `open`, files of weights are
// looked for in `weight` beside it.
Result<OmModel> read_om_file(const std::string& path, const WeightOpener& open = {});

}  // namespace poacl
