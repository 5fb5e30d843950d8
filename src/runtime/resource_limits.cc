#include "runtime/resource_limits.h"

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "runtime/state.h"

namespace poacl::runtime {
namespace {

Status check_type(int type) {
  if (type == 0 || type == 1) return {};
  return Status(
      ACL_ERROR_RT_PARAM_INVALID,
      fmt::format("resource type {} is unknown: pass 0 (cube cores) or 1 (vector cores)", type));
}

uint32_t cores_of(const Device& device, int type) {
  const SocProfile& profile = device.profile();
  return type == 1 && profile.vector_cores != 0 ? profile.vector_cores : profile.ai_cores;
}

Result<std::shared_ptr<Device>> used_device(int32_t id) {
  POACL_ASSIGN_OR_RETURN(auto device, find_device(id));
  for (const auto& context : state().contexts.all()) {
    if (&context->device() == device.get() && !context->destroyed()) return device;
  }
  return Status(ACL_ERROR_RT_DEV_SETUP_ERROR,
                fmt::format("device {} is not set up: call acl.rt.set_device({}) first{}", id, id,
                            fork_hint()));
}

}  // namespace

Result<uint32_t> device_core_limit(int32_t id, int type) {
  POACL_ASSIGN_OR_RETURN(const auto device, used_device(id));
  POACL_RETURN_IF_ERROR(check_type(type));
  const uint32_t set = device->cores[static_cast<size_t>(type)].load();
  return set != 0 ? set : cores_of(*device, type);
}

Status set_device_core_limit(int32_t id, int type, uint32_t value) {
  POACL_ASSIGN_OR_RETURN(const auto device, used_device(id));
  POACL_RETURN_IF_ERROR(check_type(type));
  const uint32_t most = cores_of(*device, type);
  if (value == 0 || value > most) {
    return Status(ACL_ERROR_RT_PARAM_INVALID,
                  fmt::format("{} {} cores are not allowed: {} has {}, pass 1 to {}", value,
                              type == 0 ? "cube" : "vector", device->profile().name, most, most));
  }
  device->cores[static_cast<size_t>(type)].store(value);
  return {};
}

Status reset_device_core_limits(int32_t id) {
  POACL_ASSIGN_OR_RETURN(const auto device, used_device(id));
  for (auto& cores : device->cores) cores.store(0);
  return {};
}

}  // namespace poacl::runtime
