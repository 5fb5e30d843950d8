// The codes this layer returns, under short names.
#pragma once

#include <cstdint>

#include "acl/acl_base.h"

namespace poacl::om {

inline constexpr int32_t kParamInvalid = ACL_ERROR_GE_PARAM_INVALID;
inline constexpr int32_t kPathInvalid = ACL_ERROR_GE_EXEC_MODEL_PATH_INVALID;
inline constexpr int32_t kModelDataInvalid = ACL_ERROR_GE_EXEC_MODEL_DATA_SIZE_INVALID;
inline constexpr int32_t kInternal = ACL_ERROR_INTERNAL_ERROR;

}  // namespace poacl::om
