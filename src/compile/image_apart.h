// Which nodes treat the images of a batch apart.
#pragma once

#include "graph/graph.h"

namespace poacl {

// Whether each image of the node's one result depends on that image of its inputs alone, and the
// node means the same for a batch of one, but for shapes that state the batch.
bool keeps_images_apart(const Graph& graph, const Node& node, int64_t batch);

}  // namespace poacl
