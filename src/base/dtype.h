// Element types. Numbers are those of aclDataType (spec: util section 5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace poacl {

enum class DataType : int32_t {
  kUndefined = -1,
  kFloat = 0,
  kFloat16 = 1,
  kInt8 = 2,
  kInt32 = 3,
  kUint8 = 4,
  kInt16 = 6,
  kUint16 = 7,
  kUint32 = 8,
  kInt64 = 9,
  kUint64 = 10,
  kDouble = 11,
  kBool = 12,
  kString = 13,
  kComplex64 = 16,
  kComplex128 = 17,
  kBfloat16 = 27,
};

// Bytes of one element; 0 for kUndefined and kString.
size_t data_type_size(DataType type) noexcept;

// Ascend's spelling ("float", "float16", "int32"...), "undefined" for anything unknown.
std::string_view data_type_name(DataType type) noexcept;

// Inverse of data_type_name; also accepts "fp32", "FP32", "float32", "fp16", "half", "bf16".
std::optional<DataType> data_type_from_name(std::string_view name) noexcept;

}  // namespace poacl
