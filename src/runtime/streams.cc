#include "runtime/streams.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/futex.h"
#include "base/log.h"
#include "runtime/state.h"
#include "runtime/state_callbacks.h"

namespace poacl::runtime {
namespace {

constexpr uint32_t kKnownFlags = 0x3f;
// How long a forced destroy waits for the one task that already runs.
constexpr int64_t kForcedWaitNs = 10'000'000'000;

Status dead_stream(void* handle) {
  return Status(
      ACL_ERROR_RT_INVALID_HANDLE,
      fmt::format("{} is not a stream that is alive: it was never created or is destroyed "
                  "already{}",
                  handle, fork_hint()));
}

// The stream of a handle that a call in the current context may use.
Status check_context(const Stream& stream, const Context& current) {
  const std::shared_ptr<Context> owner = stream.context();
  if (owner && owner->number() == current.number()) return {};
  if (!owner || owner->destroyed()) {
    return Status(
        ACL_ERROR_RT_STREAM_CONTEXT,
        fmt::format("the context of stream {} is destroyed: destroy the stream and create one "
                    "in a living context",
                    stream.id()));
  }
  return Status(
      ACL_ERROR_RT_STREAM_CONTEXT,
      fmt::format("stream {} belongs to context {} on device {}, but {} works in context {} on "
                  "device {}: call acl.rt.set_context({}) first",
                  stream.id(), owner->handle(), owner->device().id(), this_thread_text(),
                  current.handle(), current.device().id(), owner->handle()));
}

}  // namespace

Result<std::shared_ptr<Stream>> resolve_stream(void* handle) {
  POACL_ASSIGN_OR_RETURN(const std::shared_ptr<Context> context, current_context());
  if (handle == nullptr) return context->default_stream();
  std::shared_ptr<Stream> stream = state().streams.get(handle);
  if (!stream) return dead_stream(handle);
  if (stream->context_number() != context->number()) return check_context(*stream, *context);
  return stream;
}

Result<std::shared_ptr<Stream>> find_stream(void* handle) {
  if (handle == nullptr) return resolve_stream(nullptr);
  std::shared_ptr<Stream> stream = state().streams.get(handle);
  if (!stream) return dead_stream(handle);
  return stream;
}

Result<void*> create_stream(uint32_t priority, uint32_t flags) {
  POACL_ASSIGN_OR_RETURN(const std::shared_ptr<Context> context, current_context());
  if ((flags & ~kKnownFlags) != 0) {
    return Status(
        ACL_ERROR_RT_PARAM_INVALID,
        fmt::format("flag {:#x} has bits that name no stream property; known are the bits of "
                    "{:#x}",
                    flags, kKnownFlags));
  }
  POACL_ASSIGN_OR_RETURN(const auto stream,
                         context->create_stream({.priority = priority, .flags = flags}));
  tell_stream_state(stream->handle(), ACL_RT_STREAM_STATE_CREATE_POST);
  return stream->handle();
}

Status destroy_stream(void* handle, bool force) {
  POACL_ASSIGN_OR_RETURN(const std::shared_ptr<Stream> stream, find_stream(handle));
  if (stream->traits().is_default) {
    return Status(ACL_ERROR_RT_PARAM_INVALID,
                  fmt::format("stream {} is the default stream of its context and goes with it",
                              stream->id()));
  }
  // The handles of a dead context's streams still have to be destroyed, from any context.
  if (const auto owner = stream->context(); owner && !owner->destroyed()) {
    POACL_RETURN_IF_ERROR(resolve_stream(handle).status());
  }
  tell_stream_state(handle, ACL_RT_STREAM_STATE_DESTROY_PRE);
  if (!state().streams.remove(handle)) return dead_stream(handle);
  if (force) {
    stream->drop();
    state().reporters.stream_gone(*stream);
    // The caller may free that task's memory next, so it must have stopped writing. A stream that
    // destroys itself from one of its own tasks gets an error here and goes on.
    if (const Status status = stream->drain(kForcedWaitNs); !status.ok()) {
      log(LogLevel::kWarning, "RUNTIME", "stream {} is destroyed while a task of it runs: {}",
          stream->id(), status.message());
    }
    return {};
  }
  stream->close();
  Status status = stream->drain();
  if (status.ok()) status = stream->take_error();
  if (!status.ok()) {
    log(LogLevel::kWarning, "RUNTIME", "stream {} destroyed with an error nobody asked for: {}",
        stream->id(), status.message());
  }
  state().reporters.stream_gone(*stream);
  return {};
}

Status set_failure_mode(void* handle, uint64_t mode) {
  POACL_ASSIGN_OR_RETURN(const std::shared_ptr<Stream> stream, resolve_stream(handle));
  if (mode > 1) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("failure mode {} does not exist: pass 0 (go on after a failed task) "
                              "or 1 (stop)",
                              mode));
  }
  if (stream->traits().is_default && stream->device().profile().family != SocFamily::k910B) {
    return Status(ACL_ERROR_RT_PARAM_INVALID,
                  fmt::format("{} has no failure mode for default streams: create a stream with "
                              "acl.rt.create_stream",
                              stream->device().profile().name));
  }
  if (stream->failure_mode_set.exchange(true)) {
    return Status(
        ACL_ERROR_RT_PARAM_INVALID,
        fmt::format("stream {} has its failure mode already: it can be set once", stream->id()));
  }
  stream->failure_mode.store(static_cast<uint32_t>(mode));
  const std::shared_ptr<Context> owner = stream->context();
  if (mode == 1 && owner) owner->stop_on_failure();
  return {};
}

Status abort_stream(void* handle) {
  POACL_ASSIGN_OR_RETURN(const std::shared_ptr<Stream> stream, resolve_stream(handle));
  const Status reason(
      ACL_ERROR_RT_STREAM_ABORT,
      fmt::format(
          "stream {} was aborted with {} tasks to do, and does nothing more: destroy it and "
          "create another one",
          stream->id(), stream->unfinished()));
  stream->abort(reason, true);
  return {};
}

Status abort_device_tasks(int32_t id, int64_t timeout_ns) {
  POACL_ASSIGN_OR_RETURN(const std::shared_ptr<Device> device, find_device(id));
  std::vector<std::shared_ptr<Stream>> streams;
  for (auto& stream : state().streams.all()) {
    if (&stream->device() == device.get()) streams.push_back(std::move(stream));
  }
  for (const auto& stream : streams) {
    stream->abort(Status(ACL_ERROR_RT_DEVICE_TASK_ABORT,
                         fmt::format("the {} tasks of stream {} were broken off, as all of device "
                                     "{}: queue them again",
                                     stream->unfinished(), stream->id(), id)),
                  false);
  }
  const int64_t begin = monotonic_ns();
  for (const auto& stream : streams) {
    const int64_t left =
        timeout_ns < 0 ? -1 : std::max<int64_t>(0, timeout_ns - (monotonic_ns() - begin));
    POACL_RETURN_IF_ERROR(stream->drain(left));
  }
  return {};
}

Result<uint32_t> available_streams() {
  POACL_ASSIGN_OR_RETURN(const std::shared_ptr<Context> context, current_context());
  const Device& device = context->device();
  const uint32_t used = device.streams.load();
  return used >= device.profile().max_streams ? 0 : device.profile().max_streams - used;
}

}  // namespace poacl::runtime
