// Notifications: a flag that one stream raises and another waits for and lowers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/futex_mutex.h"
#include "base/status.h"
#include "runtime/waitable.h"

namespace poacl::runtime {

class Device;

// One raise lets one wait pass, in the order in which the waits came to stand. All members may be
// called from any thread.
class Notify final : public Waitable, public std::enable_shared_from_this<Notify> {
 public:
  explicit Notify(std::shared_ptr<Device> device);

  void* handle() const noexcept { return handle_; }
  void set_handle(void* handle) noexcept { handle_ = handle; }
  uint32_t id() const noexcept { return id_; }

  // Queues the raising behind the stream's work.
  Status record(Stream& stream);
  // Later work of the stream waits for a raise, and uses it up. timeout_ns < 0: without limit.
  Status wait_and_reset(Stream& stream, int64_t timeout_ns);
  // Lowers the flag now.
  void reset();

  bool is_open(uint64_t number) const override;
  Parking park(uint64_t number, const std::shared_ptr<Stream>& stream, bool closing) override;
  void leave(uint64_t number, const Stream& stream) noexcept override;
  std::string description(uint64_t number) const override;

 private:
  void raise();

  const std::shared_ptr<Device> device_;
  const uint32_t id_;
  void* handle_ = nullptr;
  mutable FutexMutex mutex_;  // guards what follows
  bool raised_ = false;
  uint64_t tickets_ = 0;
  std::vector<std::pair<uint64_t, std::shared_ptr<Stream>>>
      waiting_;                    // by ticket, first come first
  std::vector<uint64_t> granted_;  // tickets that a raise was given to
};

// On the current context's device; its handle. 107000 for flags that are not known.
Result<void*> create_notify(uint64_t flag);
Status destroy_notify(void* handle);
// 107017 for a dead handle.
Result<std::shared_ptr<Notify>> find_notify(void* handle);

}  // namespace poacl::runtime
