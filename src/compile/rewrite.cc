#include "compile/rewrite.h"

#include "base/half.h"

namespace poacl {
namespace {

template <typename T>
std::vector<float> to_floats(const Tensor& tensor) {
  const auto values = tensor.as<T>();
  return std::vector<float>(values.begin(), values.end());
}

}  // namespace

std::optional<std::vector<float>> constant_floats(const Tensor& tensor) {
  switch (tensor.dtype) {
    case DataType::kFloat:
      return to_floats<float>(tensor);
    case DataType::kDouble:
      return to_floats<double>(tensor);
    case DataType::kInt32:
      return to_floats<int32_t>(tensor);
    case DataType::kInt64:
      return to_floats<int64_t>(tensor);
    case DataType::kFloat16: {
      std::vector<float> values;
      for (const uint16_t bits : tensor.as<uint16_t>()) values.push_back(half_to_float(bits));
      return values;
    }
    default:
      return std::nullopt;
  }
}

std::optional<float> constant_scalar(const Tensor* tensor) {
  if (tensor == nullptr || tensor->count() != 1) return std::nullopt;
  const auto values = constant_floats(*tensor);
  if (!values) return std::nullopt;
  return (*values)[0];
}

}  // namespace poacl
