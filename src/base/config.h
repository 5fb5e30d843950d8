// Settings of the process, from the environment (spec: dump-prof-log section 8, runtime
// section 3). Read once, at first use.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/soc_profile.h"

namespace poacl {

struct Config {
  const SocProfile* soc = nullptr;    // POACL_SOC
  int physical_devices = 8;           // POACL_DEVICES, 1..64
  int threads = 1;                    // POACL_THREADS, else the usable cores
  bool strict_media = false;          // POACL_STRICT_MEDIA: pictures obey the chip's limits
  bool lenient_media = false;         // POACL_LENIENT_MEDIA: decode what the chip refuses
  std::vector<int> visible_devices;   // physical id of each logical device
  std::vector<std::string> warnings;  // settings that were not usable, one sentence each
};

// `env` gives a variable's value or null.
Config read_config(const std::function<const char*(const char*)>& env);

// The process's settings. The first call logs the warnings, and prints to standard error those
// about our own POACL_ variables: the program would go on with something that nobody asked for.
const Config& config();

}  // namespace poacl
