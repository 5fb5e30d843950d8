// libFuzzer: any bytes either convert or give an error with a tag and a sentence.
#include <cstdint>
#include <cstdlib>

#include "frontend/onnx/onnx_import.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const poacl::Result<poacl::Graph> graph = poacl::import_onnx_bytes(data, size, {});
  if (!graph.ok() && (graph.status().tag().empty() || graph.status().message().empty())) {
    std::abort();
  }
  return 0;
}
