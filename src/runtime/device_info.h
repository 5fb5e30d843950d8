// What can be asked about devices: numbers, names, loads, neighbours. Spec: runtime section 3.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/status.h"

namespace poacl::runtime {

// All take logical device numbers and give 107001 for one that does not exist.

// aclrtDevAttr; 107000 for an unknown one, 207000 for what these devices do not have.
Result<int64_t> device_attribute(int32_t device, int attribute);
// aclrtDevFeatureType: 1 when the device has it; 107000 for an unknown one.
Result<int32_t> device_feature(int32_t device, int feature);
// aclDeviceInfo; 100000 for an unknown one.
Result<int64_t> device_number(int32_t device, int which);

// The same in every process and after every start, different for each physical device.
Result<std::array<char, 16>> device_uuid(int32_t device);
// "0000:01:00.0": one bus per device.
Result<std::string> pci_bus_id(int32_t device);
// 107000 for a text that no visible device has.
Result<int32_t> device_of_pci_bus_id(const std::string& text);

// ACL_RT_DEVS_TOPOLOGY_*: memory is one here, so all devices hang at one switch.
Result<uint64_t> topology(int32_t device, int32_t other);

// The program's number to and from the machine's; 107001 for one that is not visible.
Result<int32_t> physical_of_user(int32_t user);
Result<int32_t> user_of_physical(int32_t physical);

// Percent of the time since this process asked the last time, of all processes.
Result<int32_t> device_load_percent(int32_t device);

// Peers. 100000 for a device and itself.
Result<int32_t> can_access_peer(int32_t device, int32_t peer);
// For the current device; 107002 without one.
Status enable_peer(int32_t peer);
Status disable_peer(int32_t peer);
Result<int32_t> peer_status(int32_t device, int32_t peer);

// aclrtDeviceSetLimit of the current device; 100000 for an unknown one.
Status set_limit(int limit, uint64_t value);
Result<uint64_t> get_limit(int limit);

}  // namespace poacl::runtime
