#include "om/om_dtype.h"

#include <array>

namespace poacl::om {
namespace {

struct Pair {
  int32_t message;
  DataType type;
};

constexpr std::array kPairs = {
    Pair{0, DataType::kUndefined},   Pair{1, DataType::kFloat},     Pair{2, DataType::kFloat16},
    Pair{3, DataType::kInt8},        Pair{4, DataType::kUint8},     Pair{5, DataType::kInt16},
    Pair{6, DataType::kUint16},      Pair{7, DataType::kInt32},     Pair{8, DataType::kInt64},
    Pair{9, DataType::kUint32},      Pair{10, DataType::kUint64},   Pair{11, DataType::kBool},
    Pair{12, DataType::kDouble},     Pair{13, DataType::kString},   Pair{16, DataType::kComplex64},
    Pair{17, DataType::kComplex128}, Pair{27, DataType::kBfloat16},
};

}  // namespace

int32_t message_dtype(DataType type) noexcept {
  for (const Pair& pair : kPairs) {
    if (pair.type == type) return pair.message;
  }
  return 0;
}

std::optional<DataType> dtype_from_message(int32_t number) noexcept {
  for (const Pair& pair : kPairs) {
    if (pair.message == number) return pair.type;
  }
  return std::nullopt;
}

std::optional<DataType> dtype_from_acl(int64_t number) noexcept {
  for (const Pair& pair : kPairs) {
    if (static_cast<int64_t>(pair.type) == number) return pair.type;
  }
  return std::nullopt;
}

}  // namespace poacl::om
