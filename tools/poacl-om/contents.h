// What an .om holds, in words and numbers: of a file of ours everything, of a genuine NPU file what
// can be read without its chip.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/tensor.h"

namespace poacl::show {

struct PartitionFacts {
  uint32_t type = 0;
  std::string name;  // what partitions of that type hold
  uint64_t bytes = 0;
};

struct PortFacts {
  std::string name;
  std::string type;    // "float", "uint8"; empty when the file does not say
  Dims dims;           // -1 where they vary
  std::string format;  // "NCHW", "ND"
  std::string range;   // of open dimensions: "1..8, any"; empty without bounds
  uint64_t bytes = 0;  // of a fixed shape, 0 otherwise
};

struct OpFacts {
  std::string name;
  std::string type;
  std::vector<std::pair<std::string, std::string>> attrs;
};

struct StepFacts {
  std::string kernel;
  std::string type;
  std::string node;
  std::string shapes;                // operands and results with their layouts
  std::vector<std::string> results;  // "arena+4096", "output 0"
  uint64_t weight_bytes = 0;
};

// One planned form of the model: the model itself, or one of its gears.
struct ProgramFacts {
  std::string gear;  // empty without gears
  std::vector<StepFacts> steps;
  uint64_t arena_bytes = 0;
  uint64_t scratch_bytes = 0;
  uint64_t weight_bytes = 0;
  int64_t images = 1;  // above 1: the first image_steps run once for each image of the batch
  size_t image_steps = 0;
  std::string why_not;  // why there are no steps
};

struct Contents {
  std::string path;
  uint64_t file_bytes = 0;
  std::string model;
  bool genuine = false;
  std::string platform_version;
  uint32_t model_count = 1;
  std::vector<PartitionFacts> partitions;
  // Facts of the conversion: "atc_cmdline", "soc_version" and so on, in this order.
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<PortFacts> inputs;
  std::vector<PortFacts> outputs;
  std::string gear_kind;  // "batch", "image", "dims"; empty without gears
  std::vector<std::vector<int64_t>> gears;
  std::vector<OpFacts> aipp;
  std::vector<std::pair<std::string, size_t>> op_counts;  // by type, most frequent first
  std::vector<ProgramFacts> programs;                     // of a file of ours
};

// Codes and sentences are those of loading (145002, 145006, 145000); a file that is whole but
// cannot run on this machine is described, with the reason in its programs.
Result<Contents> read_contents(const std::string& path);

// For people, and as JSON.
std::string contents_text(const Contents& contents, bool with_steps);
std::string contents_json(const Contents& contents);

}  // namespace poacl::show
