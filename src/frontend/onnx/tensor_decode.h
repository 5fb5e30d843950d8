// ONNX tensors -> constants.
#pragma once

#include <string>

#include "base/status.h"
#include "base/tensor.h"
#include "onnx/onnx.pb.h"

namespace poacl::onnx_frontend {

// ONNX's element type number; kUndefined for those PoACL has no type for (strings, 8-bit floats,
// 4-bit integers).
DataType data_type_from_onnx(int32_t onnx_type) noexcept;

// "float32", "string", "float8e4m3fn"... for messages; "element type 99" for unknown numbers.
std::string onnx_type_name(int32_t onnx_type);

// Takes the bytes out of `tensor` (raw data moves, typed data is converted). `directory` is where
// external data files stand; only plain files below it are read, by name without "..".
// Errors: E16001 (type, dimensions, amount of data), E13001/E13003 (external file).
Result<Tensor> decode_tensor(poacl::onnx::Tensor& tensor, const std::string& directory);

}  // namespace poacl::onnx_frontend
