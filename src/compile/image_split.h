// Batches one image at a time: where a model treats the images of its batch apart, running many
// layers on one image keeps the activations in the caches and needs no barrier between workers.
#pragma once

#include <optional>

#include "graph/graph.h"

namespace poacl {

// How many of the first nodes are expected to be faster one image at a time: there the activations
// of the batch do not fit the caches, and reading the weights once an image costs less than they
// do. Only nodes that keep the images of the leading dimension apart count; 0 when there is no
// common batch or it does not pay.
size_t nodes_image_by_image(const Graph& graph);

// The first `nodes` nodes for a batch of one; its outputs are the graph's or, when nodes are left
// out, the values that those read. Nothing for no nodes and when one of them does not keep the
// images apart (mixes or moves the batch, dtypes or shapes that do not follow).
std::optional<Graph> single_image_graph(const Graph& graph, size_t nodes);

// The nodes after the first `nodes`; its inputs are the outputs of single_image_graph, batched.
Graph graph_after(const Graph& graph, size_t nodes);

// The common leading dimension of all inputs and outputs; 1 when there is none.
int64_t batch_of(const Graph& graph);

}  // namespace poacl
