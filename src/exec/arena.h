// Memory for the activations of one execution.
#pragma once

#include <cstddef>

namespace poacl {

class Arena {
 public:
  // 64-byte aligned, of at least `bytes`, in huge pages where the system grants them. Throws
  // std::bad_alloc.
  explicit Arena(size_t bytes);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void* memory() const noexcept { return memory_; }
  size_t bytes() const noexcept { return bytes_; }

 private:
  void* memory_;
  const size_t bytes_;
};

}  // namespace poacl
