// Dumping the tensors of models (spec: model section 8).
#include <cstring>
#include <mutex>
#include <vector>

#include "acl/acl_dump.h"
#include "acl/acl_mdl.h"
#include "base/fork_locks.h"
#include "capi/entry.h"
#include "model/dump/dump_control.h"
#include "model/dump/dump_file.h"
#include "runtime/acl_config.h"
#include "runtime/runtime.h"

using namespace poacl;
using namespace poacl::capi;

namespace {

using Callback = int32_t (*)(const acldumpChunk*, int32_t);

struct Receiver {
  ForkSafeMutex mutex;
  Callback callback = nullptr;
  int32_t flag = 0;
};

Receiver& receiver() {
  static auto* const instance = new Receiver;
  return *instance;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const Receiver& receiver_made_early = receiver();

Status check_initialized() {
  if (runtime::is_initialized()) return {};
  return Status(ACL_ERROR_UNINITIALIZE, "aclInit has not been called");
}

int32_t give_piece(const std::string& path, uint64_t offset, std::string_view bytes, bool last) {
  Callback callback = nullptr;
  int32_t flag = 0;
  {
    std::lock_guard lock(receiver().mutex);
    callback = receiver().callback;
    flag = receiver().flag;
  }
  // It was unregistered while the file was made.
  if (callback == nullptr) return 0;
  std::vector<char> memory(sizeof(acldumpChunk) + bytes.size());
  auto* const chunk = reinterpret_cast<acldumpChunk*>(memory.data());
  path.copy(chunk->fileName, sizeof(chunk->fileName) - 1);
  chunk->bufLen = static_cast<uint32_t>(bytes.size());
  chunk->isLastChunk = last ? 1 : 0;
  chunk->offset = static_cast<int64_t>(offset);
  chunk->flag = flag;
  std::memcpy(memory.data() + offsetof(acldumpChunk, dataBuf), bytes.data(), bytes.size());
  return callback(chunk, static_cast<int32_t>(memory.size()));
}

}  // namespace

aclError aclmdlInitDump() {
  return entry("aclmdlInitDump", []() -> Status {
    POACL_RETURN_IF_ERROR(check_initialized());
    return model::allow_dump();
  });
}

aclError aclmdlSetDump(const char* dumpCfgPath) {
  return entry("aclmdlSetDump", [&]() -> Status {
    POACL_CHECK_NOT_NULL(dumpCfgPath);
    POACL_RETURN_IF_ERROR(check_initialized());
    POACL_RETURN_IF_ERROR(model::check_dump_allowed());
    POACL_ASSIGN_OR_RETURN(const std::string section, runtime::read_dump_section(dumpCfgPath));
    return model::set_dump(section);
  });
}

aclError aclmdlFinalizeDump() {
  return entry("aclmdlFinalizeDump", []() -> Status {
    POACL_RETURN_IF_ERROR(check_initialized());
    return model::disallow_dump();
  });
}

aclError acldumpRegCallback(int32_t (*const messageCallback)(const acldumpChunk*, int32_t),
                            int32_t flag) {
  return entry("acldumpRegCallback", [&]() -> Status {
    POACL_CHECK_NOT_NULL(messageCallback);
    {
      std::lock_guard lock(receiver().mutex);
      receiver().callback = messageCallback;
      receiver().flag = flag;
    }
    model::set_dump_receiver(give_piece);
    return {};
  });
}

void acldumpUnregCallback() {
  model::set_dump_receiver(nullptr);
  std::lock_guard lock(receiver().mutex);
  receiver().callback = nullptr;
}

const char* acldumpGetPath(acldumpType dumpType) {
  // Operators that fail do not exist here, so nothing is collected for them.
  if (dumpType != DATA_DUMP && dumpType != OVERFLOW_DUMP) return nullptr;
  const auto settings = model::current_dump();
  if (settings == nullptr || settings->overflow != (dumpType == OVERFLOW_DUMP)) return nullptr;
  thread_local std::string folder;
  folder = settings->folder;
  return folder.c_str();
}
