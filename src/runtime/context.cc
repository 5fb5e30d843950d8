#include "runtime/context.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <new>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/log.h"
#include "base/thread_object.h"
#include "base/usage_page.h"
#include "runtime/init.h"
#include "runtime/runtime.h"
#include "runtime/state.h"

namespace poacl::runtime {
namespace {

std::atomic<uint64_t> next_number{1};

struct Binding {
  std::shared_ptr<Context> context;
  uint32_t generation = 0;
};

Binding& binding() {
  Binding* const bound = thread_object<Binding>();
  if (bound == nullptr) throw std::bad_alloc();
  return *bound;
}

std::string living_contexts() {
  std::string text;
  int listed = 0;
  for (const auto& context : state().contexts.all()) {
    if (context->destroyed()) continue;
    if (listed++ == 4) return text + ", ...";
    text += fmt::format("{}context {} on device {} made by thread {}", text.empty() ? "" : ", ",
                        context->handle(), context->device().id(), context->creator_thread());
  }
  return text;
}

Status no_context() {
  const Binding& bound = binding();
  std::string reason = "has no current context";
  if (bound.context && bound.generation == process_generation()) {
    reason = fmt::format("is bound to context {}, which was destroyed", bound.context->handle());
  }
  const std::string living = living_contexts();
  return Status(
      ACL_ERROR_RT_CONTEXT_NULL,
      fmt::format("{} {}: call acl.rt.set_device(id) or acl.rt.set_context(context) in this "
                  "thread first{}{}",
                  this_thread_text(), reason,
                  living.empty() ? "; no context is alive" : "; alive: " + living, fork_hint()));
}

}  // namespace

Context::Context(std::shared_ptr<Device> device, bool is_default)
    : device_(std::move(device)),
      is_default_(is_default),
      number_(next_number.fetch_add(1)),
      creator_thread_(static_cast<int>(syscall(SYS_gettid))) {}

Result<std::shared_ptr<Stream>> Context::create_stream(Stream::Traits traits) {
  const uint32_t limit = device_->profile().max_streams;
  if (device_->streams.fetch_add(1) >= limit) {
    device_->streams.fetch_sub(1);
    return Status(
        ACL_ERROR_RT_NO_STREAM_RESOURCE,
        fmt::format("device {} ({}) has all of its {} streams in use: destroy streams that "
                    "are no longer needed with acl.rt.destroy_stream",
                    device_->id(), device_->profile().name, limit));
  }
  auto stream = std::make_shared<Stream>(shared_from_this(), traits);
  stream->set_handle(state().streams.insert(stream));
  return stream;
}

Status Context::create_default_stream() {
  POACL_ASSIGN_OR_RETURN(default_stream_, create_stream({.is_default = true}));
  usage_page().devices[device_->physical_id()].contexts.fetch_add(1);
  return {};
}

std::vector<std::shared_ptr<Stream>> Context::streams() const {
  std::vector<std::shared_ptr<Stream>> mine;
  for (auto& stream : state().streams.all()) {
    if (stream->context_number() == number_) mine.push_back(std::move(stream));
  }
  return mine;
}

void Context::destroy(bool with_streams) {
  destroyed_.store(true, std::memory_order_release);
  usage_page().devices[device_->physical_id()].contexts.fetch_sub(1);
  const std::vector<std::shared_ptr<Stream>> mine = streams();
  // All of them before the first wait: one may wait for what another has queued.
  for (const auto& stream : mine) stream->close();
  for (const auto& stream : mine) {
    Status status = stream->drain();
    if (status.ok()) status = stream->take_error();
    if (!status.ok()) {
      log(LogLevel::kWarning, "RUNTIME", "context {} destroyed with an error nobody asked for: {}",
          handle_, status.message());
    }
    if (with_streams || stream == default_stream_) {
      state().streams.remove(stream->handle());
      state().reporters.stream_gone(*stream);
    }
  }
}

void bind_thread(std::shared_ptr<Context> context) {
  binding() = {std::move(context), process_generation()};
}

Result<std::shared_ptr<Context>> current_context() {
  const Binding& bound = binding();
  if (bound.context && bound.generation == process_generation() && !bound.context->destroyed()) {
    return bound.context;
  }
  // A forked child starts like a new thread: what its parent was bound to does not exist here.
  const bool unbound = !bound.context || bound.generation != process_generation();
  if (unbound && default_device() >= 0) {
    POACL_RETURN_IF_ERROR(set_device(default_device()));
    return binding().context;
  }
  return no_context();
}

Result<std::shared_ptr<Context>> create_context(int32_t id) {
  POACL_ASSIGN_OR_RETURN(const std::shared_ptr<Device> device, find_device(id));
  publish_usage();
  auto context = std::make_shared<Context>(device, false);
  POACL_RETURN_IF_ERROR(context->create_default_stream());
  context->set_handle(state().contexts.insert(context));
  bind_thread(context);
  return context;
}

Status destroy_context(void* handle) {
  const std::shared_ptr<Context> context = state().contexts.get(handle);
  if (context && context->is_default()) {
    return Status(ACL_ERROR_RT_CONTEXT_NULL,
                  fmt::format("context {} is the default context of device {} and cannot be "
                              "destroyed: call acl.rt.reset_device({}) instead",
                              handle, context->device().id(), context->device().id()));
  }
  if (!context) {
    return Status(ACL_ERROR_RT_CONTEXT_NULL,
                  fmt::format("{} is not a context that is alive: it was never created or is "
                              "destroyed already{}",
                              handle, fork_hint()));
  }
  if (!context->begin_destroy()) {
    return Status(ACL_ERROR_RT_CONTEXT_RELEASE_ERROR,
                  fmt::format("context {} is being destroyed by another call, which waits for the "
                              "work of its streams: destroy a context once",
                              handle));
  }
  context->destroy(false);
  state().contexts.remove(handle);
  if (binding().context == context) bind_thread(nullptr);
  return {};
}

Status set_current_context(void* handle) {
  std::shared_ptr<Context> context = state().contexts.get(handle);
  if (!context || context->destroyed()) {
    return Status(ACL_ERROR_RT_CONTEXT_NULL,
                  fmt::format("{} is not a context that is alive: it was never created or is "
                              "destroyed already{}",
                              handle, fork_hint()));
  }
  bind_thread(std::move(context));
  return {};
}

}  // namespace poacl::runtime
