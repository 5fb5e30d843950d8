#include "npu_smi.h"

#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "details.h"
#include "info_table.h"
#include "machine.h"
#include "watch.h"

namespace poacl::smi {
namespace {

constexpr int kWindowMs = 100;
constexpr int kMaxDelaySeconds = 3600;

constexpr const char* kHelp =
    "Usage: npu-smi COMMAND [OPTION...]\n"
    "\n"
    "  -h, --help              print this\n"
    "  -v, --version           print the version\n"
    "  info                    table of all devices and the processes that use them\n"
    "  info -l                 list the devices\n"
    "  info -m                 map devices to chips and logical numbers\n"
    "  info -t TYPE -i NPU [-c CHIP]\n"
    "                          one kind of information about a device\n"
    "  info watch [-i NPU] [-c CHIP] [-d SECONDS] [-s COLUMNS]\n"
    "                          a row per device again and again\n";

constexpr const char* kWatchHelp =
    "Usage: npu-smi info watch [-i NPU] [-c CHIP] [-d SECONDS] [-s COLUMNS]\n"
    "\n"
    "  -i  one device; all without it\n"
    "  -c  chip of the device: 0\n"
    "  -d  seconds between two rows: 1 to 3600, 1 without it\n"
    "  -s  which columns, by letters:\n"
    "        p - Power Usage\n"
    "        t - Temperature\n"
    "        a - AI Core Usage\n"
    "        i - AI Cpu Usage\n"
    "        c - Ctrl Cpu Usage\n"
    "        m - Memory Usage\n"
    "        b - Memory Bandwidth Usage\n"
    "        u - NPU Usage\n";

int complain(const std::string& sentence) {
  std::fprintf(stderr, "npu-smi: %s\nTry 'npu-smi -h'.\n", sentence.c_str());
  return 1;
}

int show(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  return std::fflush(stdout) == 0 ? 0 : 1;
}

struct Options {
  bool list = false;
  bool map = false;
  bool help = false;
  std::string type;
  std::optional<int> device;
  std::optional<int> chip;
  std::optional<int> delay;
  std::optional<std::string> columns;
};

bool number(std::string_view text, std::optional<int>& out) {
  int value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size() || text.empty()) return false;
  out = value;
  return true;
}

// Empty, or what is wrong.
std::string parse(const std::vector<std::string_view>& words, bool watch, Options& out) {
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string_view option = words[i];
    if (option == "-h" || option == "--help") {
      out.help = true;
      continue;
    }
    if (!watch && (option == "-l" || option == "-m")) {
      (option == "-l" ? out.list : out.map) = true;
      continue;
    }
    const bool known = option == "-i" || option == "-c" ||
                       (watch ? option == "-d" || option == "-s" : option == "-t");
    if (!known) return fmt::format("option '{}' is unknown", option);
    if (++i == words.size()) return fmt::format("option '{}' needs a value", option);
    const std::string_view value = words[i];
    if (option == "-t") {
      out.type = value;
    } else if (option == "-s") {
      out.columns = std::string(value);
    } else if (!number(value, option == "-i"   ? out.device
                              : option == "-c" ? out.chip
                                               : out.delay)) {
      return fmt::format("option '{}' has value '{}', which is no whole number", option, value);
    }
  }
  const int devices = config().physical_devices;
  if (out.device && (*out.device < 0 || *out.device >= devices)) {
    return fmt::format(
        "NPU {} does not exist: there are {}, numbered 0 to {} (POACL_DEVICES sets "
        "this)",
        *out.device, devices, devices - 1);
  }
  if (out.chip && *out.chip != 0) {
    return fmt::format("chip {} does not exist: every NPU has one, 0", *out.chip);
  }
  return {};
}

int watch(const Options& options) {
  if (options.help) return show(kWatchHelp);
  const std::string columns = options.columns.value_or(kWatchDefault);
  if (columns.empty() || columns.find_first_not_of(kWatchColumns) != std::string::npos) {
    return complain(
        fmt::format("columns '{}' are unknown: use letters of {}", columns, kWatchColumns));
  }
  const int delay = options.delay.value_or(1);
  if (delay < 1 || delay > kMaxDelaySeconds) {
    return complain(
        fmt::format("{} seconds are not allowed: pass 1 to {}", delay, kMaxDelaySeconds));
  }
  if (show(watch_header(columns)) != 0) return 1;
  // Ends with the program that reads, or by a signal.
  while (show(watch_rows(observe(kWindowMs), columns, options.device)) == 0) {
    usleep(static_cast<useconds_t>(delay) * 1'000'000 - kWindowMs * 1000);
  }
  return 1;
}

int info(const Options& options) {
  if (options.help) return show(kHelp);
  if (options.list) return show(card_list(observe(0)));
  if (options.map) return show(mapping(observe(0)));
  if (options.type.empty()) {
    if (options.device) {
      return complain(fmt::format("-i needs -t: name one of {}", known_types()));
    }
    return show(info_table(observe(kWindowMs)));
  }
  if (!options.device) return complain("-t needs -i: name the NPU");
  const auto text =
      details(observe(kWindowMs), options.type, *options.device, options.chip.has_value());
  if (text) return show(*text);
  return complain(fmt::format("information of type '{}' is not supported: use {}", options.type,
                              known_types()));
}

}  // namespace

int run(int count, const char* const* arguments) {
  std::vector<std::string_view> words(arguments + 1, arguments + count);
  if (words.empty() || words[0] == "-h" || words[0] == "--help") return show(kHelp);
  if (words[0] == "-v" || words[0] == "--version") {
    return show("npu-smi version: " POACL_VERSION "\n");
  }
  if (words[0] != "info") {
    return complain(fmt::format("command '{}' is not supported: use info", words[0]));
  }
  words.erase(words.begin());
  const bool watching = !words.empty() && words[0] == "watch";
  if (watching) words.erase(words.begin());
  Options options;
  if (const std::string wrong = parse(words, watching, options); !wrong.empty()) {
    return complain(wrong);
  }
  return watching ? watch(options) : info(options);
}

}  // namespace poacl::smi
