// A file mapped read-only.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/status.h"

namespace poacl {

class MappedFile {
 public:
  // Fails with ACL_ERROR_GE_LOAD-class code 145002 and the system's reason: missing, a directory,
  // unreadable, empty.
  static Result<std::shared_ptr<const MappedFile>> open(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const void* data() const noexcept { return data_; }
  size_t size() const noexcept { return size_; }

 private:
  MappedFile(const void* data, size_t size) : data_(data), size_(size) {}
  const void* data_;
  size_t size_;
};

}  // namespace poacl
