#include "runtime/ipc_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/config.h"
#include "base/fork_locks.h"
#include "runtime/block_cache.h"
#include "runtime/memory.h"
#include "runtime/shared_segment.h"

namespace poacl::runtime {
namespace {

struct Export {
  std::shared_ptr<SharedSegment> segment;
  const void* begin = nullptr;
  size_t bytes = 0;
};

struct Import {
  char* base = nullptr;
  size_t mapped = 0;
  size_t offset = 0;
  uint64_t uses = 0;
  Span* span = nullptr;
};

struct Tables {
  ForkSafeMutex mutex;
  std::map<std::string, Export> exports;
  std::map<std::string, Import> imports;
};

Tables& tables() {
  static auto* const all = new Tables;
  return *all;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const Tables& tables_made_early = tables();

struct Key {
  SegmentName name;
  uint64_t offset = 0;  // of the memory in the segment
  uint64_t bytes = 0;
};

// A forked child has its parent's entries too, which are not its own to change.
bool is_own(const Export& entry) {
  return entry.segment->name().pid == getpid();
}

std::string text_of(const Key& key) {
  return fmt::format("poacl:{}:{}:{:06x}:{:x}:{:x}", key.name.pid, key.name.descriptor,
                     key.name.token, key.offset, key.bytes);
}

Status bad(std::string sentence) {
  return Status(ACL_ERROR_RT_PARAM_INVALID, std::move(sentence));
}

std::optional<Key> parse(const std::string& text) {
  Key key;
  int read = 0;
  unsigned long long offset = 0;
  unsigned long long bytes = 0;
  if (text.size() >= kIpcKeyBytes ||
      std::sscanf(text.c_str(), "poacl:%d:%d:%x:%llx:%llx%n", &key.name.pid, &key.name.descriptor,
                  &key.name.token, &offset, &bytes, &read) != 5 ||
      static_cast<size_t>(read) != text.size()) {
    return {};
  }
  key.offset = offset;
  key.bytes = bytes;
  return key;
}

Status not_shareable(const void* pointer, const std::string& reason) {
  return bad(fmt::format("{} cannot be shared: {}", pointer, reason));
}

// Puts the block's pages into a segment and the segment where the pages were.
Result<std::shared_ptr<SharedSegment>> move_to_segment(Span& span, uint32_t index, int device,
                                                       const char*& pages_begin) {
  Result<std::shared_ptr<SharedSegment>> made = Status(ACL_ERROR_INTERNAL_ERROR, "not begun");
  const bool alone = span.owner.load()->replace_pages(span, index, [&](char* pages, size_t bytes) {
    pages_begin = pages;
    made = SharedSegment::create(bytes, config().visible_devices[static_cast<size_t>(device)]);
    if (!made.ok()) return;
    void* copy = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (copy == MAP_FAILED) {
      made = Status(ACL_ERROR_RT_MEMORY_ALLOCATION, "the host is out of memory");
      return;
    }
    std::memcpy(copy, pages, bytes);
    if ((*made)->map_at(pages)) {
      std::memcpy(pages, copy, bytes);
    } else {
      made = Status(ACL_ERROR_RT_MEMORY_ALLOCATION, "the system refuses to map shared memory");
    }
    munmap(copy, bytes);
  });
  if (alone) return made;
  return Status(ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
                fmt::format("{} bytes cannot be shared here: other blocks in use lie on the same "
                            "pages; allocate more than 256 KiB, or before other small blocks",
                            span.block_bytes.load()));
}

}  // namespace

Result<std::string> export_block(void* pointer, size_t bytes, bool checks_pids) {
  if (bytes == 0) return bad("size is 0: share at least 1 byte");
  const auto block = find_allocation(pointer);
  if (!block) return not_shareable(pointer, "it is not from acl.rt.malloc");
  if (block->span != SpanKind::kBlocks || block->kind != MemoryKind::kDevice) {
    return not_shareable(pointer, "only device memory from acl.rt.malloc can be");
  }
  const auto offset =
      static_cast<size_t>(static_cast<char*>(pointer) - static_cast<char*>(block->base));
  if (block->size == 0 || offset > block->capacity || bytes > block->capacity - offset) {
    return not_shareable(pointer, fmt::format("{} bytes from there leave its block of {} at {}",
                                              bytes, block->size, block->base));
  }
  {
    std::lock_guard lock(tables().mutex);
    for (auto& [text, known] : tables().exports) {
      if (known.begin != pointer || known.bytes != bytes || !is_own(known)) continue;
      known.segment->set_checks_pids(checks_pids);
      return text;
    }
  }
  Span& span = *page_map().find(pointer);
  const auto index = static_cast<uint32_t>(
      static_cast<size_t>(static_cast<char*>(pointer) - span.base) / span.block_bytes);
  const char* pages = nullptr;
  POACL_ASSIGN_OR_RETURN(auto segment, move_to_segment(span, index, block->device, pages));
  segment->set_checks_pids(checks_pids);
  const auto at = static_cast<uint64_t>(static_cast<char*>(pointer) - pages);
  std::string text = text_of({segment->name(), at, bytes});
  std::lock_guard lock(tables().mutex);
  tables().exports[text] = {std::move(segment), pointer, bytes};
  return text;
}

Status allow_import_by_key(const std::string& key, std::span<const int32_t> pids) {
  std::shared_ptr<SharedSegment> segment;
  {
    std::lock_guard lock(tables().mutex);
    const auto it = tables().exports.find(key);
    if (it != tables().exports.end() && is_own(it->second)) segment = it->second.segment;
  }
  if (segment) return segment->allow(pids);
  return bad(
      fmt::format("'{}' is no key that this process got from acl.rt.ipc_mem_get_export_key", key));
}

Result<void*> import_by_key(const std::string& text) {
  const auto key = parse(text);
  if (!key) return bad(fmt::format("'{}' is no key of acl.rt.ipc_mem_get_export_key", text));
  if (key->name.pid == getpid()) {
    return bad(fmt::format("'{}' was exported by this process itself: a key is for other processes",
                           text));
  }
  POACL_ASSIGN_OR_RETURN(const auto segment, SharedSegment::open(key->name));
  if (key->offset > segment->bytes() || key->bytes > segment->bytes() - key->offset) {
    return bad(fmt::format("'{}' names {} bytes at {} of a memory of {}", text, key->bytes,
                           key->offset, segment->bytes()));
  }
  BlockCache& owner = block_cache(0);
  std::lock_guard lock(tables().mutex);
  Import& import = tables().imports[text];
  if (import.uses == 0) {
    const size_t mapped = (segment->bytes() + kGranule - 1) / kGranule * kGranule;
    char* const base = reserve_addresses(mapped, kGranule, nullptr);
    if (import.span == nullptr) import.span = new Span;
    if (base == nullptr || !segment->map_at(base) ||
        !enter_span(import.span, &owner, SpanKind::kImported, base, mapped, segment->bytes())) {
      if (base != nullptr) munmap(base, mapped);
      return Status(ACL_ERROR_RT_MEMORY_ALLOCATION,
                    fmt::format("the system cannot map {} bytes of shared memory", mapped));
    }
    import.base = base;
    import.mapped = mapped;
    import.offset = key->offset;
  }
  ++import.uses;
  return static_cast<void*>(import.base + import.offset);
}

Status close_key(const std::string& key) {
  std::shared_ptr<SharedSegment> gone;  // ends after the lock
  std::lock_guard lock(tables().mutex);
  if (const auto it = tables().exports.find(key);
      it != tables().exports.end() && is_own(it->second)) {
    gone = std::move(it->second.segment);
    tables().exports.erase(it);
    return {};
  }
  const auto it = tables().imports.find(key);
  if (it == tables().imports.end() || it->second.uses == 0) {
    return bad(fmt::format("'{}' is neither exported nor imported by this process", key));
  }
  if (--it->second.uses > 0) return {};
  leave_span(it->second.span);
  munmap(it->second.base, it->second.mapped);
  return {};
}

}  // namespace poacl::runtime
