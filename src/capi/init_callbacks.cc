// Functions that a program has called inside aclInit and aclFinalize, and on devices' changes.
#include "acl/acl_rt.h"
#include "capi/entry.h"
#include "runtime/state_callbacks.h"

using poacl::capi::entry;
namespace runtime = poacl::runtime;

aclError aclInitCallbackRegister(aclRegisterCallbackType type, aclInitCallbackFunc cbFunc,
                                 void* userData) {
  return entry("aclInitCallbackRegister",
               [&] { return runtime::register_init_callback(type, cbFunc, userData); });
}

aclError aclInitCallbackUnRegister(aclRegisterCallbackType type, aclInitCallbackFunc cbFunc) {
  return entry("aclInitCallbackUnRegister",
               [&] { return runtime::unregister_init_callback(type, cbFunc); });
}

aclError aclFinalizeCallbackRegister(aclRegisterCallbackType type, aclFinalizeCallbackFunc cbFunc,
                                     void* userData) {
  return entry("aclFinalizeCallbackRegister",
               [&] { return runtime::register_finalize_callback(type, cbFunc, userData); });
}

aclError aclFinalizeCallbackUnRegister(aclRegisterCallbackType type,
                                       aclFinalizeCallbackFunc cbFunc) {
  return entry("aclFinalizeCallbackUnRegister",
               [&] { return runtime::unregister_finalize_callback(type, cbFunc); });
}

aclError aclrtRegDeviceStateCallback(const char* regName, aclrtDeviceStateCallback callback,
                                     void* args) {
  return entry("aclrtRegDeviceStateCallback",
               [&] { return runtime::register_device_callback(regName, callback, args); });
}

aclError aclrtSetDeviceTaskAbortCallback(const char* regName, aclrtDeviceTaskAbortCallback callback,
                                         void* args) {
  return entry("aclrtSetDeviceTaskAbortCallback",
               [&] { return runtime::register_abort_callback(regName, callback, args); });
}
