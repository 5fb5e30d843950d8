#include "runtime/stream_limits.h"

#include <memory>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/thread_object.h"
#include "runtime/context.h"
#include "runtime/device.h"
#include "runtime/runtime.h"
#include "runtime/stream.h"

namespace poacl::runtime {
namespace {

struct InUse {
  std::weak_ptr<Stream> stream;
};

Status check_type(int type) {
  if (type == 0 || type == 1) return {};
  return Status(ACL_ERROR_RT_PARAM_INVALID,
                fmt::format("resource type {} does not exist: pass 0 (cube cores) or 1 (vector "
                            "cores)",
                            type));
}

uint32_t cores_of(const Device& device, int type) {
  const SocProfile& profile = device.profile();
  return type == 1 && profile.vector_cores != 0 ? profile.vector_cores : profile.ai_cores;
}

uint32_t device_limit(const Device& device, int type) {
  const uint32_t limit = device.cores[static_cast<size_t>(type)].load();
  return limit != 0 ? limit : cores_of(device, type);
}

}  // namespace

Result<uint32_t> stream_core_limit(void* handle, int type) {
  POACL_RETURN_IF_ERROR(check_type(type));
  POACL_ASSIGN_OR_RETURN(const auto stream, resolve_stream(handle));
  const uint32_t limit = stream->core_limits[type].load();
  return limit != 0 ? limit : device_limit(stream->device(), type);
}

Status set_stream_core_limit(void* handle, int type, uint32_t value) {
  POACL_RETURN_IF_ERROR(check_type(type));
  POACL_ASSIGN_OR_RETURN(const auto stream, resolve_stream(handle));
  const uint32_t cores = cores_of(stream->device(), type);
  if (value == 0 || value > cores) {
    return Status(
        ACL_ERROR_RT_PARAM_INVALID,
        fmt::format("{} {} cores are not allowed: {} has {}, pass 1 to {}", value,
                    type == 0 ? "cube" : "vector", stream->device().profile().name, cores, cores));
  }
  stream->core_limits[type].store(value);
  return {};
}

Status reset_stream_core_limits(void* handle) {
  POACL_ASSIGN_OR_RETURN(const auto stream, resolve_stream(handle));
  for (auto& limit : stream->core_limits) limit.store(0);
  return {};
}

Status use_stream_limits(void* handle) {
  POACL_ASSIGN_OR_RETURN(const auto stream, resolve_stream(handle));
  InUse* const mine = thread_object<InUse>();
  if (mine == nullptr) return Status(ACL_ERROR_BAD_ALLOC, "the host is out of memory");
  mine->stream = stream;
  return {};
}

Status unuse_stream_limits(void* handle) {
  POACL_ASSIGN_OR_RETURN(const auto stream, resolve_stream(handle));
  InUse* const mine = thread_object<InUse>();
  if (mine != nullptr && mine->stream.lock() == stream) mine->stream.reset();
  return {};
}

Result<uint32_t> thread_core_limit(int type) {
  POACL_RETURN_IF_ERROR(check_type(type));
  POACL_ASSIGN_OR_RETURN(const auto context, current_context());
  if (const InUse* const mine = thread_object<InUse>()) {
    if (const auto stream = mine->stream.lock()) {
      const uint32_t limit = stream->core_limits[type].load();
      if (limit != 0) return limit;
    }
  }
  return device_limit(context->device(), type);
}

}  // namespace poacl::runtime
