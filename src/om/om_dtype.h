// Element types of the model message, whose numbers differ from those of the C API (spec:
// om-format section 3).
#pragma once

#include <cstdint>
#include <optional>

#include "base/dtype.h"

namespace poacl::om {

// 0 (undefined) for a type the message cannot express.
int32_t message_dtype(DataType type) noexcept;

// kUndefined for 0; nothing for a number this project has no type for.
std::optional<DataType> dtype_from_message(int32_t number) noexcept;

// Of the C API's numbering, as in attributes of kind `dt`.
std::optional<DataType> dtype_from_acl(int64_t number) noexcept;

}  // namespace poacl::om
