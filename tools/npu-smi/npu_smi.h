// The program npu-smi: shows the virtual devices as the real tool shows real ones.
#pragma once

namespace poacl::smi {

// 0, or 1 for arguments that are not understood.
int run(int count, const char* const* arguments);

}  // namespace poacl::smi
