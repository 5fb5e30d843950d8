// The usage pages of all living processes on this machine (usage_page.h), and loads from them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/usage_page.h"

namespace poacl {

struct DeviceSample {
  uint64_t memory_bytes = 0;
  int64_t busy_ns = 0;  // since the process began, running work included
  bool in_use = false;
};

struct ProcessUsage {
  pid_t pid = 0;
  uid_t user = 0;
  std::string program;
  std::string soc;
  DeviceSample devices[kUsageDevices];
};

// One entry per living process that has used a device, by number. Numbers in the files of other
// users are only numbers: nothing else of them is believed. Pages of processes that are gone are
// removed where that is allowed. An unreadable folder gives an empty list.
std::vector<ProcessUsage> live_processes();

// Sums up over all processes.
uint64_t device_memory_in_use(const std::vector<ProcessUsage>& processes, int physical_device);

// How much of the time between two readings, `elapsed_ns` apart, the device did something, in
// percent: 0..100. Processes that are in one reading only are not counted.
int device_load(const std::vector<ProcessUsage>& before, const std::vector<ProcessUsage>& after,
                int physical_device, int64_t elapsed_ns);

}  // namespace poacl
