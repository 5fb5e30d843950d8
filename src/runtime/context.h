// Contexts: containers of streams on one device, and which one a thread works in.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "base/status.h"
#include "runtime/stream.h"
#include "runtime/sys_params.h"

namespace poacl::runtime {

class Device;

class Context : public std::enable_shared_from_this<Context> {
 public:
  // `is_default`: the device's own context, made by set_device.
  Context(std::shared_ptr<Device> device, bool is_default);
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  void* handle() const noexcept { return handle_; }
  void set_handle(void* handle) noexcept { handle_ = handle; }
  // Unique among all contexts of the process, dead ones included.
  uint64_t number() const noexcept { return number_; }
  Device& device() const noexcept { return *device_; }
  const std::shared_ptr<Device>& device_ptr() const noexcept { return device_; }
  bool is_default() const noexcept { return is_default_; }
  bool destroyed() const noexcept { return destroyed_.load(std::memory_order_acquire); }
  int creator_thread() const noexcept { return creator_thread_; }

  // One stream that is to stop when a task fails makes all streams of the context do so.
  bool stops_on_failure() const noexcept { return stops_on_failure_.load(); }
  void stop_on_failure() noexcept { stops_on_failure_.store(true); }
  SysParams& sys_params() noexcept { return sys_params_; }

  // 207008 when the device has no stream left. The stream is entered in the handle table.
  Result<std::shared_ptr<Stream>> create_stream(Stream::Traits traits);
  const std::shared_ptr<Stream>& default_stream() const noexcept { return default_stream_; }
  // For create_context and set_device, right after construction.
  Status create_default_stream();

  // Every stream of this context that is alive.
  std::vector<std::shared_ptr<Stream>> streams() const;

  // Marks it dead; false when somebody else did before, who also calls destroy().
  bool begin_destroy() noexcept { return !destroyed_.exchange(true, std::memory_order_acq_rel); }
  // Marks it dead, waits for the work of its streams. `with_streams`: their handles die too.
  void destroy(bool with_streams);

 private:
  const std::shared_ptr<Device> device_;
  const bool is_default_;
  const uint64_t number_;
  const int creator_thread_;
  void* handle_ = nullptr;
  std::atomic<bool> destroyed_{false};
  std::atomic<bool> stops_on_failure_{false};
  SysParams sys_params_;
  std::shared_ptr<Stream> default_stream_;
};

// The API's context calls. Sentences and codes as in spec runtime section 4.
Result<std::shared_ptr<Context>> create_context(int32_t device);
Status destroy_context(void* handle);
Status set_current_context(void* handle);

// Binds the thread to a context; null unbinds it.
void bind_thread(std::shared_ptr<Context> context);

}  // namespace poacl::runtime
