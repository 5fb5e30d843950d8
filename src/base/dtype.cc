#include "base/dtype.h"

#include <array>
#include <cctype>
#include <string>

namespace poacl {
namespace {

struct TypeRow {
  DataType type;
  size_t size;
  std::string_view name;
};

constexpr std::array kTypes = {
    TypeRow{DataType::kFloat, 4, "float"},
    TypeRow{DataType::kFloat16, 2, "float16"},
    TypeRow{DataType::kInt8, 1, "int8"},
    TypeRow{DataType::kInt32, 4, "int32"},
    TypeRow{DataType::kUint8, 1, "uint8"},
    TypeRow{DataType::kInt16, 2, "int16"},
    TypeRow{DataType::kUint16, 2, "uint16"},
    TypeRow{DataType::kUint32, 4, "uint32"},
    TypeRow{DataType::kInt64, 8, "int64"},
    TypeRow{DataType::kUint64, 8, "uint64"},
    TypeRow{DataType::kDouble, 8, "double"},
    TypeRow{DataType::kBool, 1, "bool"},
    TypeRow{DataType::kString, 0, "string"},
    TypeRow{DataType::kComplex64, 8, "complex64"},
    TypeRow{DataType::kComplex128, 16, "complex128"},
    TypeRow{DataType::kBfloat16, 2, "bfloat16"},
};

constexpr std::array<std::pair<std::string_view, DataType>, 5> kAliases = {{
    {"fp32", DataType::kFloat},
    {"float32", DataType::kFloat},
    {"fp16", DataType::kFloat16},
    {"half", DataType::kFloat16},
    {"bf16", DataType::kBfloat16},
}};

}  // namespace

size_t data_type_size(DataType type) noexcept {
  for (const TypeRow& row : kTypes) {
    if (row.type == type) return row.size;
  }
  return 0;
}

std::string_view data_type_name(DataType type) noexcept {
  for (const TypeRow& row : kTypes) {
    if (row.type == type) return row.name;
  }
  return "undefined";
}

std::optional<DataType> data_type_from_name(std::string_view name) noexcept {
  std::string lower(name);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const TypeRow& row : kTypes) {
    if (row.name == lower) return row.type;
  }
  for (const auto& [alias, type] : kAliases) {
    if (alias == lower) return type;
  }
  return std::nullopt;
}

}  // namespace poacl
