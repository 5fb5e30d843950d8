// The object behind aclmdlExecConfigHandle: how an execution is waited for.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "acl/acl_mdl.h"
#include "base/status.h"

namespace poacl::capi {

struct ExecConfig {
  std::atomic<int32_t> stream_timeout_ms{-1};  // -1: for ever
  std::atomic<int32_t> event_timeout_ms{-1};
};

// 100000 for null and for anything that is no live handle.
Result<std::shared_ptr<ExecConfig>> find_exec_config(const aclmdlExecConfigHandle* handle);

}  // namespace poacl::capi
