// Batches one image at a time: when a model treats the images of its batch apart, running all its
// layers on one image keeps the activations in the caches and needs no barrier between workers.
#pragma once

#include <optional>

#include "graph/graph.h"

namespace poacl {

// The same model for a batch of one, when every node keeps the images of the leading dimension
// apart; nothing otherwise (no common batch, an operator that mixes or moves it, dtypes or shapes
// that do not follow).
std::optional<Graph> single_image_graph(const Graph& graph);

// Whether one image at a time is expected to be faster than the whole batch: the batch's
// activations do not fit the caches, and reading the weights once an image costs less than they do.
bool single_images_pay(const Graph& graph);

// The common leading dimension of all inputs and outputs; 1 when there is none.
int64_t batch_of(const Graph& graph);

}  // namespace poacl
