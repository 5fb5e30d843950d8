/* Operator code and low-level tasks. Included by acl/acl_rt.h. */
#ifndef ACL_ACL_RT_KERNEL_H_
#define ACL_ACL_RT_KERNEL_H_

#include <stddef.h>
#include <stdint.h>

#include "acl/acl_rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What aclrtReduceAsync does with the two values. */
typedef enum aclrtReduceKind ACL_ENUM_INT {
  ACL_RT_MEMCPY_SDMA_AUTOMATIC_SUM = 10,
  ACL_RT_MEMCPY_SDMA_AUTOMATIC_MAX = 11,
  ACL_RT_MEMCPY_SDMA_AUTOMATIC_MIN = 12,
  ACL_RT_MEMCPY_SDMA_AUTOMATIC_EQUAL = 13,
} aclrtReduceKind;

/** What aclrtCmoAsync does with cached memory. */
typedef enum aclrtCmoType ACL_ENUM_INT {
  ACL_RT_CMO_TYPE_PREFETCH = 0,
  ACL_RT_CMO_TYPE_WRITEBACK = 1,
  ACL_RT_CMO_TYPE_INVALID = 2,
  ACL_RT_CMO_TYPE_FLUSH = 3,
} aclrtCmoType;

/**
 * Queue dst[i] = dst[i] <kind> src[i] over count bytes of device memory: the sum, the maximum or
 * the minimum (ACL_RT_MEMCPY_SDMA_AUTOMATIC_EQUAL is not supported). Types: int8, int16, int32,
 * uint32, float16, float and bfloat16; sums of integers wrap around. `reserve` must be null.
 */
ACL_FUNC_VISIBILITY aclError aclrtReduceAsync(void* dst, const void* src, uint64_t count,
                                              aclrtReduceKind kind, aclDataType type,
                                              aclrtStream stream, void* reserve);

/**
 * Queue a hint about cached device memory. The memory is checked; there is nothing more to do,
 * since the caches of this machine always agree with its memory.
 */
ACL_FUNC_VISIBILITY aclError aclrtCmoAsync(void* src, size_t size, aclrtCmoType cmoType,
                                           aclrtStream stream);

#ifdef __cplusplus
}
#endif

#endif
