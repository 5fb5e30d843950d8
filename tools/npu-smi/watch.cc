#include "watch.h"

#include <fmt/format.h>

namespace poacl::smi {
namespace {

const char* title(char column) {
  switch (column) {
    case 'p':
      return "Pwr(W)";
    case 't':
      return "Temp(C)";
    case 'a':
      return "AI Core(%)";
    case 'i':
      return "AI Cpu(%)";
    case 'c':
      return "Ctrl Cpu(%)";
    case 'm':
      return "Memory(%)";
    case 'b':
      return "Memory BW(%)";
    default:
      return "NPU Util(%)";
  }
}

std::string value(const Machine& machine, const DeviceState& device, char column) {
  switch (column) {
    case 'p':
      return "NA";
    case 't':
      return machine.temperature ? std::to_string(*machine.temperature) : "NA";
    case 'a':
    case 'u':
      return std::to_string(device.load_percent);
    case 'c':
      return std::to_string(machine.host_load_percent);
    case 'm':
      return std::to_string(percent(device.memory_bytes, machine.soc->memory_bytes));
    default:
      return "NA";  // nothing measures AI CPUs and bandwidth
  }
}

}  // namespace

std::string watch_header(const std::string& columns) {
  std::string text = fmt::format("{:<12}{:<12}", "NpuID(Idx)", "ChipId(Idx)");
  for (const char column : columns) text += fmt::format("{:<12}", title(column));
  return text + "\n";
}

std::string watch_rows(const Machine& machine, const std::string& columns,
                       std::optional<int> only_device) {
  std::string text;
  for (const DeviceState& device : machine.devices) {
    if (only_device && device.id != *only_device) continue;
    text += fmt::format("{:<12}{:<12}", device.id, 0);
    for (const char column : columns) {
      text += fmt::format("{:<12}", value(machine, device, column));
    }
    text += "\n";
  }
  return text;
}

}  // namespace poacl::smi
