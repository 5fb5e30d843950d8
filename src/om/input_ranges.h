// Bounds of open input dimensions in the model message: the attribute shape_range.
#pragma once

#include <vector>

#include "base/status.h"
#include "ge.pb.h"
#include "om/om_model.h"

namespace poacl::om {

void write_ranges(const std::vector<DimRange>& ranges, TensorDescriptor* desc);

// The ranges of every input of a decoded graph, by its order; all empty when the message has none.
// Also sets the upper bounds on the graph's inputs. 145000 for ranges that are not the shape's.
Result<std::vector<std::vector<DimRange>>> read_ranges(const GraphDef& def, Graph* graph);

}  // namespace poacl::om
