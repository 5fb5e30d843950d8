// Device memory that other processes import by a key. Spec: public pages of aclrtIpcMemGetExportKey
// and its relatives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/status.h"

namespace poacl::runtime {

// With its terminating zero.
inline constexpr size_t kIpcKeyBytes = 65;

// A key for [pointer, pointer + bytes), which must lie in one block of acl.rt.malloc; the same key
// again while it is not closed. Nobody may write to the block meanwhile: its pages are replaced.
// 107000 for other memory, 207000 when another block in use lies on the same pages.
Result<std::string> export_block(void* pointer, size_t bytes, bool checks_pids);
// 107000 for a key that this process did not export.
Status allow_import_by_key(const std::string& key, std::span<const int32_t> pids);
// An address in this process; the same one for each import of a key.
Result<void*> import_by_key(const std::string& key);
// Ends one import, or the export, of a key in this process.
Status close_key(const std::string& key);

}  // namespace poacl::runtime
