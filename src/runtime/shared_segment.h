// Memory that several processes can map. It has no name in any file system: another process finds
// it through the descriptor of the process that made it, so it is gone when nobody has it mapped,
// whatever way the processes end.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/status.h"

namespace poacl::runtime {

// Who may import a segment, and what it is; the first pages of the segment.
struct SegmentHeader {
  uint64_t magic;
  uint64_t bytes;  // of the memory behind the header
  uint32_t token;  // random: an old name never fits a new segment
  int32_t device;  // physical number of the exporter's device; -1 is the host
  std::atomic<uint32_t> checks_pids;
  std::atomic<uint32_t> pid_count;
  int32_t pids[1024];
};

// What another process needs to find a segment.
struct SegmentName {
  pid_t pid = 0;
  int descriptor = -1;
  uint32_t token = 0;
};

class SharedSegment {
 public:
  static constexpr size_t kHeaderBytes = 64u << 10;
  static constexpr uint32_t kTokenBits = 22;

  // `bytes` of zeros. 207001 when the system has no room.
  static Result<std::shared_ptr<SharedSegment>> create(size_t bytes, int physical_device);
  // A segment of another process. 107000 when there is none of this name; 507899 when it may not
  // be imported by this process.
  static Result<std::shared_ptr<SharedSegment>> open(const SegmentName& name);
  ~SharedSegment();
  SharedSegment(const SharedSegment&) = delete;
  SharedSegment& operator=(const SharedSegment&) = delete;

  size_t bytes() const noexcept { return bytes_; }
  int physical_device() const noexcept { return header_->device; }
  SegmentName name() const noexcept { return {owner_, descriptor_, header_->token}; }

  // Maps all of it at `address`, over what is there; false when the system refuses.
  bool map_at(void* address) const noexcept;

  void set_checks_pids(bool checks) noexcept { header_->checks_pids.store(checks ? 1 : 0); }
  // Adds processes that may import it. 107000 when there are too many.
  Status allow(std::span<const int32_t> pids);

 private:
  SharedSegment(int descriptor, pid_t owner, SegmentHeader* header, size_t bytes)
      : descriptor_(descriptor), owner_(owner), header_(header), bytes_(bytes) {}

  const int descriptor_;
  const pid_t owner_;  // whose descriptor it is
  SegmentHeader* const header_;
  const size_t bytes_;
};

}  // namespace poacl::runtime
