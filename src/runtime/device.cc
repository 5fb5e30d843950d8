#include "runtime/device.h"

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/futex.h"
#include "base/log.h"
#include "base/usage_page.h"
#include "runtime/context.h"
#include "runtime/pool.h"
#include "runtime/runtime.h"
#include "runtime/state.h"
#include "runtime/state_callbacks.h"

namespace poacl::runtime {
namespace {

Status no_device() {
  return Status(
      ACL_ERROR_RT_NO_DEVICE,
      "no device is visible: ASCEND_RT_VISIBLE_DEVICES names none; unset it or list device "
      "numbers such as 0,1");
}

Status not_set(const Device& device) {
  return Status(ACL_ERROR_RT_CONTEXT_RELEASE_ERROR,
                fmt::format("device {} has no reference left to give back: it was never set or is "
                            "reset already; call acl.rt.set_device({}) once for every reset{}",
                            device.id(), device.id(), fork_hint()));
}

// Ends the default context. The device's mutex is not held: tasks may use the API.
void release(const std::shared_ptr<Context>& primary) {
  tell_device_state(primary->device().id(), ACL_RT_DEVICE_STATE_RESET_PRE);
  state().contexts.remove(primary->handle());
  primary->destroy(true);
  tell_device_state(primary->device().id(), ACL_RT_DEVICE_STATE_RESET_POST);
}

// Makes the default context if there is none. The device's mutex is held.
Status make_primary(const std::shared_ptr<Device>& device) {
  if (device->primary) return {};
  auto context = std::make_shared<Context>(device, true);
  POACL_RETURN_IF_ERROR(context->create_default_stream());
  context->set_handle(state().contexts.insert(context));
  device->primary = std::move(context);
  Pool::instance().start();
  return {};
}

}  // namespace

Result<std::shared_ptr<Device>> find_device(int32_t id) {
  const auto& devices = state().devices;
  if (devices.empty()) return no_device();
  if (id < 0 || static_cast<size_t>(id) >= devices.size()) {
    return Status(ACL_ERROR_RT_INVALID_DEVICEID,
                  fmt::format("device {} does not exist: {} {} visible, numbered 0 to {} "
                              "(POACL_DEVICES and ASCEND_RT_VISIBLE_DEVICES set this)",
                              id, devices.size(), devices.size() == 1 ? "device is" : "devices are",
                              devices.size() - 1));
  }
  return devices[static_cast<size_t>(id)];
}

Status set_device(int32_t id) {
  POACL_ASSIGN_OR_RETURN(const std::shared_ptr<Device> device, find_device(id));
  publish_usage();
  tell_device_state(id, ACL_RT_DEVICE_STATE_SET_PRE);
  {
    std::lock_guard lock(device->mutex);
    POACL_RETURN_IF_ERROR(make_primary(device));
    ++device->references;
    bind_thread(device->primary);
  }
  tell_device_state(id, ACL_RT_DEVICE_STATE_SET_POST);
  return {};
}

Status reset_device(int32_t id) {
  POACL_ASSIGN_OR_RETURN(const std::shared_ptr<Device> device, find_device(id));
  std::shared_ptr<Context> primary;
  {
    std::lock_guard lock(device->mutex);
    if (device->references == 0) return not_set(*device);
    if (--device->references == 0) primary = std::exchange(device->primary, nullptr);
  }
  if (primary) release(primary);
  return {};
}

Status reset_device_force(int32_t id) {
  POACL_ASSIGN_OR_RETURN(const std::shared_ptr<Device> device, find_device(id));
  std::shared_ptr<Context> primary;
  {
    std::lock_guard lock(device->mutex);
    if (device->references == 0) return not_set(*device);
    device->references = 0;
    primary = std::exchange(device->primary, nullptr);
  }
  release(primary);
  return {};
}

Result<int32_t> current_device() {
  POACL_ASSIGN_OR_RETURN(const std::shared_ptr<Context> context, current_context());
  return context->device().id();
}

Result<uint32_t> device_count() {
  const size_t count = state().devices.size();
  if (count == 0) return no_device();
  return static_cast<uint32_t>(count);
}

Status synchronize_device(int64_t timeout_ns) {
  POACL_ASSIGN_OR_RETURN(const std::shared_ptr<Context> context, current_context());
  const int64_t begin = monotonic_ns();
  Status first;
  for (const auto& stream : state().streams.all()) {
    if (&stream->device() != &context->device() || !stream->waited_for()) continue;
    int64_t left = timeout_ns;
    if (timeout_ns >= 0) left = std::max<int64_t>(0, timeout_ns - (monotonic_ns() - begin));
    Status status = stream->drain(left);
    if (!first.ok()) continue;
    if (status.ok()) {
      first = stream->take_error();
    } else if (status.code() == ACL_ERROR_RT_STREAM_SYNC_TIMEOUT) {
      first = Status(status.code(),
                     fmt::format("device {} was not done within {} ms: its stream {} still had {} "
                                 "tasks to do",
                                 context->device().id(), timeout_ns / 1'000'000, stream->id(),
                                 stream->unfinished()));
    } else {
      first = std::move(status);
    }
  }
  return first;
}

}  // namespace poacl::runtime
