// Graph -> model message. Constants go to the WEIGHTS_DATA partition.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "ge.pb.h"
#include "graph/graph.h"

namespace poacl::om {

// What the WEIGHTS_DATA partition will hold: constants in order, each on a 64-byte boundary.
class WeightsOut {
 public:
  struct Item {
    uint64_t offset;
    ConstBuffer bytes;
  };

  // Offset of the bytes in the partition; bytes that are already there are not stored twice.
  uint64_t add(const ConstBuffer& bytes);

  const std::vector<Item>& items() const { return items_; }
  uint64_t size() const { return size_; }

 private:
  std::vector<Item> items_;
  std::unordered_map<const void*, size_t> known_;
  uint64_t size_ = 0;
};

// Writes Data, Const, the nodes in order and NetOutput. `input_format` labels 4-D inputs ("NCHW");
// empty means ND. Fails when a value has neither producer nor constant nor is an input.
Status encode_graph(const Graph& graph, std::string_view input_format, WeightsOut& weights,
                    GraphDef* out);

}  // namespace poacl::om
