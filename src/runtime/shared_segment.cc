#include "runtime/shared_segment.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/fork_locks.h"

namespace poacl::runtime {
namespace {

constexpr uint64_t kMagic = 0x746e656d676573ull;
static_assert(sizeof(SegmentHeader) <= SharedSegment::kHeaderBytes);

// Two threads may name processes for one segment.
ForkSafeMutex& allow_mutex() {
  static auto* const mutex = new ForkSafeMutex;
  return *mutex;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const ForkSafeMutex& allow_mutex_made_early = allow_mutex();

uint32_t random_token() {
  uint32_t token = 0;
  if (getrandom(&token, sizeof(token), GRND_NONBLOCK) != sizeof(token)) {
    static std::atomic<uint32_t> next{1};
    token = next.fetch_add(2654435761u) ^ static_cast<uint32_t>(getpid());
  }
  return token & ((1u << SharedSegment::kTokenBits) - 1);
}

Status no_room(size_t bytes) {
  return Status(ACL_ERROR_RT_MEMORY_ALLOCATION,
                fmt::format("the system has no room for {} bytes of shared memory: {}", bytes,
                            std::strerror(errno)));
}

Status not_there(const SegmentName& name, const std::string& reason) {
  return Status(
      ACL_ERROR_RT_PARAM_INVALID,
      fmt::format("process {} shares no memory under this name: {}; the exporting process "
                  "must be alive and must not have given the memory back",
                  name.pid, reason));
}

SegmentHeader* map_header(int descriptor) {
  void* pages =
      mmap(nullptr, SharedSegment::kHeaderBytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  return pages == MAP_FAILED ? nullptr : static_cast<SegmentHeader*>(pages);
}

bool is_allowed(const SegmentHeader& header) {
  if (header.checks_pids.load() == 0) return true;
  const uint32_t count = std::min<uint32_t>(header.pid_count.load(), std::size(header.pids));
  return std::find(header.pids, header.pids + count, getpid()) != header.pids + count;
}

}  // namespace

Result<std::shared_ptr<SharedSegment>> SharedSegment::create(size_t bytes, int physical_device) {
  const int descriptor = memfd_create("poacl", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (descriptor < 0) return no_room(bytes);
  SegmentHeader* header = nullptr;
  const auto size = static_cast<off_t>(kHeaderBytes + bytes);
  if (ftruncate(descriptor, size) != 0 ||
      fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0 ||
      (header = map_header(descriptor)) == nullptr) {
    Status status = no_room(bytes);
    close(descriptor);
    return status;
  }
  header->magic = kMagic;
  header->bytes = bytes;
  header->token = random_token();
  header->device = physical_device;
  header->checks_pids.store(1);
  return std::shared_ptr<SharedSegment>(new SharedSegment(descriptor, getpid(), header, bytes));
}

Result<std::shared_ptr<SharedSegment>> SharedSegment::open(const SegmentName& name) {
  if (name.pid <= 0 || name.descriptor < 0) return not_there(name, "the name is damaged");
  const std::string path = fmt::format("/proc/{}/fd/{}", name.pid, name.descriptor);
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) return not_there(name, std::strerror(errno));
  // The number may have become another file's meanwhile: only a sealed segment is looked into.
  struct stat info {};
  const bool sealed = (fcntl(descriptor, F_GET_SEALS) & F_SEAL_SHRINK) != 0;
  SegmentHeader* header = nullptr;
  if (sealed && fstat(descriptor, &info) == 0 && info.st_size > static_cast<off_t>(kHeaderBytes)) {
    header = map_header(descriptor);
  }
  if (header == nullptr) {
    close(descriptor);
    return not_there(name, "that file is no shared memory");
  }
  const size_t bytes = static_cast<size_t>(info.st_size) - kHeaderBytes;
  std::shared_ptr<SharedSegment> segment(new SharedSegment(descriptor, name.pid, header, bytes));
  if (header->magic != kMagic || header->token != name.token || header->bytes != bytes) {
    return not_there(name, "it was given back, and something else is there now");
  }
  if (!is_allowed(*header)) {
    return Status(
        ACL_ERROR_RT_DRV_INTERNAL_ERROR,
        fmt::format("process {} does not let process {} have this memory: it must name it first "
                    "(acl.rt.mem_set_pid_to_shareable_handle or acl.rt.ipc_mem_set_import_pid), or "
                    "export with the flag that switches the check off",
                    name.pid, getpid()));
  }
  return segment;
}

SharedSegment::~SharedSegment() {
  munmap(header_, kHeaderBytes);
  close(descriptor_);
}

bool SharedSegment::map_at(void* address) const noexcept {
  return mmap(address, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, descriptor_,
              kHeaderBytes) != MAP_FAILED;
}

Status SharedSegment::allow(std::span<const int32_t> pids) {
  std::lock_guard lock(allow_mutex());
  const size_t count = header_->pid_count.load();
  if (pids.size() > std::size(header_->pids) - count) {
    return Status(ACL_ERROR_RT_PARAM_INVALID,
                  fmt::format("{} processes are too many: {} are named already, at most {} can be",
                              pids.size(), count, std::size(header_->pids)));
  }
  for (const int32_t pid : pids) {
    if (pid > 0) continue;
    return Status(
        ACL_ERROR_RT_PARAM_INVALID,
        fmt::format("{} is no process number: take it from acl.rt.device_get_bare_tgid in "
                    "the importing process",
                    pid));
  }
  std::copy(pids.begin(), pids.end(), header_->pids + count);
  header_->pid_count.store(static_cast<uint32_t>(count + pids.size()));
  return {};
}

}  // namespace poacl::runtime
