// libFuzzer: any bytes either become a planned program or give an error with a sentence. What the
// fuzz target of the front end does, and everything atc does after it short of writing the file.
#include <cstdint>
#include <cstdlib>

#include "base/isa.h"
#include "compile/compile.h"
#include "dynamic/dynamic_program.h"
#include "frontend/onnx/onnx_import.h"

namespace {

void require_sentence(const poacl::Status& status) {
  if (!status.ok() && status.message().empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  poacl::Result<poacl::Graph> graph = poacl::import_onnx_bytes(data, size, {});
  if (!graph.ok()) {
    require_sentence(graph.status());
    return 0;
  }
  const poacl::Status optimized = poacl::optimize(*graph);
  if (!optimized.ok()) {
    require_sentence(optimized);
    return 0;
  }
  if (poacl::needs_dynamic(*graph)) {
    poacl::DynamicOptions options;
    options.isa = poacl::active_isa();
    require_sentence(poacl::DynamicProgram::make(std::move(*graph), options).status());
  } else {
    poacl::LowerOptions options;
    options.isa = poacl::active_isa();
    require_sentence(poacl::lower(*graph, options).status());
  }
  return 0;
}
