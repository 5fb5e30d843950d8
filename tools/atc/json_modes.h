// The modes of atc that write a model as JSON (spec: atc section 8).
#pragma once

#include "atc/options.h"
#include "base/status.h"

namespace poacl::atc {

// --mode=1: an .om, or with --framework=5 an ONNX model; --dump_mode=1 shows the graph that is made
// of the ONNX model, with everything in it. A genuine NPU file is shown like one of ours, its
// attribute compression undone. E10004 without --om or --json, E10041 when the file is no model,
// E10055 for frameworks that are not supported, E13xxx for paths.
Status om_to_json(const CommandLine& line);

// --mode=5: the text form of the model message (ge_proto*.txt). Codes as above.
Status dumped_text_to_json(const CommandLine& line);

}  // namespace poacl::atc
