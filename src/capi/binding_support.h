// What only the Python module asks of libascendcl.so. Exported, but no part of the interface: in
// no header that is installed.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// From now on error texts call functions by their Python names.
__attribute__((visibility("default"))) void poaclUsePythonNames(void);

// Makes `sentence` the recent error text of the C function `api`, and returns `code`: for arguments
// that C cannot see to be wrong, such as lists of different lengths.
__attribute__((visibility("default"))) int32_t poaclRefuse(const char* api, int32_t code,
                                                           const char* sentence);

// aclrtLaunchCallback, but when the library will never call `fn`, although this has returned 0, it
// calls `dropped` with the same data instead.
__attribute__((visibility("default"))) int32_t poaclLaunchOwnedCallback(
    void (*fn)(void*), void* userData, void (*dropped)(void*), int32_t blockType, void* stream);

#ifdef __cplusplus
}
#endif
