#include "om/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fmt/format.h>

#include "om/om_codes.h"

namespace poacl::om {
namespace {

// write() takes less than 2 GiB at once.
constexpr size_t kMaxWrite = size_t{1} << 30;

Status failed(const std::string& path, int error) {
  return Status(kPathInvalid, fmt::format("cannot write {}: {}; give a path in an existing folder "
                                          "that is writable and has room",
                                          path, std::generic_category().message(error)));
}

// The open temporary file; removed unless it was renamed.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& path) {
    const size_t slash = path.rfind('/');
    name_ = (slash == std::string::npos ? "" : path.substr(0, slash + 1)) + ".poacl-XXXXXX";
    fd_ = ::mkostemp(name_.data(), O_CLOEXEC);
  }
  ~TemporaryFile() {
    if (fd_ >= 0) ::close(fd_);
    if (fd_ >= 0 || closed_) ::unlink(name_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  bool is_open() const { return fd_ >= 0; }

  bool write(const void* data, size_t size) {
    const char* at = static_cast<const char*>(data);
    while (size != 0) {
      const ssize_t n = ::write(fd_, at, std::min(size, kMaxWrite));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) {
        if (n == 0) errno = ENOSPC;
        return false;
      }
      at += n;
      size -= static_cast<size_t>(n);
    }
    return true;
  }

  bool rename_to(const std::string& path) {
    // mkostemp made it private; give it the mode a plain open() would have.
    const mode_t mask = ::umask(0);
    ::umask(mask);
    if (::fchmod(fd_, 0666 & ~mask) != 0) return false;
    const int fd = fd_;
    fd_ = -1;
    closed_ = true;
    if (::close(fd) != 0 || std::rename(name_.c_str(), path.c_str()) != 0) return false;
    closed_ = false;
    return true;
  }

 private:
  std::string name_;
  int fd_ = -1;
  bool closed_ = false;  // closed but still there
};

}  // namespace

Status write_file_atomically(const std::string& path, std::span<const ByteRange> ranges) {
  if (path.empty()) return failed("\"\"", ENOENT);
  TemporaryFile file(path);
  if (!file.is_open()) return failed(path, errno);
  for (const ByteRange& range : ranges) {
    if (!file.write(range.data, range.size)) return failed(path, errno);
  }
  if (!file.rename_to(path)) return failed(path, errno);
  return {};
}

}  // namespace poacl::om
