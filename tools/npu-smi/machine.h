// What npu-smi shows: the virtual devices of this machine and who uses them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/config.h"
#include "base/usage_reader.h"

namespace poacl::smi {

struct Process {
  pid_t pid = 0;
  std::string name;
  uint64_t memory_bytes = 0;
};

struct DeviceState {
  int id = 0;
  int load_percent = 0;
  uint64_t memory_bytes = 0;
  std::vector<Process> processes;  // that use the device, by number
};

struct Machine {
  const SocProfile* soc = nullptr;
  std::optional<int> temperature;  // of the host's processor, in degrees Celsius
  int host_load_percent = 0;
  std::vector<DeviceState> devices;
};

// Looks twice, `window_ms` apart, to tell the load.
Machine observe(int window_ms);

// "0000:01:00.0"; boards that are device and host at once are on no bus: "NA".
std::string bus_id(const Machine& machine, int device);

inline uint64_t megabytes(uint64_t bytes) {
  return (bytes + (1u << 20) - 1) >> 20;
}
int percent(uint64_t part, uint64_t whole);

}  // namespace poacl::smi
