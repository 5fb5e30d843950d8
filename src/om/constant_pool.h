// Equal bytes once: graphs that were made from one model, each on its own, share their constants.
#pragma once

#include <cstddef>
#include <unordered_map>

#include "base/tensor.h"
#include "graph/graph.h"

namespace poacl::om {

// Not thread-safe.
class ConstantPool {
 public:
  // The bytes in the pool that equal these; the given ones when they are the first of their kind.
  ConstBuffer share(const ConstBuffer& bytes);
  // The same for every constant of a graph.
  void share(Graph& graph);

 private:
  std::unordered_multimap<size_t, ConstBuffer> by_hash_;
  std::unordered_map<const void*, size_t> own_;  // address -> size of what is in the pool
};

}  // namespace poacl::om
