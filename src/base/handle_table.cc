#include "base/handle_table.h"

namespace poacl {

void* next_handle() noexcept {
  // Inside 47 bits, so that it survives every integer type a caller keeps it in.
  static constinit std::atomic<uintptr_t> next{0x0ac1'0000'0010};
  return reinterpret_cast<void*>(next.fetch_add(16, std::memory_order_relaxed));
}

}  // namespace poacl
