#include "compile/image_split.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "compile/image_apart.h"

namespace poacl {
namespace {

// Activations below this stay in the caches even for the whole batch.
constexpr double kCachedBytes = 4.0 * (1 << 20);
// Weights stream in sequence and in shadow of arithmetic: an activation byte weighs a quarter more.
constexpr double kActivationWeight = 1.25;

// Weights of products with this many rows of one image or more arrive in shadow of arithmetic.
constexpr int64_t kShadowRows = 64;

// Constants that single images need not wait for: weights in shadow, and tables of which an image
// reads a few rows.
std::set<ValueId> hidden_constants(const Graph& graph, int64_t batch) {
  std::set<ValueId> hidden;
  for (const Node& node : graph.nodes()) {
    if (node.type == "GatherV2") {
      hidden.insert(node.inputs[0]);
    } else if (node.type == "MatMulV2" || node.type == "BatchMatMulV2") {
      const Dims& y = graph.value(node.outputs[0]).dims;
      if (y.size() < 2) continue;
      const int64_t rows = element_count({y.data(), y.size() - 1}) / batch;
      if (rows >= kShadowRows) hidden.insert(node.inputs[1]);
    }
  }
  return hidden;
}

double bytes_of(const Value& value) {
  return static_cast<double>(storage_bytes({value.dtype, value.dims}));
}

// What the choice needs to know of a graph, by node.
struct Traffic {
  std::vector<double> weights;      // constants that are read there first
  std::vector<double> activations;  // what it makes
  std::vector<double> crossing;     // [k]: values made before node k and read from there on
  // The nodes from k on read no graph input, the nodes before k make no graph output.
  size_t first_cut = 0, last_cut = 0;
};

Traffic traffic_of(const Graph& graph) {
  const size_t count = graph.nodes().size();
  Traffic t{std::vector<double>(count), std::vector<double>(count), std::vector<double>(count + 1),
            0, count};
  const std::set<ValueId> hidden = hidden_constants(graph, batch_of(graph));
  std::set<ValueId> seen;
  std::vector<size_t> made(graph.value_count(), 0);
  std::vector<size_t> last_read(graph.value_count(), 0);
  for (size_t i = 0; i < count; ++i) {
    const Node& node = graph.nodes()[i];
    for (const ValueId id : node.inputs) {
      if (id == kNoValue) continue;
      const Value& value = graph.value(id);
      last_read[static_cast<size_t>(id)] = i;
      if (value.is_constant() && !hidden.contains(id) && seen.insert(id).second) {
        t.weights[i] += static_cast<double>(value.constant->buffer.size());
      }
    }
    for (const ValueId id : node.outputs) {
      made[static_cast<size_t>(id)] = i;
      t.activations[i] += bytes_of(graph.value(id));
    }
  }
  for (const Node& node : graph.nodes()) {
    for (const ValueId id : node.outputs) {
      const auto at = static_cast<size_t>(id);
      if (last_read[at] <= made[at]) continue;
      t.crossing[made[at] + 1] += bytes_of(graph.value(id));
      t.crossing[last_read[at] + 1] -= bytes_of(graph.value(id));
    }
  }
  std::partial_sum(t.crossing.begin(), t.crossing.end(), t.crossing.begin());
  for (const ValueId id : graph.inputs) {
    t.first_cut = std::max(t.first_cut, last_read[static_cast<size_t>(id)] + 1);
  }
  for (const ValueId id : graph.outputs) {
    t.last_cut = std::min(t.last_cut, made[static_cast<size_t>(id)]);
  }
  return t;
}

}  // namespace

int64_t batch_of(const Graph& graph) {
  int64_t batch = -1;
  for (const auto* ports : {&graph.inputs, &graph.outputs}) {
    for (const ValueId id : *ports) {
      const Value& value = graph.value(id);
      if (value.is_constant() || !value.fully_known() || value.dims.empty()) return 1;
      if (batch >= 0 && value.dims[0] != batch) return 1;
      batch = value.dims[0];
    }
  }
  return std::max<int64_t>(batch, 1);
}

size_t nodes_image_by_image(const Graph& graph) {
  const int64_t batch = batch_of(graph);
  if (batch <= 1 || graph.inputs.empty() || graph.outputs.empty()) return 0;
  const size_t count = graph.nodes().size();
  const Traffic traffic = traffic_of(graph);
  // Every activation is written and read; the weights once, or once an image.
  const auto streamed = [](double activations) { return kActivationWeight * 2 * activations; };
  double cost = 0;
  for (size_t i = 0; i < count; ++i) {
    cost += traffic.weights[i] + streamed(traffic.activations[i]);
  }
  double least = cost;
  double largest = 0;
  size_t best = 0;
  for (size_t k = 1; k <= count && keeps_images_apart(graph, graph.nodes()[k - 1], batch); ++k) {
    const double made = traffic.activations[k - 1];
    cost += traffic.weights[k - 1] * static_cast<double>(batch - 1) - streamed(made);
    largest = std::max(largest, made);
    const bool allowed = k == count || (k >= traffic.first_cut && k <= traffic.last_cut);
    if (largest <= kCachedBytes || !allowed) continue;
    if (const double here = cost + streamed(traffic.crossing[k]); here < least) {
      least = here;
      best = k;
    }
  }
  return best;
}

}  // namespace poacl
