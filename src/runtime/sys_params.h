// System parameters: switches of the process and of each context (spec runtime section 3).
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "base/status.h"

namespace poacl::runtime {

// Values by aclSysParamOpt. Everything may be called from any thread.
class SysParams {
 public:
  static constexpr int kCount = 4;

  // 100000 for an option that does not exist.
  Status set(int option, int64_t value);
  // Empty when it was never set; 100000 for an option that does not exist.
  Result<std::optional<int64_t>> get(int option) const;

 private:
  std::atomic<int64_t> values_[kCount]{};
  std::atomic<bool> is_set_[kCount]{};
};

// Those of the process.
SysParams& process_sys_params() noexcept;

}  // namespace poacl::runtime
