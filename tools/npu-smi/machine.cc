#include "machine.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "base/futex.h"

namespace poacl::smi {
namespace {

// The hottest place that the system knows.
std::optional<int> processor_temperature() {
  std::optional<int> hottest;
  std::error_code error;
  for (const auto& zone : std::filesystem::directory_iterator("/sys/class/thermal", error)) {
    std::ifstream file(zone.path() / "temp");
    long milli = 0;
    if (!(file >> milli) || milli <= 0 || milli > 150'000) continue;
    hottest = std::max(hottest.value_or(0), static_cast<int>(milli / 1000));
  }
  return hottest;
}

struct HostTime {
  uint64_t busy = 0;
  uint64_t all = 0;
};

HostTime host_time() {
  std::ifstream file("/proc/stat");
  std::string name;
  file >> name;
  HostTime time;
  for (int field = 0; field < 8; ++field) {
    uint64_t ticks = 0;
    if (!(file >> ticks)) break;
    time.all += ticks;
    if (field != 3 && field != 4) time.busy += ticks;  // idle, waiting for a disk
  }
  return time;
}

}  // namespace

int percent(uint64_t part, uint64_t whole) {
  if (whole == 0) return 0;
  return static_cast<int>(std::min<uint64_t>(100, (part * 100 + whole / 2) / whole));
}

Machine observe(int window_ms) {
  Machine machine;
  machine.soc = config().soc;
  machine.temperature = processor_temperature();
  const auto before = live_processes();
  const HostTime host_before = host_time();
  const int64_t begin = monotonic_ns();
  usleep(static_cast<useconds_t>(window_ms) * 1000);
  const auto after = live_processes();
  const int64_t elapsed = monotonic_ns() - begin;
  const HostTime host_after = host_time();
  machine.host_load_percent =
      percent(host_after.busy - host_before.busy, host_after.all - host_before.all);
  for (int id = 0; id < config().physical_devices; ++id) {
    DeviceState device;
    device.id = id;
    device.load_percent = device_load(before, after, id, elapsed);
    device.memory_bytes = device_memory_in_use(after, id);
    for (const ProcessUsage& each : after) {
      const DeviceSample& sample = each.devices[id];
      if (!sample.in_use && sample.memory_bytes == 0) continue;
      device.processes.push_back({each.pid, each.program, sample.memory_bytes});
    }
    machine.devices.push_back(std::move(device));
  }
  return machine;
}

std::string bus_id(const Machine& machine, int device) {
  if (machine.soc->runs_on_device()) return "NA";
  return fmt::format("0000:{:02X}:00.0", device + 1);
}

}  // namespace poacl::smi
