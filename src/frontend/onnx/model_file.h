// Reading the ONNX file itself: bytes -> the generated message, with the limits that files from
// strangers need.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/status.h"
#include "onnx/onnx.pb.h"

namespace poacl::onnx_frontend {

// E13015 for no bytes or more than protobuf's 2 GiB, E13005 when they are not an ONNX model.
// `name` is the file's name for messages.
Result<std::unique_ptr<poacl::onnx::Model>> parse_model(const void* data, size_t size,
                                                        const std::string& name);

// Also E13026 (missing), E13006 (a directory or another special file), E13001 (not readable).
Result<std::unique_ptr<poacl::onnx::Model>> read_model_file(const std::string& path);

}  // namespace poacl::onnx_frontend
