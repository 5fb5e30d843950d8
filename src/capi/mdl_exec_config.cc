// Settings of an execution (spec: model section 2).
#include "capi/mdl_exec_config.h"

#include <cstring>

#include "capi/entry.h"
#include "capi/handle_arg.h"
#include "runtime/address_check.h"

namespace poacl::capi {
namespace {

HandleTable<ExecConfig>& table() {
  static auto* const handles = new HandleTable<ExecConfig>;
  return *handles;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const auto& table_made_early = table();

Status set_option(ExecConfig& config, aclmdlExecConfigAttr attr, const void* value, size_t size) {
  if (attr != ACL_MDL_STREAM_SYNC_TIMEOUT && attr != ACL_MDL_EVENT_SYNC_TIMEOUT) {
    return Status(
        ACL_ERROR_INVALID_PARAM,
        fmt::format("there is no execution setting {} on this product: there are {} and {}",
                    static_cast<int>(attr), static_cast<int>(ACL_MDL_STREAM_SYNC_TIMEOUT),
                    static_cast<int>(ACL_MDL_EVENT_SYNC_TIMEOUT)));
  }
  int32_t milliseconds = 0;
  if (size != sizeof(milliseconds)) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("the value of execution setting {} is {} bytes long: it takes {}",
                              static_cast<int>(attr), size, sizeof(milliseconds)));
  }
  POACL_RETURN_IF_ERROR(runtime::check_memory(value, size, "attrValue", ACL_ERROR_INVALID_PARAM));
  std::memcpy(&milliseconds, value, sizeof(milliseconds));
  if (milliseconds < -1) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("a timeout of {} ms is not allowed: -1 waits for ever, and 0 and "
                              "above are milliseconds",
                              milliseconds));
  }
  (attr == ACL_MDL_STREAM_SYNC_TIMEOUT ? config.stream_timeout_ms : config.event_timeout_ms) =
      milliseconds;
  return {};
}

}  // namespace

Result<std::shared_ptr<ExecConfig>> find_exec_config(const aclmdlExecConfigHandle* handle) {
  return find_handle(table(), handle, "handle", "aclmdlCreateExecConfigHandle");
}

}  // namespace poacl::capi

using namespace poacl;
using namespace poacl::capi;

aclmdlExecConfigHandle* aclmdlCreateExecConfigHandle() {
  return answer<aclmdlExecConfigHandle*>(
      "aclmdlCreateExecConfigHandle", nullptr, []() -> Result<aclmdlExecConfigHandle*> {
        return static_cast<aclmdlExecConfigHandle*>(table().insert(std::make_shared<ExecConfig>()));
      });
}

aclError aclmdlDestroyExecConfigHandle(const aclmdlExecConfigHandle* handle) {
  return entry("aclmdlDestroyExecConfigHandle", [&]() -> Status {
    if (table().remove(handle) != nullptr) return {};
    return find_exec_config(handle).status();
  });
}

aclError aclmdlSetExecConfigOpt(aclmdlExecConfigHandle* handle, aclmdlExecConfigAttr attr,
                                const void* attrValue, size_t valueSize) {
  return entry("aclmdlSetExecConfigOpt", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto config, find_exec_config(handle));
    POACL_CHECK_NOT_NULL(attrValue);
    return set_option(*config, attr, attrValue, valueSize);
  });
}
