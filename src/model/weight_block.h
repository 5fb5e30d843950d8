// Weights in one block of memory of the caller.
#pragma once

#include <cstddef>
#include <vector>

#include "base/tensor.h"
#include "exec/program.h"
#include "graph/graph.h"

namespace poacl::model {

// Every constant that may be moved, in an order that depends on the model only.
std::vector<ConstBuffer*> weights_of(const std::vector<std::unique_ptr<Program>>& programs);
std::vector<ConstBuffer*> weights_of(const std::vector<Graph*>& graphs);

// What they take in a block that begins on a 64-byte boundary; one that is used several times
// counts once.
size_t weight_block_bytes(const std::vector<ConstBuffer*>& weights);

// Copies them to `block`, at least weight_block_bytes() on a 64-byte boundary, and has them used
// there from now on. Bytes that are there already are not written, so that another model may be
// using them.
void move_weights(const std::vector<ConstBuffer*>& weights, void* block);

}  // namespace poacl::model
