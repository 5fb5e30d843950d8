#include "frontend/onnx/model_file.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <limits>

#include "base/mapped_file.h"
#include "frontend/onnx/import_error.h"

namespace poacl::onnx_frontend {

Result<std::unique_ptr<poacl::onnx::Model>> parse_model(const void* data, size_t size,
                                                        const std::string& name) {
  constexpr size_t kLargest = std::numeric_limits<int>::max();
  if (size == 0 || size > kLargest) {
    return import_error("E13015", "the model file {} has {} bytes; 1 to {} are possible", name,
                        size, kLargest);
  }
  // The parser's own complaints would go to stderr.
  const google::protobuf::LogSilencer quiet;
  auto model = std::make_unique<poacl::onnx::Model>();
  google::protobuf::io::ArrayInputStream bytes(data, static_cast<int>(size));
  google::protobuf::io::CodedInputStream stream(&bytes);
  const bool whole = model->ParseFromCodedStream(&stream) && stream.ConsumedEntireMessage();
  if (!whole) {
    return import_error("E13005",
                        "{} ({} bytes) is not a readable ONNX model: it is of another kind, "
                        "truncated or damaged",
                        name, size);
  }
  if (!model->has_graph()) {
    return import_error("E13005",
                        "{} ({} bytes) has no ONNX graph in it: it is a file of another kind, or "
                        "an empty model",
                        name, size);
  }
  return model;
}

Result<std::unique_ptr<poacl::onnx::Model>> read_model_file(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    return import_error("E13026", "the model file {} cannot be found: {}", path,
                        std::strerror(errno));
  }
  if (!S_ISREG(info.st_mode)) {
    return import_error("E13006", "{} is {}, but an ONNX model is one plain file", path,
                        S_ISDIR(info.st_mode) ? "a directory" : "not a plain file");
  }
  if (info.st_size == 0) return parse_model(nullptr, 0, path);
  const Result<std::shared_ptr<const MappedFile>> file = MappedFile::open(path);
  if (!file.ok()) {
    return import_error("E13001", "the model file {} cannot be opened: {}", path,
                        file.status().message());
  }
  return parse_model((*file)->data(), (*file)->size(), path);
}

}  // namespace poacl::onnx_frontend
