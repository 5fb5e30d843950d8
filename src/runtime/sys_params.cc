#include "runtime/sys_params.h"

#include <fmt/format.h>

#include "acl/acl_base.h"

namespace poacl::runtime {
namespace {

constinit SysParams of_process;

Status check(int option) {
  if (option >= 0 && option < SysParams::kCount) return {};
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("system parameter {} does not exist: pass 0 (deterministic), 1 (debug "
                            "kernel), 2 (strong consistency) or 3 (early start of kernels)",
                            option));
}

}  // namespace

Status SysParams::set(int option, int64_t value) {
  POACL_RETURN_IF_ERROR(check(option));
  values_[option].store(value);
  is_set_[option].store(true);
  return {};
}

Result<std::optional<int64_t>> SysParams::get(int option) const {
  POACL_RETURN_IF_ERROR(check(option));
  if (!is_set_[option].load()) return std::optional<int64_t>();
  return std::optional<int64_t>(values_[option].load());
}

SysParams& process_sys_params() noexcept {
  return of_process;
}

}  // namespace poacl::runtime
