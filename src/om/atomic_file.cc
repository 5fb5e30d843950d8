#include "om/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "om/om_codes.h"

namespace poacl::om {
namespace {

// write() takes less than 2 GiB at once.
constexpr size_t kMaxWrite = size_t{1} << 30;
// Linux keeps what one write() brings in pages as large as it may, if it begins and ends on their
// boundaries. A model whose weights are in huge pages is mapped twenty times as fast as one in
// small ones, which is most of the time to its first result.
constexpr size_t kBlock = size_t{2} << 20;
constexpr int kMostNames = 1000;

Status failed(const std::string& path, int error) {
  return Status(kPathInvalid, fmt::format("cannot write {}: {}; give a path in an existing folder "
                                          "that is writable and has room",
                                          path, std::generic_category().message(error)));
}

// The folder of `path` with its slash; empty for the current one.
std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

// False with errno set.
bool write_bytes(int fd, const char* at, size_t left) {
  while (left != 0) {
    const ssize_t n = ::write(fd, at, std::min(left, kMaxWrite));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      if (n == 0) errno = ENOSPC;
      return false;
    }
    at += n;
    left -= static_cast<size_t>(n);
  }
  return true;
}

// In whole blocks but for the last. False with errno set.
bool write_all(int fd, std::span<const ByteRange> ranges) {
  std::vector<char> block;
  block.reserve(kBlock);
  for (const ByteRange& range : ranges) {
    const char* at = static_cast<const char*>(range.data);
    size_t left = range.size;
    while (left != 0) {
      if (block.empty() && left >= kBlock) {
        const size_t whole = left / kBlock * kBlock;
        if (!write_bytes(fd, at, whole)) return false;
        at += whole;
        left -= whole;
        continue;
      }
      const size_t fits = std::min(left, kBlock - block.size());
      block.insert(block.end(), at, at + fits);
      at += fits;
      left -= fits;
      if (block.size() < kBlock) continue;
      if (!write_bytes(fd, block.data(), block.size())) return false;
      block.clear();
    }
  }
  return write_bytes(fd, block.data(), block.size());
}

// A file without a name, which vanishes with the process however that ends. Not every file system
// has such files (is_open() is false then), and giving it a name needs /proc.
class UnnamedFile {
 public:
  explicit UnnamedFile(const std::string& path) : folder_(folder_of(path)) {
    const char* folder = folder_.empty() ? "." : folder_.c_str();
    fd_ = ::open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
  }
  ~UnnamedFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  UnnamedFile(const UnnamedFile&) = delete;
  UnnamedFile& operator=(const UnnamedFile&) = delete;

  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }

  enum class Outcome { kDone, kFailed, kNoLink };

  // kFailed has errno set; kNoLink: the file cannot be given a name here.
  Outcome publish(const std::string& path) {
    if (link_to(path)) return Outcome::kDone;
    if (errno != EEXIST) return Outcome::kNoLink;
    // A link replaces nothing, a rename does; the second name lives for that moment only.
    for (int i = 0; i < kMostNames; ++i) {
      const std::string name = fmt::format("{}.poacl-{}-{}", folder_, ::getpid(), i);
      if (!link_to(name)) {
        if (errno == EEXIST) continue;
        return Outcome::kNoLink;
      }
      if (std::rename(name.c_str(), path.c_str()) == 0) return Outcome::kDone;
      const int error = errno;
      ::unlink(name.c_str());
      errno = error;
      return Outcome::kFailed;
    }
    return Outcome::kNoLink;
  }

 private:
  bool link_to(const std::string& name) const {
    const std::string self = fmt::format("/proc/self/fd/{}", fd_);
    return ::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
  }

  std::string folder_;
  int fd_ = -1;
};

// The open temporary file; removed unless it was renamed.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& path) {
    name_ = folder_of(path) + ".poacl-XXXXXX";
    fd_ = ::mkostemp(name_.data(), O_CLOEXEC);
  }
  ~TemporaryFile() {
    if (fd_ >= 0) ::close(fd_);
    if (fd_ >= 0 || closed_) ::unlink(name_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }

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
  if (UnnamedFile unnamed(path); unnamed.is_open()) {
    if (!write_all(unnamed.fd(), ranges)) return failed(path, errno);
    const UnnamedFile::Outcome outcome = unnamed.publish(path);
    if (outcome == UnnamedFile::Outcome::kDone) return {};
    if (outcome == UnnamedFile::Outcome::kFailed) return failed(path, errno);
  }
  TemporaryFile file(path);
  if (!file.is_open()) return failed(path, errno);
  if (!write_all(file.fd(), ranges) || !file.rename_to(path)) return failed(path, errno);
  return {};
}

}  // namespace poacl::om
