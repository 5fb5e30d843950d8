#include "frontend/onnx/tensor_decode.h"

#include <sys/stat.h>

#include <charconv>
#include <cstring>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>

#include "base/mapped_file.h"
#include "frontend/onnx/import_error.h"

namespace poacl::onnx_frontend {
namespace {

struct OnnxType {
  std::string_view name;
  DataType dtype;
};

// By ONNX's number.
constexpr OnnxType kOnnxTypes[] = {
    {"undefined", DataType::kUndefined},
    {"float32", DataType::kFloat},
    {"uint8", DataType::kUint8},
    {"int8", DataType::kInt8},
    {"uint16", DataType::kUint16},
    {"int16", DataType::kInt16},
    {"int32", DataType::kInt32},
    {"int64", DataType::kInt64},
    {"string", DataType::kUndefined},
    {"bool", DataType::kBool},
    {"float16", DataType::kFloat16},
    {"float64", DataType::kDouble},
    {"uint32", DataType::kUint32},
    {"uint64", DataType::kUint64},
    {"complex64", DataType::kUndefined},
    {"complex128", DataType::kUndefined},
    {"bfloat16", DataType::kBfloat16},
    {"float8e4m3fn", DataType::kUndefined},
    {"float8e4m3fnuz", DataType::kUndefined},
    {"float8e5m2", DataType::kUndefined},
    {"float8e5m2fnuz", DataType::kUndefined},
    {"uint4", DataType::kUndefined},
    {"int4", DataType::kUndefined},
    {"float4e2m1", DataType::kUndefined},
};

bool known(int32_t type) {
  return type >= 0 && static_cast<size_t>(type) < std::size(kOnnxTypes);
}

Status wrong_amount(const poacl::onnx::Tensor& tensor, const Dims& dims, size_t found,
                    size_t wanted, std::string_view unit) {
  return import_error(kInvalidTag,
                      "tensor \"{}\" has {} {} of data, but its shape {} of {} needs {}; the model "
                      "file is damaged",
                      tensor.name(), found, unit, dims_to_string(dims),
                      onnx_type_name(tensor.data_type()), wanted);
}

// Elements of the field in which ONNX stores the type, narrowed to `T`.
template <typename T, typename Field>
Result<ConstBuffer> convert_field(const poacl::onnx::Tensor& tensor, const Dims& dims,
                                  const Field& field) {
  const auto wanted = static_cast<size_t>(element_count(dims));
  if (static_cast<size_t>(field.size()) != wanted) {
    return wrong_amount(tensor, dims, static_cast<size_t>(field.size()), wanted, "elements");
  }
  void* writable = nullptr;
  ConstBuffer buffer = ConstBuffer::allocate(wanted * sizeof(T), &writable);
  T* out = static_cast<T*>(writable);
  for (size_t i = 0; i < wanted; ++i) out[i] = static_cast<T>(field.Get(static_cast<int>(i)));
  return buffer;
}

Result<ConstBuffer> typed_data(const poacl::onnx::Tensor& tensor, DataType dtype,
                               const Dims& dims) {
  switch (dtype) {
    case DataType::kFloat:
      return convert_field<float>(tensor, dims, tensor.float_data());
    case DataType::kDouble:
      return convert_field<double>(tensor, dims, tensor.double_data());
    case DataType::kInt64:
      return convert_field<int64_t>(tensor, dims, tensor.int64_data());
    case DataType::kUint64:
      return convert_field<uint64_t>(tensor, dims, tensor.uint64_data());
    case DataType::kUint32:
      return convert_field<uint32_t>(tensor, dims, tensor.uint64_data());
    case DataType::kInt32:
      return convert_field<int32_t>(tensor, dims, tensor.int32_data());
    case DataType::kInt16:
      return convert_field<int16_t>(tensor, dims, tensor.int32_data());
    case DataType::kInt8:
      return convert_field<int8_t>(tensor, dims, tensor.int32_data());
    case DataType::kUint16:
    case DataType::kFloat16:  // bit patterns
    case DataType::kBfloat16:
      return convert_field<uint16_t>(tensor, dims, tensor.int32_data());
    case DataType::kUint8:
    case DataType::kBool:
      return convert_field<uint8_t>(tensor, dims, tensor.int32_data());
    default:
      return import_error(kInvalidTag, "tensor \"{}\" has no data of type {}", tensor.name(),
                          onnx_type_name(tensor.data_type()));
  }
}

std::optional<uint64_t> to_number(const std::string& text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// A plain relative name: a model must not make the converter read files outside its own folder.
bool stays_below(const std::string& location) {
  const std::filesystem::path path(location);
  if (location.empty() || path.is_absolute()) return false;
  if (location.find('\0') != std::string::npos || location.find('\\') != std::string::npos) {
    return false;
  }
  for (const auto& part : path) {
    if (part == "..") return false;
  }
  return true;
}

Result<ConstBuffer> external_data(const poacl::onnx::Tensor& tensor, const Dims& dims, size_t bytes,
                                  const std::string& directory) {
  std::string location;
  uint64_t offset = 0;
  for (const auto& entry : tensor.external_data()) {
    if (entry.key() == "location") location = entry.value();
    const bool is_offset = entry.key() == "offset";
    if (!is_offset && entry.key() != "length") continue;
    const std::optional<uint64_t> number = to_number(entry.value());
    if (!number) {
      return import_error(kInvalidTag, "tensor \"{}\" gives \"{}\" as {} of its external data",
                          tensor.name(), entry.value(), entry.key());
    }
    if (is_offset) {
      offset = *number;
    } else if (*number != bytes) {
      return wrong_amount(tensor, dims, *number, bytes, "bytes");
    }
  }
  if (!stays_below(location)) {
    return import_error("E13001",
                        "tensor \"{}\" has its data in \"{}\", which is not a file below the "
                        "model's own folder; such a path is refused",
                        tensor.name(), location);
  }
  if (directory.empty()) {
    return import_error("E13001",
                        "tensor \"{}\" has its data in the file \"{}\", but the model was given "
                        "as bytes in memory, so there is no folder to look in",
                        tensor.name(), location);
  }
  const std::string path = (std::filesystem::path(directory) / location).string();
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    return import_error("E13001",
                        "the file {} with the data of tensor \"{}\" cannot be opened ({}); put it "
                        "beside the model",
                        path, tensor.name(), std::strerror(errno));
  }
  if (!S_ISREG(info.st_mode)) {
    return import_error("E13001", "{}, named as data of tensor \"{}\", is not a plain file", path,
                        tensor.name());
  }
  const auto size = static_cast<uint64_t>(info.st_size);
  if (offset > size || size - offset < bytes) {
    return import_error("E13003",
                        "the file {} has {} bytes, but tensor \"{}\" needs {} bytes from offset {}",
                        path, size, tensor.name(), bytes, offset);
  }
  if (bytes == 0) return ConstBuffer();
  POACL_ASSIGN_OR_RETURN(std::shared_ptr<const MappedFile> file, MappedFile::open(path));
  // The file may have changed since stat().
  if (offset > file->size() || file->size() - offset < bytes) {
    return import_error("E13003", "the file {} changed while it was read", path);
  }
  const auto* data = static_cast<const std::byte*>(file->data()) + offset;
  if (reinterpret_cast<uintptr_t>(data) % 16 != 0) return ConstBuffer::copy_of(data, bytes);
  return ConstBuffer(file, data, bytes);
}

}  // namespace

DataType data_type_from_onnx(int32_t onnx_type) noexcept {
  return known(onnx_type) ? kOnnxTypes[onnx_type].dtype : DataType::kUndefined;
}

std::string onnx_type_name(int32_t onnx_type) {
  return known(onnx_type) ? std::string(kOnnxTypes[onnx_type].name)
                          : fmt::format("element type {}", onnx_type);
}

Result<Tensor> decode_tensor(poacl::onnx::Tensor& tensor, const std::string& directory) {
  Tensor result;
  result.dtype = data_type_from_onnx(tensor.data_type());
  if (result.dtype == DataType::kUndefined) {
    return import_error(kInvalidTag,
                        "tensor \"{}\" holds {}, a type that PoACL has no constants of",
                        tensor.name(), onnx_type_name(tensor.data_type()));
  }
  result.dims.assign(tensor.dims().begin(), tensor.dims().end());
  for (const int64_t dim : result.dims) {
    if (dim < 0) {
      return import_error(kInvalidTag, "tensor \"{}\" has the shape {}; {} is not a size",
                          tensor.name(), dims_to_string(result.dims), dim);
    }
  }
  const int64_t count = element_count(result.dims);
  const auto width = static_cast<int64_t>(data_type_size(result.dtype));
  if (count < 0 || count > std::numeric_limits<int64_t>::max() / width) {
    return import_error(kInvalidTag, "tensor \"{}\" has the shape {}, larger than any memory",
                        tensor.name(), dims_to_string(result.dims));
  }
  const auto bytes = static_cast<size_t>(count * width);
  if (tensor.data_location() == 1) {
    POACL_ASSIGN_OR_RETURN(result.buffer, external_data(tensor, result.dims, bytes, directory));
  } else if (tensor.has_raw_data()) {
    if (tensor.raw_data().size() != bytes) {
      return wrong_amount(tensor, result.dims, tensor.raw_data().size(), bytes, "bytes");
    }
    const std::shared_ptr<const std::string> owner(tensor.release_raw_data());
    result.buffer = ConstBuffer(owner, owner->data(), bytes);
  } else {
    POACL_ASSIGN_OR_RETURN(result.buffer, typed_data(tensor, result.dtype, result.dims));
  }
  return result;
}

}  // namespace poacl::onnx_frontend
