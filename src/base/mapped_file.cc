#include "base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "acl/acl_base.h"

namespace poacl {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;

Status cannot(const std::string& path, std::string_view reason) {
  return Status(ACL_ERROR_GE_EXEC_MODEL_PATH_INVALID,
                fmt::format("file '{}' cannot be read: {}", path, reason));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::string& path) {
  // O_NONBLOCK: a named pipe must not make the caller wait for a writer.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return cannot(path, std::strerror(errno));
  struct stat info {};
  if (fstat(file.get(), &info) != 0) return cannot(path, std::strerror(errno));
  if (S_ISDIR(info.st_mode)) return cannot(path, "it is a directory; name the file inside it");
  if (!S_ISREG(info.st_mode)) return cannot(path, "it is not a regular file");
  if (info.st_size == 0) return cannot(path, "it is empty (0 bytes)");
  const auto size = static_cast<size_t>(info.st_size);
  void* data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (data == MAP_FAILED) return cannot(path, std::strerror(errno));
  // Read into huge pages where the file system has them: a large model is there much sooner.
  if (size >= kHugePage) madvise(data, size, MADV_HUGEPAGE);
  return std::shared_ptr<const MappedFile>(new MappedFile(data, size));
}

MappedFile::~MappedFile() {
  munmap(const_cast<void*>(data_), size_);
}

}  // namespace poacl
