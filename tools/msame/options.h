// The command line of msame.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace msame {

struct Options {
  std::string model;
  std::vector<std::string> inputs;  // files, or folders; none = zeros
  std::string output;               // folder; empty = outputs are not kept
  bool text = false;                // --outfmt TXT
  int64_t loop = 1;
  int64_t warmup = 0;
  std::vector<int32_t> devices = {0};
  int streams = 1;  // per device
  bool debug = false;
  bool dump = false;
  bool profiler = false;
  std::optional<uint64_t> batch;  // --dymBatch
  std::string image_size;         // --dymHW, as given
  std::string dims;               // --dymDims, as given
  std::string shape;              // --dymShape, as given
  std::vector<size_t> output_sizes;
  bool benchmark = false;  // the table of times at the end
  std::string json;        // where the same goes as JSON

  bool measures() const { return benchmark || !json.empty(); }
};

struct ParsedOptions {
  std::optional<Options> options;
  int exit_code = 0;    // without options: help was asked for (0) or the line is wrong (1)
  std::string message;  // to be printed then
};

ParsedOptions parse_options(int count, const char* const* words);

// "a,b,c" -> its parts without blanks around them. Empty parts stay.
std::vector<std::string> split(const std::string& text, char separator);

// A whole number of at least `least`; nothing for any other text.
std::optional<int64_t> to_number(const std::string& text, int64_t least);

}  // namespace msame
