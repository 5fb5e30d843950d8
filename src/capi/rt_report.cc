// Callbacks and host functions of streams (spec: runtime section 9).
#include "runtime/reporter.h"

#include "acl/acl_rt.h"
#include "capi/binding_support.h"
#include "capi/entry.h"
#include "runtime/runtime.h"
#include "runtime/state.h"

using poacl::Status;
using poacl::capi::entry;
namespace runtime = poacl::runtime;

namespace {

using Kind = runtime::Reporter::Kind;

Status subscribe(Kind kind, uint64_t thread, aclrtStream stream) {
  POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
  return runtime::state().reporters.subscribe(kind, thread, target);
}

Status unsubscribe(Kind kind, uint64_t thread, aclrtStream stream) {
  POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
  return runtime::state().reporters.unsubscribe(kind, thread, target);
}

Status process(Kind kind, int32_t timeout) {
  int64_t nanoseconds = 0;
  const Status checked = poacl::capi::timeout_from_ms(timeout, nanoseconds);
  if (!checked.ok()) return Status(ACL_ERROR_INVALID_PARAM, std::string(checked.message()));
  return runtime::state().reporters.process(kind, nanoseconds);
}

Status null_function() {
  return Status(ACL_ERROR_RT_PARAM_INVALID, "fn is null: pass a function");
}

Status launch(const runtime::CallbackFunction& function, aclrtCallbackBlockType blockType,
              aclrtStream stream) {
  if (blockType != ACL_CALLBACK_NO_BLOCK && blockType != ACL_CALLBACK_BLOCK) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("block type {} does not exist: pass 0 (later tasks do not wait for "
                              "the callback) or 1 (they do)",
                              static_cast<int>(blockType)));
  }
  if (function.function == nullptr) return null_function();
  POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
  return runtime::launch_callback(target, function, blockType == ACL_CALLBACK_BLOCK);
}

}  // namespace

aclError aclrtSubscribeReport(uint64_t threadId, aclrtStream stream) {
  return entry("aclrtSubscribeReport",
               [&] { return subscribe(Kind::kCallbacks, threadId, stream); });
}

aclError aclrtUnSubscribeReport(uint64_t threadId, aclrtStream stream) {
  return entry("aclrtUnSubscribeReport",
               [&] { return unsubscribe(Kind::kCallbacks, threadId, stream); });
}

aclError aclrtProcessReport(int32_t timeout) {
  return entry("aclrtProcessReport", [&] { return process(Kind::kCallbacks, timeout); });
}

aclError aclrtLaunchCallback(aclrtCallback fn, void* userData, aclrtCallbackBlockType blockType,
                             aclrtStream stream) {
  return entry("aclrtLaunchCallback", [&] {
    return launch({fn, userData, nullptr}, blockType, stream);
  });
}

int32_t poaclLaunchOwnedCallback(void (*fn)(void*), void* userData, void (*dropped)(void*),
                                 int32_t blockType, void* stream) {
  return entry("aclrtLaunchCallback", [&] {
    return launch({fn, userData, dropped}, static_cast<aclrtCallbackBlockType>(blockType), stream);
  });
}

aclError aclrtSubscribeHostFunc(uint64_t hostFuncThreadId, aclrtStream exeStream) {
  return entry("aclrtSubscribeHostFunc",
               [&] { return subscribe(Kind::kHostFunctions, hostFuncThreadId, exeStream); });
}

aclError aclrtUnSubscribeHostFunc(uint64_t hostFuncThreadId, aclrtStream exeStream) {
  return entry("aclrtUnSubscribeHostFunc",
               [&] { return unsubscribe(Kind::kHostFunctions, hostFuncThreadId, exeStream); });
}

aclError aclrtProcessHostFunc(int32_t timeout) {
  return entry("aclrtProcessHostFunc", [&] { return process(Kind::kHostFunctions, timeout); });
}

aclError aclrtLaunchHostFunc(aclrtStream stream, aclrtHostFunc fn, void* args) {
  return entry("aclrtLaunchHostFunc", [&]() -> Status {
    if (fn == nullptr) return null_function();
    POACL_ASSIGN_OR_RETURN(const auto target, runtime::resolve_stream(stream));
    return runtime::launch_host_function(target, {fn, args, nullptr});
  });
}
