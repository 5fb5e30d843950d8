#include "model/dump/dump_tensor.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/half.h"

namespace poacl::model {
namespace {

// [d0][ceil(d1/block)][rest][block] to [d0][d1][rest].
void unblock(const TensorView& tensor, size_t element, char* out) {
  const auto block = static_cast<size_t>(block_of(tensor.desc.layout));
  const Dims& dims = tensor.desc.dims;
  const auto outer = static_cast<size_t>(dims[0]);
  const auto channels = static_cast<size_t>(dims[1]);
  size_t rest = 1;
  for (size_t i = 2; i < dims.size(); ++i) rest *= static_cast<size_t>(dims[i]);
  const size_t blocks = (channels + block - 1) / block;
  const auto* in = static_cast<const char*>(tensor.data);
  for (size_t n = 0; n < outer; ++n) {
    for (size_t c = 0; c < channels; ++c) {
      for (size_t r = 0; r < rest; ++r) {
        const size_t from = (((n * blocks + c / block) * rest) + r) * block + c % block;
        std::memcpy(out + ((n * channels + c) * rest + r) * element, in + from * element, element);
      }
    }
  }
}

// bfloat16 storage to the float that the tensor is.
std::string widened(const std::string& bytes) {
  std::string wide(bytes.size() * 2, '\0');
  for (size_t i = 0; i * 2 < bytes.size(); ++i) {
    uint16_t bits;
    std::memcpy(&bits, bytes.data() + i * 2, sizeof(bits));
    const float value = bfloat16_to_float(bits);
    std::memcpy(wide.data() + i * 4, &value, sizeof(value));
  }
  return wide;
}

template <typename T, typename F>
void for_each_as(const DumpTensor& tensor, F add) {
  for (size_t at = 0; at + sizeof(T) <= tensor.bytes.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, tensor.bytes.data() + at, sizeof(T));
    add(value);
  }
}

// Calls add(double) for every element of a type that has an order.
template <typename F>
void for_each(const DumpTensor& tensor, F add) {
  const auto plain = [&](auto value) { add(static_cast<double>(value)); };
  switch (tensor.dtype) {
    case DataType::kFloat:
      return for_each_as<float>(tensor, plain);
    case DataType::kFloat16:
      return for_each_as<uint16_t>(tensor, [&](uint16_t bits) { add(half_to_float(bits)); });
    case DataType::kBfloat16:
      return for_each_as<uint16_t>(tensor, [&](uint16_t bits) { add(bfloat16_to_float(bits)); });
    case DataType::kDouble:
      return for_each_as<double>(tensor, plain);
    case DataType::kInt8:
      return for_each_as<int8_t>(tensor, plain);
    case DataType::kUint8:
    case DataType::kBool:
      return for_each_as<uint8_t>(tensor, plain);
    case DataType::kInt16:
      return for_each_as<int16_t>(tensor, plain);
    case DataType::kUint16:
      return for_each_as<uint16_t>(tensor, plain);
    case DataType::kInt32:
      return for_each_as<int32_t>(tensor, plain);
    case DataType::kUint32:
      return for_each_as<uint32_t>(tensor, plain);
    case DataType::kInt64:
      return for_each_as<int64_t>(tensor, plain);
    case DataType::kUint64:
      return for_each_as<uint64_t>(tensor, plain);
    default:
      return;
  }
}

}  // namespace

DumpTensor snapshot(const TensorView& tensor) {
  const TensorDesc& desc = tensor.desc;
  DumpTensor copy{desc.dtype, desc.dims, reinterpret_cast<uintptr_t>(tensor.data), {}};
  const size_t element = is_bf16(desc.layout) ? sizeof(uint16_t) : data_type_size(desc.dtype);
  const int64_t count = element_count(desc.dims);
  if (tensor.data == nullptr || element == 0 || count <= 0) return copy;
  copy.bytes.resize(static_cast<size_t>(count) * element);
  if (block_of(desc.layout) == 1 || desc.dims.size() < 2) {
    std::memcpy(copy.bytes.data(), tensor.data, copy.bytes.size());
  } else {
    unblock(tensor, element, copy.bytes.data());
  }
  if (is_bf16(desc.layout)) copy.bytes = widened(copy.bytes);
  return copy;
}

DumpNumbers numbers_of(const DumpTensor& tensor) {
  DumpNumbers numbers;
  uint64_t finite = 0;
  double sum = 0;
  double squares = 0;
  for_each(tensor, [&](double value) {
    ++numbers.count;
    if (std::isnan(value)) {
      ++numbers.nan;
    } else if (std::isinf(value)) {
      ++(value < 0 ? numbers.negative_inf : numbers.positive_inf);
    } else {
      numbers.max = finite == 0 ? value : std::max(numbers.max, value);
      numbers.min = finite == 0 ? value : std::min(numbers.min, value);
      ++finite;
      sum += value;
      squares += value * value;
    }
  });
  if (finite != 0) numbers.avg = sum / static_cast<double>(finite);
  numbers.l2norm = std::sqrt(squares);
  return numbers;
}

}  // namespace poacl::model
