// Model message -> graph. The message comes from a stranger: every number is checked against what
// the file holds before it is used.
#pragma once

#include <memory>
#include <string_view>

#include "base/status.h"
#include "base/tensor.h"
#include "ge.pb.h"
#include "graph/graph.h"
#include "om/om_model.h"

namespace poacl::om {

// The WEIGHTS_DATA partition and who keeps its bytes alive.
struct ReadContext {
  std::shared_ptr<const void> owner;
  const std::byte* weights = nullptr;
  size_t weights_size = 0;
  // End that operators' names lose, as the graphs of gears have one.
  std::string_view suffix{};
  // Null where no weights lie in files of their own.
  const WeightOpener* open = nullptr;
};

// Dims of a descriptor: -1 for a dimension not known, {-2} for an unknown rank. Refuses other
// negative numbers, ranks over 64, and known sizes that do not fit 63 bits.
Result<Dims> decode_dims(const TensorDescriptor& desc, DataType dtype);

// The bytes alias the weights partition, where they must stand on a 64-byte boundary; inline ones
// are copied.
Result<Tensor> decode_tensor(const TensorDef& def, const ReadContext& context);

// Fills an empty graph. Operators must stand in topological order (which makes cycles
// impossible), names must be unique, Data indexes must be 0..n-1, there must be one NetOutput.
Status decode_graph(const GraphDef& def, const ReadContext& context, int depth, Graph* graph);

}  // namespace poacl::om
