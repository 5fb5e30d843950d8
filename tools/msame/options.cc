#include "options.h"

#include <charconv>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace msame {
namespace {

// Each run leaves a number in memory.
constexpr int64_t kMostRuns = 10'000'000;
constexpr int64_t kMostDevices = 256;
constexpr int kMostStreams = 1024;

struct Raw {
  std::string model, input, output, outfmt = "BIN", devices, output_sizes;
  std::string debug = "false", dump = "false", profiler = "false";
  std::string device = "0";
  uint64_t batch = 0;
};

void add_options(CLI::App& app, Raw& raw, Options& options) {
  const auto switch_words = CLI::IsMember({"true", "false"});
  app.add_option("--model", raw.model, "The offline model (.om)")->required();
  app.add_option("--input", raw.input,
                 "Input files (.bin or .npy), or folders of them, with commas between those of "
                 "several inputs; none: zeros");
  app.add_option("--output", raw.output, "Folder for the outputs; none: they are not kept");
  app.add_option("--outfmt", raw.outfmt, "BIN (default) or TXT")
      ->check(CLI::IsMember({"BIN", "TXT"}));
  app.add_option("--loop", options.loop, "How often to run (default 1); not with folders")
      ->check(CLI::Range(int64_t{1}, kMostRuns));
  app.add_option("--warmup", options.warmup, "Runs before those that count (default 0)")
      ->check(CLI::Range(int64_t{0}, kMostRuns));
  app.add_option("--device", raw.device, "The device to use (default 0)");
  app.add_option("--devices", raw.devices, "Several devices at once, for instance 0,1");
  app.add_option("--streams", options.streams, "Streams of each device that run at once")
      ->check(CLI::Range(1, kMostStreams));
  app.add_option("--debug", raw.debug, "true: show the model's description")->check(switch_words);
  app.add_option("--dump", raw.dump, "true: dump operator results into OUTPUT/dump")
      ->check(switch_words);
  app.add_option("--profiler", raw.profiler, "true: profile into OUTPUT/profiler")
      ->check(switch_words);
  app.add_option("--dymBatch", raw.batch, "Batch size of a model with several");
  app.add_option("--dymHW", options.image_size, "Image size of a model with several: 300,500");
  app.add_option("--dymDims", options.dims, "Shapes of a model with several: \"data:1,600;b:1,4\"");
  app.add_option("--dymShape", options.shape, "Shapes of a model that takes any: \"data:8,3,5\"");
  app.add_option("--outputSize", raw.output_sizes, "Bytes to keep for each output: 10000,10000");
  app.add_flag("--benchmark", options.benchmark, "Show times as percentiles at the end");
  app.add_option("--json", options.json, "Write the same as JSON into this file");
}

std::vector<int32_t> device_list(const std::string& option, const std::string& text) {
  std::vector<int32_t> devices;
  for (const std::string& word : split(text, ',')) {
    const auto number = to_number(word, 0);
    if (!number || *number >= kMostDevices) {
      throw CLI::ValidationError(
          option, fmt::format("\"{}\" is not a device number of 0 to {}", word, kMostDevices - 1));
    }
    for (const int32_t other : devices) {
      if (other == *number) {
        throw CLI::ValidationError(option, fmt::format("device {} is there twice", word));
      }
    }
    devices.push_back(static_cast<int32_t>(*number));
  }
  return devices;
}

void finish(const CLI::App& app, const Raw& raw, Options& options) {
  options.model = raw.model;
  options.output = raw.output;
  options.text = raw.outfmt == "TXT";
  options.debug = raw.debug == "true";
  options.dump = raw.dump == "true";
  options.profiler = raw.profiler == "true";
  if (!raw.input.empty()) options.inputs = split(raw.input, ',');
  if (app.count("--device") != 0 && app.count("--devices") != 0) {
    throw CLI::ValidationError("--devices", "excludes --device; name all devices here");
  }
  options.devices = app.count("--devices") != 0 ? device_list("--devices", raw.devices)
                                                : device_list("--device", raw.device);
  for (const std::string& word :
       raw.output_sizes.empty() ? std::vector<std::string>() : split(raw.output_sizes, ',')) {
    const auto number = to_number(word, 0);
    if (!number) {
      throw CLI::ValidationError("--outputSize",
                                 fmt::format("\"{}\" is not a size in bytes", word));
    }
    options.output_sizes.push_back(static_cast<size_t>(*number));
  }
  if (app.count("--dymBatch") != 0) options.batch = raw.batch;
  const size_t shapes = app.count("--dymBatch") + app.count("--dymHW") + app.count("--dymDims") +
                        app.count("--dymShape");
  if (shapes > 1) {
    throw CLI::ValidationError("dymBatch, dymHW, dymDims, dymShape",
                               "exclude each other: a model can vary in one way only");
  }
  if (options.dump && options.profiler) {
    throw CLI::ValidationError("--dump", "excludes --profiler");
  }
  if ((options.dump || options.profiler) && options.output.empty()) {
    throw CLI::ValidationError(options.dump ? "--dump" : "--profiler",
                               "needs --output, the folder its files go to");
  }
}

}  // namespace

std::vector<std::string> split(const std::string& text, char separator) {
  constexpr const char* kBlanks = " \t\r\n";
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    const size_t first = part.find_first_not_of(kBlanks);
    parts.push_back(first == std::string::npos
                        ? std::string()
                        : part.substr(first, part.find_last_not_of(kBlanks) - first + 1));
    begin = end + 1;
  }
  return parts;
}

std::optional<int64_t> to_number(const std::string& text, int64_t least) {
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || value < least) return std::nullopt;
  return value;
}

ParsedOptions parse_options(int count, const char* const* words) {
  CLI::App app(
      "Runs an offline model (.om) on files or zeros, keeps its outputs and tells its times.\n"
      "Example: msame --model resnet50.om --input cat.bin --output out --outfmt TXT --loop 10",
      "msame");
  ParsedOptions result;
  Raw raw;
  Options options;
  add_options(app, raw, options);
  try {
    app.parse(count, words);
    finish(app, raw, options);
    result.options = std::move(options);
  } catch (const CLI::CallForHelp&) {
    result.message = app.help();
  } catch (const CLI::ParseError& error) {
    result.message = fmt::format("[ERROR] {}. msame --help shows the options\n", error.what());
    result.exit_code = 1;
  }
  return result;
}

}  // namespace msame
