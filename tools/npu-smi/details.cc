#include "details.h"

#include <fmt/format.h>

namespace poacl::smi {
namespace {

constexpr const char* kTypes = "board, common, health, memory, power, proc-mem, temp, usages";

template <typename T>
std::string line(const char* name, const T& value) {
  return fmt::format("\t{:<30} : {}\n", name, value);
}

std::string temperature(const Machine& machine) {
  return machine.temperature ? std::to_string(*machine.temperature) : "NA";
}

std::string chip_name(const Machine& machine) {
  return fmt::format("Ascend {}", machine.soc->short_name());
}

std::string memory_lines(const Machine& machine, const DeviceState& device) {
  const uint64_t total = megabytes(machine.soc->memory_bytes);
  const int used = percent(device.memory_bytes, machine.soc->memory_bytes);
  const bool hbm = machine.soc->has_hbm();
  std::string text = line("DDR Capacity(MB)", hbm ? 0 : total) +
                     line("DDR Usage Rate(%)", hbm ? 0 : used) +
                     line("DDR Hugepages Total(page)", 0) + line("DDR Hugepages Usage Rate(%)", 0);
  if (hbm) text += line("HBM Capacity(MB)", total) + line("HBM Usage Rate(%)", used);
  return text;
}

std::string usages(const Machine& machine, const DeviceState& device) {
  const bool hbm = machine.soc->has_hbm();
  std::string text =
      memory_lines(machine, device) + line("Aicore Usage Rate(%)", device.load_percent);
  if (machine.soc->has_split_cores()) text += line("Aivector Usage Rate(%)", device.load_percent);
  text += line("Aicpu Usage Rate(%)", "NA") +
          line("Ctrlcpu Usage Rate(%)", machine.host_load_percent) +
          line("DDR Bandwidth Usage Rate(%)", "NA");
  if (hbm) text += line("HBM Bandwidth Usage Rate(%)", "NA");
  return text + line("NPU Utilization(%)", device.load_percent);
}

std::string common(const Machine& machine, const DeviceState& device) {
  const int used = percent(device.memory_bytes, machine.soc->memory_bytes);
  std::string text = line("Memory Usage Rate(%)", machine.soc->has_hbm() ? 0 : used);
  if (machine.soc->has_hbm()) text += line("HBM Usage Rate(%)", used);
  return text + line("Aicore Usage Rate(%)", device.load_percent) + line("Aicore Freq(MHZ)", "NA") +
         line("Aicore curFreq(MHZ)", "NA") + line("Aicore Count", machine.soc->ai_cores) +
         line("Temperature(C)", temperature(machine)) + line("NPU Real-time Power(W)", "NA");
}

std::string memory(const Machine& machine) {
  const uint64_t total = megabytes(machine.soc->memory_bytes);
  const bool hbm = machine.soc->has_hbm();
  std::string text = line("DDR Capacity(MB)", hbm ? 0 : total) + line("DDR Clock Speed(MHz)", "NA");
  if (hbm) {
    text += line("HBM Capacity(MB)", total) + line("HBM Clock Speed(MHz)", "NA") +
            line("HBM Temperature(C)", temperature(machine)) + line("HBM Manufacturer ID", "NA");
  }
  return text;
}

std::string board(const Machine& machine, const DeviceState& device) {
  return line("Product Name", "PoACL virtual device") + line("Model", "NA") +
         line("Manufacturer", "PoACL") + line("Serial Number", "NA") +
         line("Software Version", POACL_VERSION) + line("Firmware Version", "NA") +
         line("Compatibility", "OK") + line("Board ID", "NA") +
         line("PCIe Bus Info", bus_id(machine, device.id)) +
         line("Chip Name", machine.soc->has_split_cores() ? "Ascend" : chip_name(machine)) +
         line("Chip Type", "Ascend") + line("NPU Name", machine.soc->short_name());
}

std::string processes(const DeviceState& device) {
  if (device.processes.empty()) return "\tNo process in device.\n";
  std::string text;
  for (const Process& each : device.processes) {
    text += fmt::format("\tProcess id:{:<10} Process name:{:<17} Process memory(MB):{}\n", each.pid,
                        each.name, megabytes(each.memory_bytes));
  }
  return text;
}

}  // namespace

std::string known_types() {
  return kTypes;
}

std::string card_list(const Machine& machine) {
  std::string text = line("Total Count", machine.devices.size());
  for (const DeviceState& device : machine.devices) {
    text += "\n" + line("NPU ID", device.id) + line("Product Name", "PoACL virtual device") +
            line("Serial Number", "NA") + line("Chip Count", 1);
  }
  return text;
}

std::string mapping(const Machine& machine) {
  const auto row = [](const auto& a, const auto& b, const auto& c, const auto& d) {
    return fmt::format("\t{:<31}{:<31}{:<31}{:<30}\n", a, b, c, d);
  };
  std::string text = row("NPU ID", "Chip ID", "Chip Logic ID", "Chip Name");
  for (const DeviceState& device : machine.devices) {
    text += row(device.id, 0, device.id, chip_name(machine));
  }
  return text;
}

std::optional<std::string> details(const Machine& machine, const std::string& type, int id,
                                   bool chip) {
  const DeviceState& device = machine.devices[static_cast<size_t>(id)];
  std::string body;
  if (type == "usages") {
    body = usages(machine, device);
  } else if (type == "common") {
    body = common(machine, device);
  } else if (type == "memory") {
    body = memory(machine);
  } else if (type == "board") {
    body = board(machine, device);
  } else if (type == "health") {
    body = line("Health Status", "OK") + line("Error Code", "NA") + line("Error Information", "NA");
  } else if (type == "temp") {
    body = line("NPU Temperature (C)", temperature(machine));
  } else if (type == "power") {
    body = line("NPU Real-time Power(W)", "NA") + line("Power Dissipation(W)", "NA");
  } else if (type == "proc-mem") {
    body = processes(device);
  } else {
    return {};
  }
  std::string head = line("NPU ID", id);
  if (!chip) head += line("Chip Count", 1) + "\n";
  return head + body + line("Chip ID", 0);
}

}  // namespace poacl::smi
