// Graph -> model message. Constants go to the WEIGHTS_DATA partition.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "ge.pb.h"
#include "graph/graph.h"
#include "om/constant_pool.h"
#include "om/external_weights.h"
#include "om/om_model.h"

namespace poacl::om {

// What the WEIGHTS_DATA partition will hold: constants in order, each on a 64-byte boundary.
class WeightsOut {
 public:
  struct Item {
    uint64_t offset;
    ConstBuffer bytes;
  };

  // Offset of the bytes in the partition; bytes equal to some that are there are not stored twice.
  uint64_t add(const ConstBuffer& bytes);

  // Where constants go instead, when they are to be in files of their own; null otherwise.
  void set_external(ExternalOut* external) { external_ = external; }
  ExternalOut* external() const { return external_; }

  const std::vector<Item>& items() const { return items_; }
  uint64_t size() const { return size_; }

 private:
  std::vector<Item> items_;
  ConstantPool pool_;
  std::map<std::pair<const void*, size_t>, uint64_t> offset_of_;  // of what is in the pool
  uint64_t size_ = 0;
  ExternalOut* external_ = nullptr;
};

struct GraphLabels {
  std::string_view input_format;                          // of 4-D inputs ("NCHW"); empty means ND
  std::string_view suffix;                                // of every operator's name
  std::span<const std::vector<DimRange>> input_ranges{};  // as OmModel::input_ranges
};

// Writes Data, Const, the nodes in order and NetOutput. Fails when a value has neither producer nor
// constant nor is an input.
Status encode_graph(const Graph& graph, const GraphLabels& labels, WeightsOut& weights,
                    GraphDef* out);

}  // namespace poacl::om
