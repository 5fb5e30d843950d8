// The --out_nodes that would have worked.
#pragma once

#include "base/status.h"
#include "frontend/onnx/onnx_import.h"

namespace poacl::atc {

// For E10016 about --out_nodes: the same status with a line "Try: --out_nodes=...", in which every
// unknown entry is replaced by the nearest name of the model, or else by the model's own outputs.
// Every other status, and one for which no such list converts, comes back as it is. Imports the
// model of `path` again, so it is for failures only.
Status with_out_nodes_hint(Status status, const std::string& path,
                           const OnnxImportOptions& options);

}  // namespace poacl::atc
