// Functions that a program wants to be called when streams and devices come and go, when a
// device's tasks are broken off, and inside acl.init and acl.finalize.
#pragma once

#include <cstdint>
#include <string_view>

#include "acl/acl_rt.h"
#include "base/status.h"

namespace poacl::runtime {

// Registrations go by name: the same name again replaces the function, a null function removes
// it. 100000 for a null name.
Status register_stream_callback(const char* name, aclrtStreamStateCallback callback, void* args);
Status register_device_callback(const char* name, aclrtDeviceStateCallback callback, void* args);
Status register_abort_callback(const char* name, aclrtDeviceTaskAbortCallback callback, void* args);

void tell_stream_state(void* stream, aclrtStreamState state);
void tell_device_state(int32_t device, aclrtDeviceState state);
// 507000 when one of the functions does not return 0; all are called.
Status tell_task_abort(int32_t device, aclrtDeviceTaskAbortStage stage, uint32_t timeout);

// Called inside acl.init; when that has been already, now. 100000 for null or an unknown type.
// The code of the function, if it is none of success, is passed on.
Status register_init_callback(aclRegisterCallbackType type, aclInitCallbackFunc function,
                              void* user_data);
Status unregister_init_callback(aclRegisterCallbackType type, aclInitCallbackFunc function);
Status register_finalize_callback(aclRegisterCallbackType type, aclFinalizeCallbackFunc function,
                                  void* user_data);
Status unregister_finalize_callback(aclRegisterCallbackType type, aclFinalizeCallbackFunc function);

// For acl.init, with the text of its file, and acl.finalize.
Status tell_init(std::string_view config);
Status tell_finalize();

}  // namespace poacl::runtime
