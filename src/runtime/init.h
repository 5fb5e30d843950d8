// acl.init and acl.finalize: the process's state between them and the configuration file.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"

namespace poacl::runtime {

// `path`: null or empty for defaults. 100002 when initialised already (counted all the same),
// 100003 file missing or unreadable, 100006 not JSON, 100000 a value that is not allowed.
Status initialize(const char* path);
// Ends it whatever the count is; 100037 when it is ended already.
Status finalize();
// Gives one acl.init back; `left` is what remains. The last one finalizes.
Status finalize_reference(uint64_t& left);

// The dump section of the file of the newest acl.init; empty when it had none.
std::string dump_section();

// The device of the configuration file's defaultDevice, used by threads that set none; -1: none.
int32_t default_device() noexcept;

}  // namespace poacl::runtime
