#include "info_table.h"

#include <fmt/format.h>

namespace poacl::smi {
namespace {

// Widths of the three columns between the bars.
struct Columns {
  size_t name;
  size_t health;
  size_t rest;
};

std::string rule(const Columns& columns, char c) {
  return fmt::format("+{}+{}+{}+\n", std::string(columns.name, c), std::string(columns.health, c),
                     std::string(columns.rest, c));
}

std::string row(const Columns& columns, const std::string& name, const std::string& health,
                const std::string& rest) {
  return fmt::format("|{:<{}}|{:<{}}|{:<{}}|\n", " " + name, columns.name, " " + health,
                     columns.health, " " + rest, columns.rest);
}

std::string wide_row(const Columns& columns, const std::string& text) {
  return fmt::format("|{:<{}}|\n", " " + text, columns.name + columns.health + columns.rest + 2);
}

std::string temperature(const Machine& machine) {
  return machine.temperature ? std::to_string(*machine.temperature) : "NA";
}

std::string device_rows(const Machine& machine, const DeviceState& device, const Columns& columns) {
  const std::string name(machine.soc->short_name());
  const uint64_t used = megabytes(device.memory_bytes);
  const uint64_t total = megabytes(machine.soc->memory_bytes);
  const std::string bus = bus_id(machine, device.id);
  if (machine.soc->has_hbm()) {
    return row(columns, fmt::format("{:<6}{}", device.id, name), "OK",
               fmt::format("{:<12}{:<18}0    / 0", "NA", temperature(machine))) +
           row(columns, "0", bus,
               fmt::format("{:<12}0    / 0          {:<5}/ {}", device.load_percent, used, total));
  }
  return row(columns, fmt::format("{:<8}{}", device.id, name), "OK",
             fmt::format("{:<13}{:<18}0     / 0", "NA", temperature(machine))) +
         row(columns, fmt::format("{:<8}{}", 0, device.id), bus,
             fmt::format("{:<13}{:<5}/ {}", device.load_percent, used, total));
}

std::string process_rows(const Machine& machine, const Columns& columns) {
  const size_t name_width = machine.soc->has_hbm() ? 25 : 25;
  std::string text = rule(columns, '-');
  text += row(columns, "NPU     Chip", "Process id",
              fmt::format("{:<{}}| Process memory(MB)", "Process name", name_width));
  text += rule(columns, '=');
  for (const DeviceState& device : machine.devices) {
    if (device.processes.empty()) {
      text += wide_row(columns, fmt::format("No running processes found in NPU {}", device.id));
    }
    for (const Process& process : device.processes) {
      text += row(columns, fmt::format("{:<8}0", device.id), std::to_string(process.pid),
                  fmt::format("{:<{}}| {}", process.name.substr(0, name_width - 1), name_width,
                              megabytes(process.memory_bytes)));
    }
    text += rule(columns, '=');
  }
  return text;
}

}  // namespace

std::string info_table(const Machine& machine) {
  const bool hbm = machine.soc->has_hbm();
  const Columns columns = hbm ? Columns{27, 15, 52} : Columns{31, 17, 54};
  const size_t whole = columns.name + columns.health + columns.rest + 2;
  std::string text = fmt::format("+{}+\n", std::string(whole, '-'));
  text += wide_row(columns, fmt::format("{:<{}}Version: {}", "npu-smi " POACL_VERSION,
                                        hbm ? 33 : 49, POACL_VERSION));
  text += rule(columns, '-');
  if (hbm) {
    text +=
        row(columns, "NPU   Name", "Health", "Power(W)    Temp(C)           Hugepages-Usage(page)");
    text += row(columns, "Chip", "Bus-Id", "AICore(%)   Memory-Usage(MB)  HBM-Usage(MB)");
  } else {
    text += row(columns, "NPU     Name", "Health",
                "Power(W)     Temp(C)           Hugepages-Usage(page)");
    text += row(columns, "Chip    Device", "Bus-Id", "AICore(%)    Memory-Usage(MB)");
  }
  text += rule(columns, '=');
  for (const DeviceState& device : machine.devices) {
    text += device_rows(machine, device, columns);
    text += rule(columns, '=');
  }
  return text + process_rows(machine, columns);
}

}  // namespace poacl::smi
